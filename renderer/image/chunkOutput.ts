import { InvariantError } from '../../protocol/errors.js';
import { BLOCK_SIZE, LEAF_FLOATS, blockOrigin } from '../../protocol/geometry.js';
import type { ChunkRect } from '../../protocol/geometry.js';
import { halfOfFloat } from './halfFloat.js';

const BLOCK_PIXELS = BLOCK_SIZE * BLOCK_SIZE;

/**
 * The output of a chunk, which its worker publishes and is paid for: per pixel and channel the float64 sum over the
 * batches in index order, divided by the samples, rounded to float32, then to half float (halfOfFloat).
 * @param options.leaves the chunk's leaves, LEAF_FLOATS each, leafIndex = block x batches + batch.
 * @param options.samples samples per pixel over all batches.
 * @returns half floats, RGBA (coverage in A) for each of rect.width x rect.height pixels, rows top-down.
 */
export function chunkOutput(options: { leaves: Float32Array; rect: ChunkRect; samples: number; batches: number }): {
  halfs: Uint16Array;
} {
  const { leaves, rect, samples, batches } = options;
  if (leaves.length !== rect.leafCount * LEAF_FLOATS)
    throw new InvariantError({
      what: 'floats in the leaves of a chunk',
      expected: rect.leafCount * LEAF_FLOATS,
      actual: leaves.length,
    });
  const halfs = new Uint16Array(rect.width * rect.height * 4);
  for (let block = 0; block < rect.blockCount; block++) {
    const blockLeaves = leaves.subarray(block * batches * LEAF_FLOATS, (block + 1) * batches * LEAF_FLOATS);
    copyBlock({ block, blockHalfs: blockOutput({ blockLeaves, samples, batches }), rect, halfs });
  }
  return { halfs };
}

/**
 * The same rule for one whole block: what test T5 compares with the published output.
 * @param options.blockLeaves the block's leaves in batch order, LEAF_FLOATS each.
 * @returns half floats, RGBA for each of the 16 x 16 pixels; pixels outside the frame are zero where their sums are.
 */
export function blockOutput(options: { blockLeaves: Float32Array; samples: number; batches: number }): Uint16Array {
  const { blockLeaves, samples, batches } = options;
  if (blockLeaves.length !== batches * LEAF_FLOATS)
    throw new InvariantError({
      what: 'floats in the leaves of a block',
      expected: batches * LEAF_FLOATS,
      actual: blockLeaves.length,
    });
  const halfs = new Uint16Array(LEAF_FLOATS);
  for (let value = 0; value < LEAF_FLOATS; value++) {
    let total = 0;
    for (let batch = 0; batch < batches; batch++) total += blockLeaves[batch * LEAF_FLOATS + value]!;
    halfs[value] = halfOfFloat(Math.fround(total / samples));
  }
  return halfs;
}

/** One block's 16 x 16 pixels cut out of a chunk's published output; zero outside the frame. */
export function blockOfOutput(options: { halfs: Uint16Array; rect: ChunkRect; block: number }): Uint16Array {
  const { halfs, rect, block } = options;
  const origin = blockOrigin(rect, block);
  const cut = new Uint16Array(BLOCK_PIXELS * 4);
  const width = Math.min(BLOCK_SIZE, rect.width - origin.x);
  const height = Math.min(BLOCK_SIZE, rect.height - origin.y);
  for (let row = 0; row < height; row++) {
    const begin = ((origin.y + row) * rect.width + origin.x) * 4;
    cut.set(halfs.subarray(begin, begin + width * 4), row * BLOCK_SIZE * 4);
  }
  return cut;
}

function copyBlock(options: { block: number; blockHalfs: Uint16Array; rect: ChunkRect; halfs: Uint16Array }): void {
  const { block, blockHalfs, rect, halfs } = options;
  const origin = blockOrigin(rect, block);
  const width = Math.min(BLOCK_SIZE, rect.width - origin.x);
  const height = Math.min(BLOCK_SIZE, rect.height - origin.y);
  for (let row = 0; row < height; row++) {
    const begin = row * BLOCK_SIZE * 4;
    halfs.set(blockHalfs.subarray(begin, begin + width * 4), ((origin.y + row) * rect.width + origin.x) * 4);
  }
}
