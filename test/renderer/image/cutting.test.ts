import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { LEAF_FLOATS, chunkCount, chunkRect, pixelsInBlock } from '../../../protocol/geometry.js';
import type { Geometry } from '../../../protocol/geometry.js';
import { pixelHash } from '../../../protocol/hashes.js';
import type { Engine } from '../../../renderer/Engine.js';
import { createCpuEngine } from '../../../renderer/cpu/createCpuEngine.js';
import { assembleFrame } from '../../../renderer/image/assembleFrame.js';
import { blockOfOutput, blockOutput, chunkOutput } from '../../../renderer/image/chunkOutput.js';
import { renderChunk } from '../../../renderer/renderChunk.js';
import { renderDrawn } from '../../../renderer/renderDrawn.js';
import type { PosedTexture } from '../../../renderer/scene/PosedScene.js';
import { prepareScene } from '../../../renderer/scene/prepare/prepareScene.js';
import { ball, cameraAt, environmentOf, lamp, material, posedOf, quad } from '../../support/posedFixtures.js';
import { propertyParameters } from '../../support/propertySeed.js';

const WIDTH = 45;
const HEIGHT = 29;

/**
 * A bit of everything that the kernel does: glass, rough metal, holes cut by alpha, an emissive panel, a lamp, an
 * environment, normal mapping.
 */
function scene() {
  const texture: PosedTexture = {
    width: 4,
    height: 4,
    wrapS: 'repeat',
    wrapT: 'mirror',
    srgb: true,
    filter: 'linear',
    rgba: Uint8Array.from({ length: 64 }, (_, i) => (i % 4 === 3 ? ((i >> 2) % 3 === 0 ? 40 : 255) : (i * 53) % 256)),
  };
  const slot = {
    texture: 0,
    uvSet: 0 as const,
    transform: [3, 0, 0, 3, 0.1, 0.2] as [number, number, number, number, number, number],
  };
  const floor = quad([-3, -1, 3], [6, 0, 0], [0, 0, -6]);
  return prepareScene(
    posedOf({
      pieces: [
        {
          corners: floor,
          material: 0,
          uvs: [
            [0, 0],
            [1, 0],
            [1, 1],
            [0, 0],
            [1, 1],
            [0, 1],
          ],
        },
        { corners: ball(0.8, 3), material: 1 },
        { corners: ball(0.4, 2).map(([x, y, z]) => [x + 1.1, y - 0.5, z + 0.6]), material: 2 },
        {
          corners: quad([-2, -1, -1], [1.5, 0, 0], [0, 2, 0]),
          material: 3,
          uvs: [
            [0, 0],
            [1, 0],
            [1, 1],
            [0, 0],
            [1, 1],
            [0, 1],
          ],
        },
        { corners: quad([-1, 2, -1], [2, 0, 0], [0, 0, 2]), material: 4 },
      ],
      materials: [
        material({ roughness: 0.6, baseColorTexture: slot, normalTexture: { ...slot, texture: 1 } }),
        material({ transmission: 1, roughness: 0 }),
        material({ metallic: 1, roughness: 0.3, baseColor: [0.9, 0.6, 0.2, 1] }),
        material({ alphaMode: 'mask', baseColorTexture: slot }),
        material({ emissive: [4, 4, 3], baseColor: [0, 0, 0, 1] }),
      ],
      textures: [texture, { ...texture, srgb: false }],
      lights: [lamp({ position: [2, 3, 2], color: [8, 8, 9] })],
      environment: environmentOf(8, 4, (column, row) => [0.1 * column, 0.2, 0.1 * row]),
      background: { kind: 'environment' },
      camera: cameraAt([0.5, 0.6, 4], [0, 0, 0], { fovYRadians: 0.8 }),
    }),
  );
}

const BASE = { width: WIDTH, height: HEIGHT, firstFrame: 3, frameCount: 1, samples: 11, batches: 4 };
const SETTINGS = { seed: 5, frame: 3, bounces: 5, width: WIDTH, height: HEIGHT };

async function renderFrame(engine: Engine, geometry: Geometry): Promise<string> {
  const prepared = scene();
  const tiles = [];
  for (let chunk = 0; chunk < chunkCount(geometry); chunk++) {
    const rect = chunkRect(geometry, chunk);
    const { leaves } = await renderChunk({
      engine,
      prepared,
      settings: SETTINGS,
      rect,
      samples: geometry.samples,
      batches: geometry.batches,
    });
    tiles.push({ rect, ...chunkOutput({ leaves, rect, samples: geometry.samples, batches: geometry.batches }) });
  }
  return pixelHash(assembleFrame({ width: WIDTH, height: HEIGHT, tiles }).halfs).toString();
}

