import assert from 'node:assert/strict';
import { type AuditBench, createAuditBench, failedTests } from '../support/auditBench.js';
import { smallSceneGltf } from '../support/smallScene.js';
import { bytes32 } from '../support/leaseFixtures.js';

describe('a worker that swaps assets', function () {
  this.timeout(120_000);
  let bench: AuditBench;
  before(async () => {
    bench = await createAuditBench();
  });
  after(() => bench.close());

  it('is convicted by its samples, and the prepared scene tells why', async () => {
    const audited = await bench.audit({ cheat: { scene: smallSceneGltf({ tint: [0.69, 0.6, 0.5] }) } });
    assert.equal(audited.verdict, 'convict');
    const root = audited.tests.filter((test) => test.test === 'T6' && test.verdict !== 'pass');
    assert.equal(root.length, 4);
    assert.ok(root.every((test) => test.verdict === 'void' && test.detail.includes('prepared another scene')));
  });

  it('is not paid, and not convicted, for a prepared scene that differs and changes no sample', async () => {
    const audited = await bench.audit({
      cheat: {
        alterOutputs: async (outputs) => ({
          ...outputs,
          chunks: outputs.chunks.map((chunk) => ({ ...chunk, preparedHash: bytes32('77') })),
        }),
      },
    });
    assert.equal(audited.verdict, 'void');
    assert.deepEqual(failedTests(audited), ['T6']);
  });
});
