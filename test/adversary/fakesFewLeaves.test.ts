import assert from 'node:assert/strict';
import { LEAF_FLOATS } from '../../protocol/geometry.js';
import { renderChunk } from '../../renderer/renderChunk.js';
import type { RenderLeaves } from '../../worker/WorkerContext.js';
import { type AuditBench, createAuditBench } from '../support/auditBench.js';

/** Fakes every n-th leaf by the one before it. */
const everyNth =
  (n: number): RenderLeaves =>
  async (task) => {
    const rendered = await renderChunk(task);
    for (let leaf = n - 1; leaf < task.rect.leafCount; leaf += n)
      rendered.leaves.copyWithin(leaf * LEAF_FLOATS, (leaf - 1) * LEAF_FLOATS, leaf * LEAF_FLOATS);
    return rendered;
  };

describe('a worker that fakes few leaves', function () {
  this.timeout(120_000);
  let bench: AuditBench;
  before(async () => {
    bench = await createAuditBench();
  });
  after(() => bench.close());

  it('is convicted as often as 64 draws out of 128 leaves find one of two', async () => {
    // One chunk of 64 x 64 pixels has 16 blocks x 8 batches = 128 leaves; two of them are faked: missed with
    // probability C(126, 64) / C(128, 64) = 0.248.
    let convicted = 0;
    const audits = 12;
    for (let number = 1; number <= audits; number++) {
      const { verdict } = await bench.audit({
        number,
        chunks: [1],
        cheat: { renderLeaves: everyNth(64) },
        change: { size: { width: 64, height: 64 }, tileSize: 64, samples: 8, batches: 8 },
      });
      if (verdict === 'convict') convicted++;
    }
    // Under 5 of 12 has probability 0.3 % at 0.75; the draws are fixed by the lease numbers, so this cannot flicker.
    assert.ok(convicted >= 5, `convicted in ${convicted} of ${audits} audits`);
    console.log(`      convicted in ${convicted} of ${audits} audits; expected 9.0`);
  });
});
