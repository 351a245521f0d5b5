import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import type { NetworkDescription } from '../../protocol/network.js';
import { openWorkshop, type Workshop } from '../support/runRushes.js';

describe('rushes faucet', function () {
  this.timeout(180_000);
  let workshop: Workshop;
  let network: NetworkDescription;
  let coordinator: string;
  const ACCOUNT = `0x${'5a'.repeat(20)}`;
  const said = (stdout: string) => JSON.parse(stdout) as { account: string; isNew: boolean; tokensWei: string };

  const bringUp = async () => {
    const up = workshop.start(['up', '--workers', '0', '--verifiers', '0']);
    coordinator = (await up.said(/coordinator +(http:\S+)/))[1]!;
    await up.said(/faucet +http/);
    network = JSON.parse(await readFile(workshop.path('home/local/network.json'), 'utf8')) as NetworkDescription;
    return up;
  };

  before(async () => {
    workshop = await openWorkshop();
  });
  after(() => workshop?.clear());

  it('gives a start once, also after the network was killed and came back, and tells it by --json', async () => {
    const up = await bringUp();
    const first = await workshop.run(['faucet', '--network', coordinator, '--account', ACCOUNT, '--json']);
    assert.equal(first.exitCode, 0, first.stderr);
    assert.deepEqual([said(first.stdout).isNew, said(first.stdout).account], [true, ACCOUNT]);
    assert.match(first.stderr, new RegExp(`the faucet gave ${ACCOUNT} 10000 of test money, and coins for gas`));
    up.kill('SIGKILL');
    await up.ended;
    assert.deepEqual(await workshop.leftBehind(), []);
    await bringUp();
    const second = await workshop.run(['faucet', '--account', ACCOUNT, '--json']);
    assert.equal(second.exitCode, 0, second.stderr);
    assert.deepEqual([said(second.stdout).isNew, said(second.stdout).tokensWei], [false, said(first.stdout).tokensWei]);
  });

  it('refuses bad input, each in one sentence', async () => {
    const bad = await workshop.run(['faucet', '--account', '0x12']);
    assert.equal(bad.exitCode, 2);
    assert.match(bad.stderr, /^rushes: --account must be 0x and 40 hex digits, not 0x12\.\n$/);
    const file = workshop.path('other.json');
    await writeFile(file, JSON.stringify({ ...network, testMoney: false }));
    const real = await workshop.run(['faucet', '--network', file, '--account', ACCOUNT]);
    assert.equal(real.exitCode, 2);
    assert.match(
      real.stderr,
      /^rushes: the token at 0x[0-9a-f]{40} is not the test token, and until the protocol is safe/,
    );
    await writeFile(file, JSON.stringify({ ...network, faucetUrl: undefined }));
    const none = await workshop.run(['faucet', '--network', file, '--account', ACCOUNT]);
    assert.equal(none.exitCode, 1);
    assert.match(none.stderr, /^rushes: network local names no faucet\./);
  });
});
