import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { connectChain } from '../../adapters/chain/connectChain.js';
import { readAccount } from '../../adapters/chain/readAccount.js';
import type { ChainPort } from '../../protocol/ports.js';
import { fundAccount } from '../support/fundAccount.js';
import { random32, startNetwork, type TestNetwork } from '../adapters/chain/startNetwork.js';
import { openWorkshop, type Workshop } from '../support/runRushes.js';

const TOKEN = 10n ** 18n;

describe('rushes leave', function () {
  this.timeout(120_000);
  let workshop: Workshop;
  let net: TestNetwork;
  let description: string;

  /** An account with 1,000 tokens, and its key's file. */
  async function party(name: string): Promise<{ chain: ChainPort; keyFile: string }> {
    const key = random32();
    const keyFile = workshop.path(`${name}.key`);
    await writeFile(keyFile, key, { mode: 0o600 });
    const chain = await connectChain({ network: net.network, key });
    await fundAccount({ network: net.network, account: chain.account, tokenWei: 1000n * TOKEN });
    return { chain, keyFile };
  }
  const leave = (keyFile: string, ...more: string[]) =>
    workshop.start(['leave', description, '--key', keyFile, '--json', ...more]);
  const lookAt = (chain: ChainPort) => readAccount({ network: net.network, account: chain.account });
  /** Makes a chain block so much later than the newest; time goes on from there. */
  const passTime = async (seconds: number) => {
    const { timestamp } = await net.chain.administer<{ timestamp: string }>('eth_getBlockByNumber', ['latest', false]);
    await net.chain.administer('evm_mine', [{ timestamp: Number(timestamp) + seconds }]);
  };

  before(async () => {
    workshop = await openWorkshop();
    net = await startNetwork();
    description = workshop.path('network.json');
    await writeFile(description, JSON.stringify(net.network));
  });
  after(async () => {
    await net?.close();
    await workshop?.clear();
  });

  it('unbonds, says until when, waits, and brings the whole stake back', async () => {
    const { chain, keyFile } = await party('worker');
    await chain.register({ role: 'worker', deviceClass: 'wasm', stakeWei: 400n * TOKEN });
    const leaving = leave(keyFile);
    await leaving.said(
      new RegExp(`worker ${chain.account} takes part no more; its stake of 400 is liable for what it did until`),
    );
    await leaving.said(/waiting: (?:2 h 00 min|1 h 59 min|1 h 60 min) until the stake may go; Ctrl-C ends the waiting/);
    await passTime(7_200);
    const { exitCode, stdout, stderr } = await leaving.ended;
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), {
      account: chain.account,
      stakeWei: (400n * TOKEN).toString(),
      owedWei: '0',
      left: true,
    });
    assert.equal(await chain.readBalance(chain.account), 1000n * TOKEN);
    assert.equal((await lookAt(chain)).role, undefined);
    const again = await leave(keyFile).ended;
    assert.equal(again.exitCode, 0);
    assert.match(again.stderr, /is not registered on network test: nothing of it is at stake/);
  });

  it('killed at any moment of it, goes on where it was when it is run again', async () => {
    const { chain, keyFile } = await party('killed');
    await chain.register({ role: 'verifier', deviceClass: 'wasm', stakeWei: 100n * TOKEN });
    for (const pattern of [/takes part no more|is leaving already/, /is leaving already/, /waiting:/]) {
      const leaving = leave(keyFile, '--as', 'verifier');
      await leaving.said(pattern);
      leaving.kill('SIGKILL');
      await leaving.ended;
    }
    const { withdrawableAtSeconds } = await lookAt(chain);
    await passTime(7_200);
    assert.equal((await lookAt(chain)).withdrawableAtSeconds, withdrawableAtSeconds, 'the wait began once');
    const { exitCode, stderr } = await leave(keyFile, '--as', 'verifier').ended;
    assert.equal(exitCode, 0, stderr);
    assert.equal(await chain.readBalance(chain.account), 1000n * TOKEN);
  });

  it('interrupted while it waits, says that it goes on, and ends with 130', async () => {
    const { chain, keyFile } = await party('interrupted');
    await chain.register({ role: 'worker', deviceClass: 'wasm', stakeWei: 100n * TOKEN });
    const leaving = leave(keyFile);
    await leaving.said(/waiting:/);
    const second = await leave(keyFile).ended;
    assert.equal(second.exitCode, 1);
    assert.match(second.stderr, /is at work on this machine already, in process \d+\./);
    leaving.kill('SIGINT');
    const { exitCode, stderr } = await leaving.ended;
    assert.equal(exitCode, 130);
    assert.match(stderr, /it goes on when `rushes leave` is run again/);
  });

  it('refuses what is not clear, each in one sentence', async () => {
    const none = await workshop.run(['leave']);
    assert.equal(none.exitCode, 2);
    assert.match(none.stderr, /^rushes: no network was joined from here\. Name one by its coordinator's address/);
    const noKey = await workshop.run(['leave', description]);
    assert.equal(noKey.exitCode, 2);
    assert.match(
      noKey.stderr,
      /^rushes: there is no key in \S+worker\.key\. Nobody joined network test as worker from here/,
    );
  });
});
