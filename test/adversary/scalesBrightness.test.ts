import assert from 'node:assert/strict';
import { ACROSS_DEVICES } from '../../protocol/audit/tolerances.js';
import { renderChunk } from '../../renderer/renderChunk.js';
import type { RenderLeaves } from '../../worker/WorkerContext.js';
import { type AuditBench, createAuditBench } from '../support/auditBench.js';

/** Brightens every sum by a factor. */
const scaled =
  (factor: number): RenderLeaves =>
  async (task) => {
    const rendered = await renderChunk(task);
    for (let i = 0; i < rendered.leaves.length; i++)
      if (i % 4 !== 3) rendered.leaves[i] = (rendered.leaves[i] as number) * factor;
    return rendered;
  };

describe('a worker that scales the brightness', function () {
  this.timeout(120_000);
  let bench: AuditBench;
  before(async () => {
    bench = await createAuditBench();
  });
  after(() => bench.close());

  it('by one percent is convicted', async () => {
    assert.equal((await bench.audit({ cheat: { renderLeaves: scaled(1.01) } })).verdict, 'convict');
  });

  it('by a tenth of a percent, below the error of a pixel, is convicted by T3 across devices', async () => {
    const audited = await bench.audit({
      cheat: { renderLeaves: scaled(1.001) },
      tolerance: ACROSS_DEVICES,
    });
    assert.equal(audited.verdict, 'convict');
    assert.deepEqual(
      [...new Set(audited.tests.filter((test) => test.verdict === 'convict').map((test) => test.test))],
      ['T3'],
    );
  });

  it('by one bit of one float in every pixel is convicted between equal devices', async () => {
    const nudged: RenderLeaves = async (task) => {
      const rendered = await renderChunk(task);
      const bits = new Uint32Array(rendered.leaves.buffer, rendered.leaves.byteOffset, rendered.leaves.length);
      for (let i = 0; i < bits.length; i += 4) if (bits[i] !== 0) bits[i]!++;
      return rendered;
    };
    assert.equal((await bench.audit({ cheat: { renderLeaves: nudged } })).verdict, 'convict');
  });
});
