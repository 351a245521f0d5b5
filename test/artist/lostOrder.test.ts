import assert from 'node:assert/strict';
import { ChainUnreachableError, ContractRevertedError } from '../../adapters/chain/chainErrors.js';
import type { ArtistSession } from '../../artist/ArtistSession.js';
import type { FrameCollector } from '../../artist/collectFrames.js';
import { followJob } from '../../artist/followJob.js';
import { type JobOrder, placeJob } from '../../artist/orderJob.js';
import type { ChainWatch } from '../../artist/watchChain.js';
import type { JobRequest } from '../../protocol/ports.js';

/** A chain that keeps its jobs in a set, loses them when told to, and fails as told. */
function forgetfulChain() {
  const jobs = new Set<string>();
  const failures: (() => Error)[] = [];
  const sent: JobRequest[] = [];
  const stopping = new AbortController();
  const confirmed = { atMs: Infinity as number | undefined };
  const order = { jobId: '0x01', weights: Uint16Array.of(1), request: { budgetWei: 7n } } as unknown as JobOrder;
  const job = { jobId: '0x01', chunkCount: 1, leaseIds: [], chunkStates: new Uint8Array(1), completed: true };
  const watch = {
    log: {
      events: [],
      head: { blockNumber: 1, timestampSeconds: 1 },
      ledger: { jobs: { has: () => jobs.size > 0, get: () => (jobs.size > 0 ? job : undefined) } },
    },
    signal: stopping.signal,
    confirmedAtMs: () => confirmed.atMs,
    changed: async () => new Promise<void>((resolve) => setTimeout(resolve, 5)),
    reached: async () => undefined,
    stop: async () => undefined,
  } as unknown as ChainWatch;
  const chain = {
    blockNumber: async () => 1,
    async createJob(request: JobRequest) {
      sent.push(request);
      const failure = failures.shift();
      if (failure === undefined || failure().name === 'ChainUnreachableError') jobs.add('0x01');
      if (failure !== undefined) throw failure();
      return { blockNumber: 1 };
    },
  };
  return { jobs, failures, sent, order, confirmed, watch, session: { chain } as unknown as ArtistSession };
}

const unreachable = () => new ChainUnreachableError({ rpcUrl: 'http://x', method: 'eth_send', reason: 'refused' });
const exists = () => new ContractRevertedError({ errorName: 'JobExists', method: 'createJob', facts: {} });

describe('an order', () => {
  it('that the chain has is not sent', async () => {
    const { jobs, sent, order, watch, session } = forgetfulChain();
    jobs.add('0x01');
    await placeJob({ session, watch, order, onEvent: () => {} });
    assert.equal(sent.length, 0);
  });

  it('whose answer was lost is sent no second time once the chain shows it', async () => {
    const { failures, sent, order, watch, session } = forgetfulChain();
    failures.push(unreachable);
    await placeJob({ session, watch, order, onEvent: () => {} });
    assert.equal(sent.length, 1);
  });

  it('that the contract knows already is there', async () => {
    const { failures, sent, order, watch, session } = forgetfulChain();
    failures.push(exists);
    await placeJob({ session, watch, order, onEvent: () => {} });
    assert.equal(sent.length, 1);
  });

  it('that the contract refuses otherwise fails with what it said', async () => {
    const { failures, order, watch, session } = forgetfulChain();
    failures.push(() => new ContractRevertedError({ errorName: 'JobNotOpen', method: 'createJob', facts: {} }));
    await assert.rejects(placeJob({ session, watch, order, onEvent: () => {} }), /JobNotOpen/);
  });

  it('that the chain lost is sent again with the same nonce, once', async () => {
    const { jobs, sent, order, watch, session } = forgetfulChain();
    const kinds: string[] = [];
    let steps = 0;
    const collector: FrameCollector = {
      outputs: new Map(),
      get done() {
        return steps >= 2;
      },
      async step() {
        steps++;
        return true;
      },
    };
    await followJob({
      session,
      watch,
      order,
      collector,
      lostAfterMs: 20,
      onEvent: ({ kind }) => void kinds.push(kind),
    });
    assert.equal(jobs.size, 1);
    assert.deepEqual(sent, [order.request]);
    assert.deepEqual([...new Set(kinds)], ['reordered', 'progress']);
  });

  it('that a chain does not have which nobody has confirmed to be the same is not sent', async () => {
    const { sent, order, confirmed, watch, session } = forgetfulChain();
    for (const atMs of [undefined, performance.now() - 1]) {
      confirmed.atMs = atMs;
      let looks = 0;
      const collector: FrameCollector = {
        outputs: new Map(),
        get done() {
          return ++looks > 30;
        },
        step: async () => true,
      };
      await followJob({ session, watch, order, collector, lostAfterMs: 0 });
    }
    assert.deepEqual(sent, []);
  });
});
