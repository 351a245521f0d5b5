import assert from 'node:assert/strict';
import { chunkCount, geometryOf, LEAF_FLOATS } from '../../protocol/geometry.js';
import type { JobId } from '../../protocol/ids.js';
import { equalWeights } from '../../protocol/weights.js';
import { RAYS_PER_UNIT } from '../../protocol/workUnits.js';
import { machineClock } from '../../party/machineClock.js';
import { renderLease } from '../../worker/effects/renderLease.js';
import type { WorkerContext } from '../../worker/WorkerContext.js';
import { bytes32, lease } from '../support/leaseFixtures.js';
import { createMemoryStore } from '../support/memoryStore.js';
import { smallManifest } from '../support/smallJob.js';
import { testLog } from '../support/smallNetwork.js';

/** The jobs that a worker leaves alone after a lease whose chunks trace so many units for each unit they are paid. */
async function leftAloneAfter({ unitsTraced, isSpooled }: { unitsTraced: number; isSpooled: boolean }) {
  const leftAlone: JobId[] = [];
  const store = createMemoryStore();
  const manifest = await smallManifest({ store, kernelHash: bytes32('00') });
  const geometry = geometryOf(manifest);
  const weights = equalWeights(chunkCount(geometry), 10);
  const context = {
    chain: { network: { chainId: 31337, contract: bytes32('0c') } },
    store,
    key: bytes32('0f'),
    log: testLog,
    clock: machineClock,
    engine: { at: () => ({}) },
    spool: { read: async () => (isSpooled ? { output: {} } : undefined), write: async () => {} },
    jobs: {
      open: async () => ({
        manifest,
        geometry,
        weights,
        frames: () => ({ prepare: async () => ({ hash: bytes32('01') }) }),
      }),
      refuseForGood: (jobId: JobId) => void leftAlone.push(jobId),
    },
    renderLeaves: async ({ rect }: { rect: { leafCount: number } }) => ({
      leaves: new Float32Array(rect.leafCount * LEAF_FLOATS),
      rays: 10 * unitsTraced * RAYS_PER_UNIT,
      cpuMs: 1,
    }),
  } as unknown as WorkerContext;
  const taken = lease('TAKEN');
  const { chunks } = await renderLease(context, taken, new AbortController().signal);
  assert.equal(chunks.length, 2);
  return { leftAlone, jobId: taken.jobId };
}

describe('a lease that is rendered', () => {
  it('is the last of its job where the weights lie, and is delivered all the same', async () => {
    const { leftAlone, jobId } = await leftAloneAfter({ unitsTraced: 5, isSpooled: false });
    assert.deepEqual(leftAlone, [jobId]);
  });

  it('is not, where they are as far off as an honest probe may be', async () => {
    assert.deepEqual((await leftAloneAfter({ unitsTraced: 3, isSpooled: false })).leftAlone, []);
  });

  it('says nothing of weights where it was rendered before a restart', async () => {
    assert.deepEqual((await leftAloneAfter({ unitsTraced: 50, isSpooled: true })).leftAlone, []);
  });
});
