import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type Geometry,
  batchRange,
  blockAndBatchOf,
  blockOrigin,
  chunkCount,
  chunkRect,
  leafIndexOf,
  pixelsInBlock,
  tilesPerFrame,
} from '../../protocol/geometry.js';
import { InvariantError } from '../../protocol/errors.js';
import { propertyParameters } from '../support/propertySeed.js';

const geometries = fc
  .record({
    width: fc.integer({ min: 1, max: 300 }),
    height: fc.integer({ min: 1, max: 300 }),
    tileSize: fc.integer({ min: 1, max: 16 }).map((n) => 16 * n),
    firstFrame: fc.integer({ min: 0, max: 1000 }),
    frameCount: fc.integer({ min: 1, max: 3 }),
    samples: fc.integer({ min: 1, max: 40 }),
  })
  .chain((g) => fc.integer({ min: 1, max: Math.min(8, g.samples) }).map((batches): Geometry => ({ ...g, batches })));

describe('geometry', () => {
  it('chunks tile every frame exactly once', () => {
    fc.assert(
      fc.property(geometries, (g) => {
        const seen = new Uint8Array(g.frameCount * g.width * g.height);
        for (let chunkIndex = 0; chunkIndex < chunkCount(g); chunkIndex++) {
          const rect = chunkRect(g, chunkIndex);
          for (let y = rect.y; y < rect.y + rect.height; y++) {
            for (let x = rect.x; x < rect.x + rect.width; x++)
              seen[((rect.frame - g.firstFrame) * g.height + y) * g.width + x]!++;
          }
        }
        assert.ok(
          seen.every((count) => count === 1),
          'a pixel belongs to no chunk or to several',
        );
      }),
      propertyParameters(60),
    );
  });

  it('the pixels of the blocks of a chunk are the pixels of the chunk, each once', () => {
    fc.assert(
      fc.property(geometries, fc.nat(), (g, pick) => {
        const rect = chunkRect(g, pick % chunkCount(g));
        const seen = new Uint8Array(rect.width * rect.height);
        for (let block = 0; block < rect.blockCount; block++) {
          const origin = blockOrigin(rect, block);
          const pixels = pixelsInBlock(rect, block);
          assert.ok(pixels.length > 0, 'an empty block');
          for (const pixel of pixels) seen[(origin.y + (pixel >> 4)) * rect.width + origin.x + (pixel & 15)]!++;
        }
        assert.ok(seen.every((count) => count === 1));
        assert.equal(rect.leafCount, rect.blockCount * g.batches);
      }),
      propertyParameters(100),
    );
  });

  it('batches partition the samples in order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 65536 }), fc.integer({ min: 1, max: 64 }), (samples, wanted) => {
        const batches = Math.min(samples, wanted);
        let next = 0;
        for (let b = 0; b < batches; b++) {
          const { begin, end } = batchRange(samples, batches, b);
          assert.equal(begin, next);
          assert.ok(end > begin, 'an empty batch');
          next = end;
        }
        assert.equal(next, samples);
      }),
      propertyParameters(300),
    );
  });

  it('leaf indices and (block, batch) are one to one', () => {
    fc.assert(
      fc.property(fc.nat(255), fc.integer({ min: 1, max: 64 }), fc.nat(), (block, batches, pick) => {
        const batch = pick % batches;
        assert.deepEqual(blockAndBatchOf(leafIndexOf(block, batch, batches), batches), { block, batch });
      }),
      propertyParameters(200),
    );
  });

  it('refuses a chunk index outside the job, with both operands', () => {
    const g: Geometry = { width: 100, height: 100, tileSize: 64, firstFrame: 5, frameCount: 2, samples: 4, batches: 4 };
    assert.equal(tilesPerFrame(g), 4);
    assert.equal(chunkRect(g, 7).frame, 6);
    assert.throws(
      () => chunkRect(g, 8),
      (error: unknown) =>
        error instanceof InvariantError && error.message.includes('0..7') && error.message.includes('8'),
    );
  });
});
