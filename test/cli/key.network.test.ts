import assert from 'node:assert/strict';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { openWorkshop, type Workshop } from '../support/runRushes.js';

const KEY = `0x${'11'.repeat(32)}`;
const ACCOUNT = '0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a';

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

  it('asks nobody for a passphrase where nobody is', async () => {
    const { exitCode, stderr } = await workshop.run(['key', 'export', keyFile, workshop.path('c.json')]);
    assert.equal(exitCode, 2);
    assert.match(stderr, /^rushes: nobody is there to be asked for the passphrase\. Give it in RUSHES_PASSPHRASE/);
  });
});
