import assert from 'node:assert/strict';
import { ACROSS_DEVICES } from '../../protocol/audit/tolerances.js';
import { halfSamples } from '../../worker/cheats/halfSamples.js';
import { type AuditBench, createAuditBench, failedTests } from '../support/auditBench.js';

describe('a worker that halves the samples', function () {
  this.timeout(120_000);
  let bench: AuditBench;
  before(async () => {
    bench = await createAuditBench();
  });
  after(() => bench.close());

  it('is convicted by T1 and T2', async () => {
    const audited = await bench.audit({ cheat: { renderLeaves: halfSamples } });
    assert.equal(audited.verdict, 'convict');
    assert.ok(failedTests(audited).includes('T1') && failedTests(audited).includes('T2'), failedTests(audited).join());
    assert.ok(!failedTests(audited).includes('T6'), 'its commitment itself is in order');
  });

  it('is convicted where every batch has one sample, so that it hands sums in twice', async () => {
    assert.equal(
      (await bench.audit({ cheat: { renderLeaves: halfSamples }, change: { samples: 4, batches: 4 } })).verdict,
      'convict',
    );
  });

  it('is convicted by the tolerances between devices as well', async () => {
    const audited = await bench.audit({
      cheat: { renderLeaves: halfSamples },
      tolerance: ACROSS_DEVICES,
    });
    assert.equal(audited.verdict, 'convict');
  });
});
