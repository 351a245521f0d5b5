import assert from 'node:assert/strict';
import { type AuditBench, createAuditBench, failedTests } from '../support/auditBench.js';
import { bytes32 } from '../support/leaseFixtures.js';

describe('a worker that uses another kernel', function () {
  this.timeout(120_000);
  let bench: AuditBench;
  before(async () => {
    bench = await createAuditBench();
  });
  after(() => bench.close());

  it('is convicted by T6 when it says so, whatever its samples are', async () => {
    const audited = await bench.audit({
      cheat: {
        alterOutputs: async (outputs) => ({
          ...outputs,
          chunks: outputs.chunks.map((chunk) => ({ ...chunk, kernelHash: bytes32('55') })),
        }),
      },
    });
    assert.equal(audited.verdict, 'convict');
    assert.deepEqual(failedTests(audited), ['T6']);
  });
});