describe('rendering in pieces', () => {
  const engines = new Map<number, Engine>();
  let cacheDir: string;
  before(async () => {
    cacheDir = await mkdtemp(join(tmpdir(), 'rushes-kernels-'));
    for (const threads of [1, 2, 3]) engines.set(threads, await createCpuEngine({ threads, cacheDir }));
  });
  after(async () => {
    for (const engine of engines.values()) await engine.close();
    await rm(cacheDir, { recursive: true, force: true });
  });

  it('gives the same pixels for every tile size and number of threads', async () => {
    const expected = await renderFrame(engines.get(1)!, { ...BASE, tileSize: 256 });
    for (const tileSize of [16, 32, 48])
      for (const threads of [1, 2, 3])
        assert.equal(
          await renderFrame(engines.get(threads)!, { ...BASE, tileSize }),
          expected,
          `tiles of ${tileSize}, ${threads} threads`,
        );
  });

  it('gives an item the same bits alone, repeated, shuffled and between other items', async () => {
    const prepared = scene();
    const item = fc
      .tuple(fc.nat(WIDTH - 1), fc.nat(HEIGHT - 1), fc.nat(6), fc.integer({ min: 1, max: 4 }))
      .map(([x, y, begin, count]) => [x, y, begin, begin + count]);
    const render = async (threads: number, items: number[][]): Promise<Uint32Array> => {
      const { sums } = await engines
        .get(threads)!
        .render({ prepared, settings: SETTINGS, items: Uint32Array.from(items.flat()) });
      return new Uint32Array(sums.buffer, sums.byteOffset, sums.length);
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(item, { minLength: 2, maxLength: 60 }),
        fc.integer({ min: 1, max: 3 }),
        async (items, threads) => {
          const together = await render(threads, items);
          const reversed = await render(1 + (threads % 3), [...items].reverse());
          for (let i = 0; i < items.length; i++)
            assert.deepEqual(
              together.slice(4 * i, 4 * i + 4),
              reversed.slice(4 * (items.length - 1 - i), 4 * (items.length - i)),
              `item ${items[i]!.join(', ')}`,
            );
          assert.deepEqual(await render(1, [items[0]!]), together.slice(0, 4));
        },
      ),
      propertyParameters(25),
    );
  });

  it('adds samples in order: one more sample is one more addition', async () => {
    const prepared = scene();
    const items = Uint32Array.from([20, 14, 0, 5, 20, 14, 5, 6, 20, 14, 0, 6]);
    const { sums } = await engines.get(1)!.render({ prepared, settings: SETTINGS, items });
    for (let channel = 0; channel < 4; channel++)
      assert.equal(sums[8 + channel], Math.fround(sums[channel]! + sums[4 + channel]!));
  });

  it('gives verifiers the bits that a worker commits to, and blocks that are the published output', async () => {
    const prepared = scene();
    const geometry = { ...BASE, tileSize: 32 };
    for (let chunk = 0; chunk < chunkCount(geometry); chunk++) {
      const rect = chunkRect(geometry, chunk);
      const task = { prepared, settings: SETTINGS, rect, samples: BASE.samples, batches: BASE.batches };
      const { leaves } = await renderChunk({ ...task, engine: engines.get(2)! });
      const { halfs } = chunkOutput({ leaves, rect, samples: BASE.samples, batches: BASE.batches });
      const block = rect.blockCount - 1;
      const drawn = [rect.leafCount - 1, 1, Math.floor(rect.leafCount / 2)].map((leafIndex) => ({
        leafIndex,
        pixels: pixelsInBlock(rect, Math.floor(leafIndex / BASE.batches)).filter((pixel) => pixel % 5 === 1),
      }));
      const { sums, blockLeaves } = await renderDrawn({ ...task, engine: engines.get(1)!, drawn, block });
      assert.deepEqual(
        [...sums],
        drawn.flatMap(({ leafIndex, pixels }) =>
          pixels.flatMap((pixel) => [
            ...leaves.subarray(leafIndex * LEAF_FLOATS + pixel * 4, leafIndex * LEAF_FLOATS + pixel * 4 + 4),
          ]),
        ),
      );
      assert.deepEqual(
        blockOutput({ blockLeaves: blockLeaves!, samples: BASE.samples, batches: BASE.batches }),
        blockOfOutput({ halfs, rect, block }),
      );
    }
  });

  it('commits to numbers that have one form: no NaN, no negative zero', async () => {
    const rect = chunkRect({ ...BASE, tileSize: 256 }, 0);
    const { leaves } = await renderChunk({
      engine: engines.get(2)!,
      prepared: scene(),
      settings: SETTINGS,
      rect,
      samples: BASE.samples,
      batches: BASE.batches,
    });
    assert.ok(leaves.every((value) => Number.isFinite(value) && !Object.is(value, -0)));
    assert.ok(leaves.some((value) => value > 0));
  });
});
