import assert from 'node:assert/strict';
import { type AuditBench, createAuditBench, failedTests } from '../support/auditBench.js';

describe('an honest worker', function () {
  this.timeout(120_000);
  let bench: AuditBench;
  before(async () => {
    bench = await createAuditBench();
  });
  after(() => bench.close());

  it('passes every test, whatever is drawn and however its chunks are cut', async () => {
    for (let number = 1; number <= 4; number++) {
      const audited = await bench.audit({
        number,
        change: number === 4 ? { tileSize: 16, samples: 5, batches: 5 } : {},
      });
      assert.deepEqual(
        failedTests(audited),
        [],
        JSON.stringify(audited.tests.filter((test) => test.verdict !== 'pass')),
      );
      assert.equal(audited.verdict, 'pass');
      assert.deepEqual([...new Set(audited.tests.map((test) => test.test))].sort(), ['T1', 'T2', 'T3', 'T5', 'T6']);
    }
  });

  it('leaves a picture of its block as evidence', async () => {
    const { evidence, store } = await bench.audit();
    const png = await store.getFile(evidence!);
    assert.deepEqual([...png.subarray(1, 4)], [...Buffer.from('PNG')]);
  });

  it('publishes the same bits however its lease is cut', async () => {
    const whole = await bench.audit({ chunks: [4, 5, 6, 7] });
    const alone = await bench.audit({ chunks: [6], number: 9 });
    assert.equal(alone.outputs.chunks[0]?.pixelHash, whole.outputs.chunks[2]?.pixelHash);
    assert.notEqual(
      alone.outputs.chunks[0]?.leafRoot,
      whole.outputs.chunks[2]?.leafRoot,
      'leaves of another lease have other salts',
    );
  });
});
