import assert from 'node:assert/strict';
import { openManifestFrames } from '../../renderer/openManifestFrames.js';
import { renderChunk } from '../../renderer/renderChunk.js';
import { createMemoryStore } from '../support/memoryStore.js';
import { type AuditBench, createAuditBench, failedTests } from '../support/auditBench.js';
import { smallManifest } from '../support/smallJob.js';

describe('a worker that replays the previous frame', function () {
  this.timeout(120_000);
  let bench: AuditBench;
  before(async () => {
    bench = await createAuditBench();
  });
  after(() => bench.close());

  it('is convicted', async () => {
    const store = createMemoryStore();
    const frames = openManifestFrames({
      manifest: await smallManifest({ store, kernelHash: bench.engine.kernelHash }),
      store,
    });
    const before = await frames.prepare(0);
    const audited = await bench.audit({
      // The prepared hash that is committed stays that of the right frame: only the samples are of the wrong one.
      cheat: {
        renderLeaves: (task) =>
          renderChunk({
            ...task,
            prepared: before,
            settings: { ...task.settings, frame: 0 },
            rect: { ...task.rect, frame: 0 },
          }),
      },
    });
    assert.equal(audited.verdict, 'convict');
    assert.ok(failedTests(audited).includes('T1'));
    await frames.dispose();
  });
});
