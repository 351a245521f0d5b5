import { InvariantError } from '../protocol/errors.js';
import { BLOCK_SIZE, LEAF_FLOATS, batchRange, blockOrigin, pixelsInBlock } from '../protocol/geometry.js';
import type { ChunkRect } from '../protocol/geometry.js';
import { ITEM_STRIDE, SUM_STRIDE } from './Engine.js';
import { ITEM } from './kernels/generated/layout.js';
import type { ChunkWork } from './chunkWorkOf.js';
import type { Engine } from './Engine.js';
import type { PreparedScene } from './scene/prepare/prepareScene.js';

/** What is rendered, with what: the same for a whole chunk and for the parts of one that were drawn. */
export interface ChunkTask extends ChunkWork {
  engine: Engine;
  /** The chunk's frame. */
  prepared: PreparedScene;
  signal?: AbortSignal;
  /** Share of the work done, 0 to 1, never decreasing. */
  onProgress?: (share: number) => void;
}

/**
 * Renders a chunk: every leaf of every block.
 * @returns `leaves`: LEAF_FLOATS sums per leaf, leafIndex = block x batches + batch, pixels row-major within the block,
 * zero
 *   outside the frame; `rays`: traversals; `cpuMs`: processor time of the render threads in milliseconds.
 */
export async function renderChunk(task: ChunkTask): Promise<{ leaves: Float32Array; rays: number; cpuMs: number }> {
  checkTask(task);
  const { rect, samples, batches } = task;
  const pixelCount = rect.width * rect.height;
  const items = new Uint32Array(pixelCount * batches * ITEM_STRIDE);

  // List the items in the order of the leaves, so that a thread's share of the list is a few whole blocks.
  let next = 0;
  for (let block = 0; block < rect.blockCount; block++) {
    const pixels = pixelsInBlock(rect, block);
    for (let batch = 0; batch < batches; batch++)
      next = pushItems({ items, next, rect, block, pixels, samples, batches, batch });
  }
  const result = await task.engine.render(requestOf(task, items));

  // Where no block reaches out of the frame, the sums already lie as the leaves do.
  if (pixelCount === rect.blockCount * BLOCK_SIZE * BLOCK_SIZE)
    return { leaves: result.sums, rays: result.rays, cpuMs: result.cpuMs };
  const leaves = new Float32Array(rect.leafCount * LEAF_FLOATS);
  let read = 0;
  for (let block = 0; block < rect.blockCount; block++) {
    const pixels = pixelsInBlock(rect, block);
    for (let batch = 0; batch < batches; batch++) {
      read = spreadSums({
        sums: result.sums,
        read,
        pixels,
        leaf: leaves.subarray((block * batches + batch) * LEAF_FLOATS, (block * batches + batch + 1) * LEAF_FLOATS),
      });
    }
  }
  return { leaves, rays: result.rays, cpuMs: result.cpuMs };
}

/** Refuses a task whose parts contradict one another: rendering it would give pixels of another frame. */
export function checkTask(task: ChunkTask): void {
  const { rect, settings, samples, batches } = task;
  if (settings.frame !== rect.frame)
    throw new InvariantError({ what: 'frame of the render settings', expected: rect.frame, actual: settings.frame });
  if (rect.x + rect.width > settings.width || rect.y + rect.height > settings.height) {
    throw new InvariantError({
      what: 'chunk inside the frame',
      expected: `at most ${settings.width}x${settings.height}`,
      actual: `${rect.x + rect.width}x${rect.y + rect.height}`,
    });
  }
  if (!Number.isInteger(batches) || batches < 1 || batches > samples)
    throw new InvariantError({ what: 'batches', expected: `1..${samples}`, actual: batches });
  if (rect.leafCount !== rect.blockCount * batches)
    throw new InvariantError({
      what: 'leaves of the chunk',
      expected: rect.blockCount * batches,
      actual: rect.leafCount,
    });
}

/** The engine's request for a list of items of a task. */
export function requestOf(task: ChunkTask, items: Uint32Array): Parameters<Engine['render']>[0] {
  const itemCount = items.length / ITEM_STRIDE;
  const { onProgress } = task;
  return {
    prepared: task.prepared,
    settings: task.settings,
    items,
    ...(task.signal === undefined ? {} : { signal: task.signal }),
    ...(onProgress === undefined
      ? {}
      : { onProgress: (done: number) => onProgress(itemCount === 0 ? 1 : done / itemCount) }),
  };
}

/** Writes the items of one leaf's pixels from index `next` on; returns the index after them. */
export function pushItems(options: {
  items: Uint32Array;
  next: number;
  rect: ChunkRect;
  block: number;
  pixels: readonly number[];
  samples: number;
  batches: number;
  batch: number;
}): number {
  const { items, rect, block, pixels, samples, batches, batch } = options;
  const origin = blockOrigin(rect, block);
  const range = batchRange(samples, batches, batch);
  let next = options.next;
  for (const pixel of pixels) {
    items[next + ITEM.x] = rect.x + origin.x + (pixel % BLOCK_SIZE);
    items[next + ITEM.y] = rect.y + origin.y + Math.floor(pixel / BLOCK_SIZE);
    items[next + ITEM.sampleBegin] = range.begin;
    items[next + ITEM.sampleEnd] = range.end;
    next += ITEM_STRIDE;
  }
  return next;
}

/**
 * Puts the sums of one leaf's pixels, which lie together from float `read` on, to their places in the leaf; returns the
 * float after them.
 */
export function spreadSums(options: {
  sums: Float32Array;
  read: number;
  pixels: readonly number[];
  leaf: Float32Array;
}): number {
  let { read } = options;
  for (const pixel of options.pixels) {
    options.leaf.set(options.sums.subarray(read, read + SUM_STRIDE), pixel * SUM_STRIDE);
    read += SUM_STRIDE;
  }
  return read;
}
