import assert from 'node:assert/strict';
import { type AuditBench, createAuditBench, failedTests } from '../support/auditBench.js';
import { address, bytes32 } from '../support/leaseFixtures.js';

describe('a worker that copies a commitment', function () {
  this.timeout(120_000);
  let bench: AuditBench;
  before(async () => {
    bench = await createAuditBench();
  });
  after(() => bench.close());

  it('cannot open it: the leaves of another lease are not under its root', async () => {
    const original = await bench.audit({ number: 5 });
    const audited = await bench.audit({
      number: 6,
      cheat: {
        alterOutputs: async (outputs, { store }) => {
          for (const [cid, bytes] of original.store.blocks) store.blocks.set(cid, bytes);
          return { ...outputs, chunks: original.outputs.chunks };
        },
      },
    });
    assert.equal(audited.verdict, 'convict');
    assert.deepEqual(failedTests(audited), ['T7']);
  });

  it('commits to a root that its outputs do not give, and is convicted by T6', async () => {
    const audited = await bench.audit({ cheat: { alterRoot: () => bytes32('99') } });
    assert.equal(audited.verdict, 'convict');
    assert.deepEqual(failedTests(audited), ['T6']);
  });

  it('hands in the outputs of somebody else, and is convicted by T6', async () => {
    const audited = await bench.audit({
      cheat: { alterOutputs: async (outputs) => ({ ...outputs, worker: address('e4') }) },
    });
    assert.equal(audited.verdict, 'convict');
    assert.deepEqual(failedTests(audited), ['T6']);
  });
});
