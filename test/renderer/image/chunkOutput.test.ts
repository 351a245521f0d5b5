import assert from 'node:assert/strict';
import { LEAF_FLOATS, chunkRect } from '../../../protocol/geometry.js';
import { blockOfOutput, blockOutput, chunkOutput } from '../../../renderer/image/chunkOutput.js';
import { floatOfHalf, halfOfFloat } from '../../../renderer/image/halfFloat.js';

const GEOMETRY = { width: 40, height: 24, tileSize: 32, firstFrame: 0, frameCount: 1, samples: 5, batches: 2 };

function leavesOf(rect: { leafCount: number }, value: (float: number) => number): Float32Array {
  return Float32Array.from({ length: rect.leafCount * LEAF_FLOATS }, (_, float) => value(float));
}

describe('chunkOutput', () => {
  it('adds batches in float64 and divides by the samples before it rounds', () => {
    const rect = chunkRect({ ...GEOMETRY, width: 16, height: 16 }, 0);
    // 2^24 + 1 is no float32: a float32 sum of the batches would lose the 1 and give 0 after the subtraction.
    const leaves = leavesOf(rect, (float) => (float < LEAF_FLOATS ? 16777216 : -16777211));
    assert.equal(floatOfHalf(chunkOutput({ leaves, rect, samples: 5, batches: 2 }).halfs[0]!), 1);
  });

  it('puts each pixel of each block at its place in a tile that ends at the border of the frame', () => {
    for (const chunkIndex of [0, 1]) {
      const rect = chunkRect(GEOMETRY, chunkIndex);
      // Pixels are numbered by block, so that a misplaced one has a wrong number.
      const leaves = leavesOf(
        rect,
        (float) => Math.floor(float / (2 * LEAF_FLOATS)) * 256 + Math.floor((float % LEAF_FLOATS) / 4),
      );
      const { halfs } = chunkOutput({ leaves, rect, samples: 2, batches: 2 });
      assert.equal(halfs.length, rect.width * rect.height * 4);
      for (let y = 0; y < rect.height; y++) {
        for (let x = 0; x < rect.width; x++) {
          const block = Math.floor(y / 16) * rect.blocksAcross + Math.floor(x / 16);
          const expected = halfOfFloat(block * 256 + (y % 16) * 16 + (x % 16));
          for (let channel = 0; channel < 4; channel++)
            assert.equal(halfs[(y * rect.width + x) * 4 + channel], expected, `${x},${y}`);
        }
      }
    }
  });

  it('says of a whole block what it says of the chunk', () => {
    const rect = chunkRect(GEOMETRY, 1);
    const leaves = leavesOf(rect, (float) => ((float * 7919) % 1000) / 100);
    // What lies outside the frame is zero in leaves that a chunk really has.
    for (let float = 0; float < leaves.length; float++) {
      const block = Math.floor(float / (2 * LEAF_FLOATS));
      const pixel = Math.floor((float % LEAF_FLOATS) / 4);
      if (
        (block % rect.blocksAcross) * 16 + (pixel % 16) >= rect.width ||
        Math.floor(block / rect.blocksAcross) * 16 + Math.floor(pixel / 16) >= rect.height
      )
        leaves[float] = 0;
    }
    const { halfs } = chunkOutput({ leaves, rect, samples: 5, batches: 2 });
    for (let block = 0; block < rect.blockCount; block++) {
      const blockLeaves = leaves.subarray(block * 2 * LEAF_FLOATS, (block + 1) * 2 * LEAF_FLOATS);
      assert.deepEqual(blockOfOutput({ halfs, rect, block }), blockOutput({ blockLeaves, samples: 5, batches: 2 }));
    }
  });

  it('refuses leaves of another size', () => {
    const rect = chunkRect(GEOMETRY, 0);
    assert.throws(
      () => chunkOutput({ leaves: new Float32Array(4), rect, samples: 5, batches: 2 }),
      /floats in the leaves of a chunk: expected 8192, found 4/,
    );
  });
});
