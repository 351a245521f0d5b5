import assert from 'node:assert/strict';
import { LEAF_FLOATS, batchRange, chunkCount, chunkRect, pixelsInBlock } from '../../../protocol/geometry.js';
import type { Engine, RenderRequest } from '../../../renderer/Engine.js';
import { renderChunk } from '../../../renderer/renderChunk.js';
import { renderDrawn } from '../../../renderer/renderDrawn.js';
import type { PreparedScene } from '../../../renderer/scene/prepare/prepareScene.js';
import { bytes32 } from '../../support/leaseFixtures.js';

const GEOMETRY = { width: 75, height: 41, tileSize: 48, firstFrame: 7, frameCount: 2, samples: 21, batches: 4 };
const PREPARED = {} as PreparedScene;

/**
 * A fake engine: an item's sum spells the item out, so that a misplaced one shows. The real engine's bits are tested in
 * test/renderer/cpu.
 */
function fakeEngine(): Engine & { requests: RenderRequest[] } {
  const requests: RenderRequest[] = [];
  return {
    kind: 'wasm',
    kernelHash: bytes32('00'),
    requests,
    render: (request) => {
      requests.push(request);
      request.onProgress?.(request.items.length / 4);
      return Promise.resolve({
        sums: Float32Array.from(request.items, (value) => value + 1),
        rays: request.items.length,
        cpuMs: 1,
      });
    },
    close: () => Promise.resolve(),
  };
}

function taskOf(engine: Engine, chunkIndex: number) {
  const rect = chunkRect(GEOMETRY, chunkIndex);
  return {
    engine,
    prepared: PREPARED,
    settings: { seed: 1, frame: rect.frame, bounces: 4, width: 75, height: 41 },
    rect,
    samples: 21,
    batches: 4,
  };
}

describe('renderChunk', () => {
  it('puts the sums of every pixel of every batch into its leaf, and zero outside the frame', async () => {
    for (let chunkIndex = 0; chunkIndex < chunkCount(GEOMETRY); chunkIndex++) {
      const task = taskOf(fakeEngine(), chunkIndex);
      const { rect } = task;
      const { leaves } = await renderChunk(task);
      assert.equal(leaves.length, rect.leafCount * LEAF_FLOATS);
      for (let leaf = 0; leaf < rect.leafCount; leaf++) {
        const [block, batch] = [Math.floor(leaf / 4), leaf % 4];
        const { begin, end } = batchRange(21, 4, batch);
        for (let pixel = 0; pixel < 256; pixel++) {
          const x = rect.x + (block % rect.blocksAcross) * 16 + (pixel % 16);
          const y = rect.y + Math.floor(block / rect.blocksAcross) * 16 + Math.floor(pixel / 16);
          const expected = x < 75 && y < 41 ? [x + 1, y + 1, begin + 1, end + 1] : [0, 0, 0, 0];
          assert.deepEqual(
            [...leaves.subarray(leaf * 1024 + pixel * 4, leaf * 1024 + pixel * 4 + 4)],
            expected,
            `chunk ${chunkIndex}, leaf ${leaf}, pixel ${pixel}`,
          );
        }
      }
    }
  });

  it('asks for every sample of every pixel once, blocks together', async () => {
    const engine = fakeEngine();
    await renderChunk(taskOf(engine, 3));
    const { items } = engine.requests[0]!;
    const seen = new Set<string>();
    const blocks: string[] = [];
    for (let i = 0; i < items.length; i += 4) {
      for (let sample = items[i + 2]!; sample < items[i + 3]!; sample++)
        seen.add(`${items[i]},${items[i + 1]},${sample}`);
      const block = `${items[i]! >> 4},${items[i + 1]! >> 4}`;
      if (blocks.at(-1) !== block) blocks.push(block);
    }
    const { rect } = taskOf(engine, 3);
    assert.equal(seen.size, rect.width * rect.height * 21);
    assert.equal(blocks.length, rect.blockCount);
  });

  it('reports progress as a share', async () => {
    const shares: number[] = [];
    await renderChunk({ ...taskOf(fakeEngine(), 0), onProgress: (share) => shares.push(share) });
    assert.deepEqual(shares, [1]);
  });

  it('refuses settings of another frame, a chunk outside the frame and more batches than samples', async () => {
    const task = taskOf(fakeEngine(), 0);
    await assert.rejects(
      renderChunk({ ...task, settings: { ...task.settings, frame: 8 } }),
      /frame of the render settings: expected 7, found 8/,
    );
    await assert.rejects(renderChunk({ ...task, settings: { ...task.settings, width: 40 } }), /chunk inside the frame/);
    await assert.rejects(renderChunk({ ...task, batches: 22 }), /batches: expected 1..21, found 22/);
    await assert.rejects(renderChunk({ ...task, batches: 3 }), /leaves of the chunk/);
  });
});

describe('renderDrawn', () => {
  it('gives the sums that the whole chunk has, in draw order, and the whole block', async () => {
    for (const chunkIndex of [0, 1, 3]) {
      const task = taskOf(fakeEngine(), chunkIndex);
      const { leaves } = await renderChunk(task);
      const block = task.rect.blockCount - 1;
      const drawn = [4 * block + 2, 0, 4 * block + 1].map((leafIndex) => ({
        leafIndex,
        pixels: pixelsInBlock(task.rect, Math.floor(leafIndex / 4))
          .reverse()
          .slice(0, 9),
      }));
      const { sums, blockLeaves } = await renderDrawn({ ...task, drawn, block });
      assert.deepEqual(
        [...sums],
        drawn.flatMap(({ leafIndex, pixels }) =>
          pixels.flatMap((pixel) => [
            ...leaves.subarray(leafIndex * 1024 + pixel * 4, leafIndex * 1024 + pixel * 4 + 4),
          ]),
        ),
      );
      assert.deepEqual(blockLeaves, leaves.slice(block * 4 * LEAF_FLOATS, (block + 1) * 4 * LEAF_FLOATS));
    }
  });

  it('renders nothing more than what was drawn', async () => {
    const engine = fakeEngine();
    const { blockLeaves } = await renderDrawn({ ...taskOf(engine, 0), drawn: [{ leafIndex: 5, pixels: [3] }] });
    assert.equal(blockLeaves, null);
    assert.deepEqual([...engine.requests[0]!.items], [19, 0, 5, 10]);
  });

  it('refuses leaves, pixels and blocks that are not there', async () => {
    const task = taskOf(fakeEngine(), 3);
    await assert.rejects(
      renderDrawn({ ...task, drawn: [{ leafIndex: task.rect.leafCount, pixels: [0] }] }),
      /drawn leaf/,
    );
    await assert.rejects(
      renderDrawn({ ...task, drawn: [{ leafIndex: task.rect.leafCount - 1, pixels: [255] }] }),
      /drawn pixel of leaf/,
    );
    await assert.rejects(renderDrawn({ ...task, drawn: [], block: task.rect.blockCount }), /drawn block/);
  });
});
