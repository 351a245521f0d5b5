import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { readOrMakeKey } from '../../cli/network/readOrMakeKey.js';
import { openWorkshop, type Workshop } from '../support/runRushes.js';

const KEY = `0x${'11'.repeat(32)}`;
const ACCOUNT = '0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a';
/** A network that nobody runs: its key is read before anything of it is asked. */
const NOWHERE = {
  protocolVersion: 1,
  name: 'nowhere',
  chainId: 31337,
  rpcUrl: 'http://127.0.0.1:9',
  contract: `0x${'22'.repeat(20)}`,
  token: `0x${'33'.repeat(20)}`,
  policy: `0x${'44'.repeat(20)}`,
  deploymentBlock: 0,
  ipfsApiUrl: 'http://127.0.0.1:9',
  testMoney: true,
};

describe('rushes key', function () {
  this.timeout(120_000);
  let workshop: Workshop;
  let keyFile: string;

  before(async () => {
    workshop = await openWorkshop();
    await mkdir(workshop.path('home/keys'), { recursive: true });
    keyFile = workshop.path('home/keys/artist.key');
    await writeFile(keyFile, `${KEY}\n`, { mode: 0o600 });
  });
  after(() => workshop?.clear());

  it('show lists accounts and files, and no key', async () => {
    const { exitCode, stdout, stderr } = await workshop.run(['key', 'show']);
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, new RegExp(`${ACCOUNT}  ${keyFile}`));
    assert.ok(!stdout.includes(KEY.slice(2)));
    const missing = await workshop.run(['key', 'show', workshop.path('none.key')]);
    assert.equal(missing.exitCode, 2);
    assert.match(missing.stderr, /^rushes: there is no key in \S+none\.key\. Check the path/);
  });

  it('travels as an encrypted keystore and comes back the same, for its user alone, and is never written over', async () => {
    const keystore = workshop.path('artist.json');
    const passphrase = { RUSHES_PASSPHRASE: 'correct horse' };
    const exported = await workshop.run(['key', 'export', keyFile, keystore], passphrase);
    assert.equal(exported.exitCode, 0, exported.stderr);
    const text = await readFile(keystore, 'utf8');
    assert.equal((JSON.parse(text) as { version: number }).version, 3);
    assert.ok(!text.includes(KEY.slice(2)));
    assert.equal((await stat(keystore)).mode & 0o777, 0o600);

    const wrong = await workshop.run(['key', 'import', keystore, workshop.path('b.key')], {
      RUSHES_PASSPHRASE: 'wrong',
    });
    assert.equal(wrong.exitCode, 2);
    assert.match(wrong.stderr, /^rushes: \S+artist\.json cannot be decrypted\. Check the passphrase/);
    await assert.rejects(stat(workshop.path('b.key')), { code: 'ENOENT' });

    const imported = await workshop.run(['key', 'import', keystore, workshop.path('new/b.key')], passphrase);
    assert.equal(imported.exitCode, 0, imported.stderr);
    assert.equal((await readFile(workshop.path('new/b.key'), 'utf8')).trim(), KEY);
    assert.equal((await stat(workshop.path('new/b.key'))).mode & 0o777, 0o600);
    const again = await workshop.run(['key', 'import', keystore, workshop.path('new/b.key')], passphrase);
    assert.equal(again.exitCode, 2);
    assert.match(again.stderr, /is there already, and a key is never written over\./);
  });

  it('is encrypted where it lies, and then opens with its passphrase alone, whoever uses it', async () => {
    const plain = workshop.path('home/keys/worker.key');
    await writeFile(plain, `${KEY}\n`, { mode: 0o600 });
    const phrase = workshop.path('phrase');
    await writeFile(phrase, 'battery staple\n', { mode: 0o644 });
    const byFile = { RUSHES_PASSPHRASE_FILE: phrase };
    const open = await workshop.run(['key', 'encrypt', plain], byFile);
    assert.equal(open.exitCode, 2);
    assert.match(open.stderr, /^rushes: the passphrase in \S+phrase can be read by others\. Run `chmod 600/);
    await chmod(phrase, 0o600);
    const encrypted = await workshop.run(['key', 'encrypt', plain], byFile);
    assert.equal(encrypted.exitCode, 0, encrypted.stderr);
    assert.ok(!(await readFile(plain, 'utf8')).includes(KEY.slice(2)));
    assert.equal((await stat(plain)).mode & 0o777, 0o600);
    assert.match((await workshop.run(['key', 'show'])).stdout, new RegExp(`${ACCOUNT}  ${plain} \\(encrypted\\)`));
    const again = await workshop.run(['key', 'encrypt', plain], byFile);
    assert.match(again.stderr, /^rushes: the key in \S+worker\.key is encrypted already\./);

    const back = workshop.path('back.key');
    assert.equal((await workshop.run(['key', 'import', plain, back], byFile)).exitCode, 0);
    assert.equal((await readFile(back, 'utf8')).trim(), KEY);
    const network = workshop.path('network.json');
    await writeFile(network, JSON.stringify(NOWHERE));
    const asked = await workshop.run(['worker', '--network', network, '--key', plain]);
    assert.match(asked.stderr, /^rushes: nobody is there to be asked for the passphrase\./);
    const refused = await workshop.run(['worker', '--network', network, '--key', back], byFile);
    assert.equal(refused.exitCode, 2);
    assert.match(
      refused.stderr,
      /^rushes: a passphrase was given, and the key in \S+back\.key is not encrypted\. Encrypt it with/,
    );
  });

  it('of a daemon is made encrypted where a passphrase was given', async () => {
    const path = workshop.path('made/verifier.key');
    const passphraseIs = (phrase: string) => ({
      isDaemons: true,
      passphrase: { given: async () => phrase, ask: async () => phrase },
    });
    const key = await readOrMakeKey(path, passphraseIs('one'));
    const text = await readFile(path, 'utf8');
    assert.ok(text.startsWith('{') && !text.includes(key.slice(2)));
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.equal(await readOrMakeKey(path, passphraseIs('one')), key);
    await assert.rejects(readOrMakeKey(path, passphraseIs('two')), /cannot be decrypted/);
    await assert.rejects(readOrMakeKey(path), /is encrypted, and it is used here without asking anybody/);
  });

  it('asks nobody for a passphrase where nobody is', async () => {
    const { exitCode, stderr } = await workshop.run(['key', 'export', keyFile, workshop.path('c.json')]);
    assert.equal(exitCode, 2);
    assert.match(stderr, /^rushes: nobody is there to be asked for the passphrase\. Give it in RUSHES_PASSPHRASE/);
  });
});
