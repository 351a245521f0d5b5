import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectChain } from '../../../adapters/chain/connectChain.js';
import { createRpc } from '../../../adapters/chain/createRpc.js';
import { followEvents } from '../../../adapters/chain/followEvents.js';
import { fundAccount } from '../../support/fundAccount.js';
import { startAnvil } from '../../../adapters/chain/startAnvil.js';
import type { ContractEvent } from '../../../protocol/events.js';
import { readBlockHeader } from '../../../protocol/header.js';
import { ledgerOf } from '../../../protocol/applyEvent.js';
import { orderJob, registerCast, takeLease, TOKEN, type Cast } from './leaseSteps.js';
import { random32, startNetwork, type TestNetwork } from './startNetwork.js';

/** Follows a network into a list of events that rollbacks shorten. */
function follow(net: TestNetwork): {
  events: ContractEvent[];
  rollbacks: number[];
  headBlock(): number;
  until(condition: () => boolean): Promise<void>;
  stop(): Promise<void>;
} {
  const events: ContractEvent[] = [];
  const rollbacks: number[] = [];
  const controller = new AbortController();
  let head = 0;
  const done = followEvents({
    network: net.network,
    signal: controller.signal,
    pollMs: 50,
    onEvents(batch, at) {
      events.push(...batch);
      head = at.blockNumber;
    },
    onRollback(toBlock) {
      rollbacks.push(toBlock);
      events.splice(0, events.length, ...events.filter((event) => event.blockNumber <= toBlock));
    },
  });
  return {
    events,
    rollbacks,
    headBlock: () => head,
    async until(condition) {
      for (const giveUpAt = Date.now() + 40_000; !condition();) {
        assert.ok(Date.now() < giveUpAt, 'nothing happened for 40 s');
        await sleep(50);
      }
    },
    async stop() {
      controller.abort();
      await done;
    },
  };
}

describe('a chain in trouble', function () {
  this.timeout(180_000);
  let net: TestNetwork;
  let cast: Cast;

  before(async () => {
    net = await startNetwork();
    cast = await registerCast(net, 2);
  });
  after(() => net.close());

  it("gives headers whose hash is the block's, prevrandao included", async () => {
    const blockNumber = await cast.worker.blockNumber();
    const header = readBlockHeader(await cast.worker.readHeader(blockNumber));
    const block = await createRpc(net.network.rpcUrl).send<{ hash: string; mixHash: string }>('eth_getBlockByNumber', [
      `0x${blockNumber.toString(16)}`,
      false,
    ]);
    assert.deepEqual(header, { blockHash: block.hash, blockNumber, mixHash: block.mixHash });
  });

  it('mines concurrent calls of one key, each with a nonce of its own', async () => {
    const jobId = await orderJob(cast.artist);
    const leaseIds = await Promise.all(
      Array.from({ length: 10 }, (_, chunk) => takeLease(cast.worker, jobId, 1n << BigInt(chunk))),
    );
    assert.equal(new Set(leaseIds).size, 10);
    const sums = await Promise.all(Array.from({ length: 8 }, () => cast.artist.fundJob({ jobId, amountWei: 1n })));
    assert.equal(new Set(sums.map((receipt) => receipt.transactionHash)).size, 8);
  });

  it('two processes of one key get past each other', async () => {
    const key = random32();
    const [one, two] = await Promise.all([
      connectChain({ network: net.network, key }),
      connectChain({ network: net.network, key }),
    ]);
    await fundAccount({ network: net.network, account: one.account });
    await one.register({ role: 'worker', deviceClass: 'wasm', stakeWei: 200n * TOKEN });
    const receipts = await Promise.all([one, two, one, two].map((port) => port.topUpStake({ amountWei: TOKEN })));
    assert.equal(new Set(receipts.map((receipt) => receipt.transactionHash)).size, 4);
  });

  it('rolls a follower back when blocks are replaced', async () => {
    const jobId = await orderJob(cast.artist);
    const follower = follow(net);
    await cast.artist.fundJob({ jobId, amountWei: 5n });
    await follower.until(() =>
      follower.events.some((event) => event.name === 'JobFunded' && event.args.amountWei === 5n),
    );
    const before = ledgerOf(follower.events);
    assert.equal(before.jobs.get(jobId)?.unreservedWei, 10n * TOKEN + 5n);
    // Three blocks replaced by empty ones: what was in them did not happen.
    const depth =
      (await cast.artist.blockNumber()) -
      follower.events.findLast((event) => event.name === 'JobFunded')!.blockNumber +
      1;
    await net.chain.administer('anvil_reorg', [depth, []]);
    await follower.until(
      () => follower.rollbacks.length > 0 && ledgerOf(follower.events).jobs.get(jobId)?.unreservedWei === 10n * TOKEN,
    );
    await follower.stop();
  });

  it('goes on after anvil was killed and started again from its state', async () => {
    const follower = follow(net);
    const jobId = await orderJob(cast.artist);
    await sleep(4_500);
    // Mined just before the kill: most likely not in the state that was written last.
    await cast.artist.fundJob({ jobId, amountWei: 3n });
    await net.restart();
    await cast.artist.fundJob({ jobId, amountWei: 7n });
    await follower.until(() =>
      follower.events.some((event) => event.name === 'JobFunded' && event.args.amountWei === 7n),
    );
    // The sender broadcast again what the chain had lost: both arrived, once.
    await follower.until(() => ledgerOf(follower.events).jobs.get(jobId)?.unreservedWei === 10n * TOKEN + 10n);
    const leaseId = await takeLease(cast.worker, jobId, 1n);
    await follower.until(() =>
      follower.events.some((event) => event.name === 'LeaseTaken' && event.args.leaseId === leaseId),
    );
    assert.equal(ledgerOf(follower.events).leases.get(leaseId)?.state, 'TAKEN');
    await follower.stop();
  });

  it('refuses a folder that another chain holds, and says so', async () => {
    await assert.rejects(startAnvil({ dataDir: net.dataDir }), { code: 'folder-in-use' });
  });

  it('notices the death of anvil', async () => {
    const other = await startNetwork();
    process.kill(other.chain.pid, 'SIGKILL');
    await other.chain.closed;
    await other.close();
  });
});
