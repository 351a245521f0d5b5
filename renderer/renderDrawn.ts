import { InvariantError } from '../protocol/errors.js';
import { LEAF_FLOATS, blockAndBatchOf, pixelsInBlock } from '../protocol/geometry.js';
import { ITEM_STRIDE, SUM_STRIDE } from './Engine.js';
import { checkTask, pushItems, requestOf, spreadSums } from './renderChunk.js';
import type { ChunkTask } from './renderChunk.js';

/** A drawn leaf and the pixels drawn in it, as indices 0..255 of its block, inside the frame, in draw order. */
export interface DrawnLeaf {
  leafIndex: number;
  pixels: readonly number[];
}

export interface DrawnSums {
  /** SUM_STRIDE values per drawn pixel: the leaves in draw order, in each its pixels in draw order. */
  sums: Float32Array;
  /**
   * The whole drawn block's leaves in batch order, LEAF_FLOATS each, zero outside the frame; null where no block was
   * asked for.
   */
  blockLeaves: Float32Array | null;
  rays: number;
  /** Processor time of the render threads in milliseconds. */
  cpuMs: number;
}

/**
 * Renders what an audit drew of a chunk, and nothing else: the drawn pixels of the drawn leaves and, where `block` is
 * given, all batches of that whole block. The sums are the bits that renderChunk gives for the same leaves.
 */
export async function renderDrawn(
  task: ChunkTask & { drawn: readonly DrawnLeaf[]; block?: number | null },
): Promise<DrawnSums> {
  checkTask(task);
  const { rect, samples, batches, drawn } = task;
  const block = task.block ?? null;
  if (block !== null && !(Number.isInteger(block) && block >= 0 && block < rect.blockCount))
    throw new InvariantError({ what: 'drawn block', expected: `0..${rect.blockCount - 1}`, actual: block });
  for (const { leafIndex } of drawn) {
    if (!(Number.isInteger(leafIndex) && leafIndex >= 0 && leafIndex < rect.leafCount))
      throw new InvariantError({ what: 'drawn leaf', expected: `0..${rect.leafCount - 1}`, actual: leafIndex });
  }

  // List the drawn pixels in draw order, then the whole block.
  const drawnCount = drawn.reduce((sum, { pixels }) => sum + pixels.length, 0);
  const blockPixels = block === null ? [] : pixelsInBlock(rect, block);
  const items = new Uint32Array((drawnCount + blockPixels.length * batches) * ITEM_STRIDE);
  let next = 0;
  for (const { leafIndex, pixels } of drawn) {
    const place = blockAndBatchOf(leafIndex, batches);
    const inside = new Set(pixelsInBlock(rect, place.block));
    const outside = pixels.find((pixel) => !inside.has(pixel));
    if (outside !== undefined)
      throw new InvariantError({
        what: `drawn pixel of leaf ${leafIndex}`,
        expected: 'one inside the frame',
        actual: outside,
      });
    next = pushItems({ items, next, rect, block: place.block, pixels, samples, batches, batch: place.batch });
  }
  if (block !== null)
    for (let batch = 0; batch < batches; batch++)
      next = pushItems({ items, next, rect, block, pixels: blockPixels, samples, batches, batch });

  const result = await task.engine.render(requestOf(task, items));
  const sums = result.sums.slice(0, drawnCount * SUM_STRIDE);
  if (block === null) return { sums, blockLeaves: null, rays: result.rays, cpuMs: result.cpuMs };
  const blockLeaves = new Float32Array(batches * LEAF_FLOATS);
  let read = drawnCount * SUM_STRIDE;
  for (let batch = 0; batch < batches; batch++)
    read = spreadSums({
      sums: result.sums,
      read,
      pixels: blockPixels,
      leaf: blockLeaves.subarray(batch * LEAF_FLOATS, (batch + 1) * LEAF_FLOATS),
    });
  return { sums, blockLeaves, rays: result.rays, cpuMs: result.cpuMs };
}
