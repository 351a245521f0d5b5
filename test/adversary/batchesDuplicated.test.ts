import assert from 'node:assert/strict';
import { LEAF_FLOATS } from '../../protocol/geometry.js';
import { renderChunk } from '../../renderer/renderChunk.js';
import type { RenderLeaves } from '../../worker/WorkerContext.js';
import { type AuditBench, createAuditBench, failedTests } from '../support/auditBench.js';

/** Hands the first half of the batches in a second time. */
const batchesDuplicated: RenderLeaves = async (task) => {
  const rendered = await renderChunk(task);
  for (let leaf = 0; leaf < task.rect.leafCount; leaf++) {
    const batch = leaf % task.batches;
    if (batch >= task.batches / 2)
      rendered.leaves.copyWithin(
        leaf * LEAF_FLOATS,
        (leaf - task.batches / 2) * LEAF_FLOATS,
        (leaf - task.batches / 2 + 1) * LEAF_FLOATS,
      );
  }
  return rendered;
};

describe('a worker that duplicates batches', function () {
  this.timeout(120_000);
  let bench: AuditBench;
  before(async () => {
    bench = await createAuditBench();
  });
  after(() => bench.close());

  it('is convicted, though half of its leaves are right', async () => {
    const audited = await bench.audit({ cheat: { renderLeaves: batchesDuplicated } });
    assert.equal(audited.verdict, 'convict');
    assert.deepEqual(
      failedTests(audited).filter((test) => test === 'T5' || test === 'T6'),
      [],
      'its output is what its leaves add up to',
    );
  });
});
