import assert from 'node:assert/strict';
import fc from 'fast-check';
import { probeWork, type ProbeMeasure } from '../../../artist/quote/probeWork.js';
import { PROBE_ERROR, weighChunks } from '../../../artist/quote/weighChunks.js';
import { chunkCount, geometryOf, tilesPerFrame } from '../../../protocol/geometry.js';
import type { Manifest } from '../../../protocol/manifest.js';
import { RAYS_PER_UNIT } from '../../../protocol/workUnits.js';
import { chunkWorkOf } from '../../../renderer/chunkWorkOf.js';
import { createCpuEngine } from '../../../renderer/cpu/createCpuEngine.js';
import type { Engine } from '../../../renderer/Engine.js';
import { type ManifestFrames, openManifestFrames } from '../../../renderer/openManifestFrames.js';
import { renderChunk } from '../../../renderer/renderChunk.js';
import { prepareScene } from '../../../renderer/scene/prepare/prepareScene.js';
import { bytes32, POLICY } from '../../support/leaseFixtures.js';
import { createMemoryStore } from '../../support/memoryStore.js';
import { propertyParameters } from '../../support/propertySeed.js';
import { SHIPPED_SCENES, sharedScenesMissing } from '../../support/shippedScenes.js';
import { skip } from '../../support/skip.js';
import { smallManifest } from '../../support/smallJob.js';

/** What a job's samples trace in truth, by chunk. */
async function raysOf(manifest: Manifest, frames: Pick<ManifestFrames, 'prepare'>, engine: Engine): Promise<number[]> {
  const rays: number[] = [];
  for (let chunk = 0; chunk < chunkCount(geometryOf(manifest)); chunk++) {
    const work = chunkWorkOf(manifest, chunk);
    const prepared = await frames.prepare(work.rect.frame);
    rays.push((await renderChunk({ engine, prepared, ...work })).rays);
  }
  return rays;
}

/** Glass, a room, an object before a sky, and one in the middle of nothing. */
const PROBED = [
  'showpiece.glb',
  'models/Suzanne/Suzanne.gltf',
  'models/Fox/Fox.gltf',
  'models/dream-apartment/dream-apartment.glb',
];

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('the probe of a job', function () {
  this.timeout(240_000);
  const store = createMemoryStore();
  const { signal } = new AbortController();
  let engine: Engine;
  let manifest: Manifest;
  before(async () => {
    engine = await createCpuEngine({ threads: 2 });
    manifest = await smallManifest({ store, kernelHash: bytes32('00') });
  });
  after(() => engine.close());

  for (const { name, shared, pose } of SHIPPED_SCENES.filter(({ name }) => PROBED.includes(name)))
    it(`tells the rays of ${name} within ${PROBE_ERROR * 100} %, whatever the seed and the bounces`, async function () {
      if (shared && sharedScenesMissing !== undefined) return skip(this, sharedScenesMissing);
      const prepared = prepareScene(await pose());
      const frames = { prepare: async () => prepared };
      await fc.assert(
        fc.asyncProperty(fc.nat(0xffff_ffff), fc.integer({ min: 1, max: 8 }), async (seed, bounces) => {
          const size = { width: 64, height: 64 };
          const job = { ...manifest, size, samples: 8, seed, bounces, frames: { first: 5, last: 5, fps: 24 } };
          const measure = await probeWork({ manifest: job, frames, engine, limitMs: Infinity, signal });
          const { rays } = weighChunks({ manifest: job, measure, numbers: POLICY });
          const truth = sum(await raysOf(job, frames, engine));
          assert.ok(Math.abs(rays / truth - 1) <= PROBE_ERROR, `${rays} rays expected, ${truth} traced`);
        }),
        propertyParameters(2),
      );
    });

  it('tells the rays of an animation by a few of its frames, and counts the same again', async () => {
    const job = { ...manifest, frames: { first: 2, last: 13, fps: 8 }, samples: 16 };
    const frames = openManifestFrames({ manifest: job, store });
    try {
      const probe = (): Promise<ProbeMeasure> =>
        probeWork({ manifest: job, frames, engine, limitMs: Infinity, signal });
      const [measure, again] = [await probe(), await probe()];
      assert.deepEqual(measure.frames, again.frames);
      assert.equal(measure.share, 1);
      assert.deepEqual(
        measure.frames.map(({ frame }) => frame),
        [2, 5, 8, 10, 13],
      );
      const { rays, weights } = weighChunks({ manifest: job, measure, numbers: POLICY });
      const truth = await raysOf(job, frames, engine);
      assert.ok(Math.abs(rays / sum(truth) - 1) <= PROBE_ERROR, `${rays} rays expected, ${sum(truth)} traced`);
      assert.equal(weights.length, truth.length);
    } finally {
      await frames.dispose();
    }
  });

  it('begins nothing after its time but the first round of the first frame', async () => {
    const job = { ...manifest, frames: { first: 0, last: 7, fps: 4 } };
    const frames = openManifestFrames({ manifest: job, store });
    try {
      const measure = await probeWork({ manifest: job, frames, engine, limitMs: 0, signal });
      const [first, ...others] = measure.frames;
      assert.deepEqual(others, []);
      assert.equal(measure.share, 1 / (5 * 4));
      const tiles = tilesPerFrame(geometryOf(job));
      assert.deepEqual(
        first!.tiles.map(({ samples }) => samples),
        new Array<number>(tiles).fill(16_384 / 4 / tiles),
      );
    } finally {
      await frames.dispose();
    }
  });
});

describe('the weights of a job', () => {
  const measureOf = (...frames: [number, number[]][]): Pick<ProbeMeasure, 'frames'> => ({
    frames: frames.map(([frame, rays]) => ({ frame, tiles: rays.map((each) => ({ samples: 10, rays: 10 * each })) })),
  });
  const jobOf = async (change: Partial<Manifest>): Promise<Manifest> =>
    smallManifest({
      store: createMemoryStore(),
      kernelHash: bytes32('00'),
      change: { size: { width: 64, height: 32 }, samples: 1200, ...change },
    });

  it('are the rays of each tile, by its pixels, samples and time', async () => {
    const manifest = await jobOf({ frames: { first: 0, last: 4, fps: 4 } });
    const { weights, rays } = weighChunks({
      manifest,
      measure: measureOf([0, [1, 40]], [4, [9, 0]]),
      numbers: POLICY,
    });
    // 32 x 32 pixels of 1200 samples at one ray each: 1.024 units.
    assert.deepEqual([...weights], [1, 41, 3, 31, 5, 20, 7, 10, 9, 1]);
    assert.equal(Math.round(rays / RAYS_PER_UNIT), 128);
  });

  it('refuse a tile that no lease may hold', async () => {
    const manifest = await jobOf({ frames: { first: 0, last: 0, fps: 4 }, samples: 65_536 });
    assert.throws(
      () => weighChunks({ manifest, measure: measureOf([0, [1, 17]]), numbers: POLICY }),
      /a tile of frame 0 is expected to take 951 work units, and one lease may hold 900/,
    );
  });
});
