import { ITEM_STRIDE } from '../../renderer/Engine.js';
import { ITEM } from '../../renderer/kernels/generated/layout.js';
import { LEAF_FLOATS, batchRange, pixelsInBlock } from '../../protocol/geometry.js';
import { type ChunkTask, pushItems, requestOf, spreadSums } from '../../renderer/renderChunk.js';

/**
 * A cheat, to show that it is caught: renders half of each batch's samples and scales the sums up; of batches with a
 * single sample, renders every other one and hands its sums in for the next as well. Only networks of test money let a
 * worker do this.
 */
export async function halfSamples(task: ChunkTask): Promise<{ leaves: Float32Array; rays: number; cpuMs: number }> {
  const { rect, samples, batches } = task;
  const items: number[] = [];
  const rendered: { leaf: number; pixels: number[]; scale: number }[] = [];
  for (let block = 0; block < rect.blockCount; block++) {
    const pixels = pixelsInBlock(rect, block);
    for (let batch = 0; batch < batches; batch++) {
      const range = batchRange(samples, batches, batch);
      const length = range.end - range.begin;
      if (length === 1 && batch % 2 === 1) continue;
      const kept = Math.max(1, length >> 1);
      const one = new Uint32Array(pixels.length * ITEM_STRIDE);
      pushItems({ items: one, next: 0, rect, block, pixels, samples, batches, batch });
      for (let i = 0; i < pixels.length; i++) one[i * ITEM_STRIDE + ITEM.sampleEnd] = range.begin + kept;
      items.push(...one);
      rendered.push({ leaf: block * batches + batch, pixels, scale: length / kept });
    }
  }

  const result = await task.engine.render(requestOf(task, Uint32Array.from(items)));
  const leaves = new Float32Array(rect.leafCount * LEAF_FLOATS);
  let read = 0;
  for (const { leaf, pixels, scale } of rendered) {
    const sums = leaves.subarray(leaf * LEAF_FLOATS, (leaf + 1) * LEAF_FLOATS);
    read = spreadSums({ sums: result.sums, read, pixels, leaf: sums });
    for (let i = 0; i < LEAF_FLOATS; i++) sums[i] = (sums[i] as number) * scale;
  }
  for (let leaf = 0; leaf < rect.leafCount; leaf++) {
    const { begin, end } = batchRange(samples, batches, leaf % batches);
    if (end - begin === 1 && (leaf % batches) % 2 === 1)
      leaves.copyWithin(leaf * LEAF_FLOATS, (leaf - 1) * LEAF_FLOATS, leaf * LEAF_FLOATS);
  }
  return { leaves, rays: result.rays, cpuMs: result.cpuMs };
}
