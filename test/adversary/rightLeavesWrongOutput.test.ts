import assert from 'node:assert/strict';
import { chunkRect, geometryOf } from '../../protocol/geometry.js';
import { pixelHash } from '../../protocol/hashes.js';
import { decodeExrTile } from '../../renderer/image/decodeExrTile.js';
import { encodeExrTile } from '../../renderer/image/encodeExrTile.js';
import { type AuditBench, type Cheat, createAuditBench, failedTests } from '../support/auditBench.js';

/** Publishes another picture than the leaves add up to, and commits to it consistently. */
const otherPicture: NonNullable<Cheat['alterOutputs']> = async (outputs, { store, manifest }) => ({
  ...outputs,
  chunks: await Promise.all(
    outputs.chunks.map(async (chunk) => {
      const rect = chunkRect(geometryOf(manifest), chunk.chunkIndex);
      const halfs = decodeExrTile({ bytes: await store.getFile(chunk.cid), width: rect.width, height: rect.height });
      for (let i = 0; i < halfs.length; i += 4) halfs[i] = (halfs[i] as number) ^ 1;
      return {
        ...chunk,
        pixelHash: pixelHash(halfs),
        cid: await store.putFile(await encodeExrTile({ width: rect.width, height: rect.height, halfs })),
      };
    }),
  ),
});

describe('a worker with the right leaves and the wrong output', function () {
  this.timeout(120_000);
  let bench: AuditBench;
  before(async () => {
    bench = await createAuditBench();
  });
  after(() => bench.close());

  it('is convicted by T5 when one bit of every pixel differs', async () => {
    const audited = await bench.audit({ cheat: { alterOutputs: otherPicture } });
    assert.equal(audited.verdict, 'convict');
    assert.deepEqual(failedTests(audited), ['T5']);
  });

  it('is convicted by T6 when the committed pixel hash is not that of the picture', async () => {
    const audited = await bench.audit({
      cheat: {
        alterOutputs: async (outputs, at) => ({
          ...(await otherPicture(outputs, at)),
          chunks: (await otherPicture(outputs, at)).chunks.map((chunk, i) => ({
            ...chunk,
            pixelHash: outputs.chunks[i]!.pixelHash,
          })),
        }),
      },
    });
    assert.equal(audited.verdict, 'convict');
    assert.ok(failedTests(audited).includes('T6'));
  });

  it('is convicted by T6 when what it published is no picture at all', async () => {
    const audited = await bench.audit({
      cheat: {
        alterOutputs: async (outputs, { store }) => ({
          ...outputs,
          chunks: await Promise.all(
            outputs.chunks.map(async (chunk) => ({ ...chunk, cid: await store.putFile(new Uint8Array(500)) })),
          ),
        }),
      },
    });
    assert.equal(audited.verdict, 'convict');
    assert.ok(failedTests(audited).includes('T6'));
  });
});
