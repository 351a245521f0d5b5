import assert from 'node:assert/strict';
import { geometryOf } from '../../protocol/geometry.js';
import type { Bytes32 } from '../../protocol/ids.js';
import type { ObjectStore } from '../../protocol/ports.js';
import { machineClock } from '../../party/machineClock.js';
import { openLease } from '../../worker/effects/openLease.js';
import type { WorkerContext } from '../../worker/WorkerContext.js';
import { DRAWN, bytes32, commitment, lease } from '../support/leaseFixtures.js';
import { createMemoryStore } from '../support/memoryStore.js';
import { smallManifest } from '../support/smallJob.js';
import { testLog } from '../support/smallNetwork.js';

/** A worker whose spool holds every chunk; what it opens with is collected. */
async function workerWith(store: Pick<ObjectStore, 'putFile' | 'putBlock'>, opened: Bytes32[]) {
  const manifest = await smallManifest({ store: createMemoryStore(), kernelHash: bytes32('00') });
  return {
    chain: {
      network: { chainId: 31337, contract: bytes32('0c') },
      async open({ openingDigest }: { openingDigest: Bytes32 }) {
        opened.push(openingDigest);
        return { blockNumber: 5 };
      },
    },
    store,
    key: bytes32('0f'),
    log: testLog,
    clock: machineClock,
    spool: { read: async () => ({ output: {}, leaves: new Float32Array(16 * 1024).fill(0.5) }) },
    jobs: { open: async () => ({ manifest, geometry: geometryOf(manifest) }) },
  } as unknown as WorkerContext;
}

describe('an opening', () => {
  const sealed = lease('SEALED', commitment({ draw: { ...DRAWN, drawnMask: 1n } }));
  const refusing = {
    putFile: async () => Promise.reject(new Error('no space left')),
    putBlock: async () => Promise.reject(new Error('no space left')),
  };

  for (const openSeconds of [7, 60, 180])
    it(`is published before it is on chain, and put off while the store refuses and two thirds of ${openSeconds} s last`, async () => {
      const { signal } = new AbortController();
      const [published, withheld]: [Bytes32[], Bytes32[]] = [[], []];
      const store = createMemoryStore();
      await openLease(await workerWith(store, published), {
        lease: sealed,
        secondsLeft: openSeconds,
        openSeconds,
        signal,
      });
      assert.ok((await store.getBlock(published[0]!)).length > 0);

      const full = await workerWith(refusing, withheld);
      const early = { lease: sealed, secondsLeft: openSeconds / 3 + 0.1, openSeconds, signal };
      await assert.rejects(openLease(full, early), /no space left/);
      assert.deepEqual(withheld, []);
      await openLease(full, { ...early, secondsLeft: openSeconds / 3 });
      assert.deepEqual(withheld, published, 'the same opening, to be shown on chain');
    });

  it('is not made where the daemon stops', async () => {
    const opened: Bytes32[] = [];
    const signal = AbortSignal.abort(new Error('stopping'));
    const context = await workerWith(refusing, opened);
    await assert.rejects(openLease(context, { lease: sealed, secondsLeft: 1, openSeconds: 60, signal }));
    assert.deepEqual(opened, []);
  });
});
