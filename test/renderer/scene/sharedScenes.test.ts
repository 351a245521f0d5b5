import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { checkScene } from '../../../renderer/scene/checkScene.js';
import { frameScene } from '../../../renderer/scene/frameScene.js';
import { loadEnvironment } from '../../../renderer/scene/loadEnvironment.js';
import { loadScene } from '../../../renderer/scene/loadScene.js';
import type { LoadedScene } from '../../../renderer/scene/LoadedScene.js';
import { poseScene } from '../../../renderer/scene/poseScene.js';
import { viewOf } from './viewOf.js';
import { rgbOf } from '../../support/rgbOf.js';
import { skip } from '../../support/skip.js';

const folder = join(process.cwd(), '..', 'shared', 'scenes');

/** What each scene is known to hold (inventory.json beside them) and what of it is not drawn. */
const SCENES: Record<string, { triangles: number; unsupported?: string[] }> = {
  'knots.glb': { triangles: 70_188 },
  'models/Suzanne/Suzanne.gltf': { triangles: 3936 },
  'models/Fox/Fox.gltf': { triangles: 576 },
  'models/MorphStressTest/MorphStressTest.glb': { triangles: 2412 },
  'models/GlassVaseFlowers/GlassVaseFlowers.glb': { triangles: 14_036 },
  'models/ClearCoatCarPaint/ClearCoatCarPaint.glb': { triangles: 3072, unsupported: ['KHR_materials_clearcoat'] },
  'models/ToyCar/ToyCar.gltf': {
    triangles: 108_936,
    unsupported: [
      'KHR_materials_clearcoat',
      'KHR_materials_sheen',
      'KHR_materials_transmission without KHR_materials_volume',
    ],
  },
  'models/LightsPunctualLamp/LightsPunctualLamp.gltf': {
    triangles: 6000,
    unsupported: ['KHR_materials_transmission without KHR_materials_volume'],
  },
  'models/SheenCloth/SheenCloth.gltf': { triangles: 115_200, unsupported: ['KHR_materials_sheen'] },
  'models/Cameras/Cameras.gltf': { triangles: 2 },
  'models/japanese-bridge-garden/scene.glb': {
    triangles: 21_883,
    unsupported: ['KHR_materials_pbrSpecularGlossiness'],
  },
  'models/dream-apartment/dream-apartment.glb': { triangles: 177_934 },
};

function load(entry: string): Promise<LoadedScene> {
  const path = join(folder, entry);
  return loadScene({
    entry: basename(path),
    read: (name) => readFile(join(dirname(path), name)).catch(() => undefined),
  });
}

describe('scenes that artists ship', () => {
  before(function () {
    if (existsSync(folder)) return;
    skip(this, `no shared scenes at ${folder}`);
  });

  for (const [entry, expected] of Object.entries(SCENES)) {
    it(`draws ${entry}`, async () => {
      const loaded = await load(entry);
      assert.equal(loaded.triangleCount, expected.triangles);
      const { missing, unsupported } = checkScene(loaded);
      assert.deepEqual(missing, []);
      assert.deepEqual([...new Set(unsupported.map((problem) => problem.name))].sort(), expected.unsupported ?? []);
      const size = { width: 160, height: 90 };
      const clip = loaded.clips[0]?.name ?? null;
      const posed = poseScene({
        loaded,
        manifestView: viewOf({ camera: frameScene({ loaded, clip, size }), clip, frame: 7, size }),
        environment: null,
      });
      assert.equal(posed.triangleCount, expected.triangles);
      for (const values of [posed.positions, posed.normals, posed.tangents, posed.uv0])
        assert.ok(values.every(Number.isFinite));
      for (let i = 0; i < posed.normals.length; i += 3) {
        const [x, y, z] = posed.normals.subarray(i, i + 3) as unknown as [number, number, number];
        assert.ok(Math.abs(x * x + y * y + z * z - 1) < 1e-5);
      }
      assert.ok(posed.materialOfTriangle.every((material) => material < posed.materials.length));
      loaded.dispose();
    });
  }

  it('does not take small lamps for the light of a scene', async () => {
    const lit = await Promise.all(
      [
        'models/ToyCar/ToyCar.gltf',
        'models/japanese-bridge-garden/scene.glb',
        'knots.glb',
        'models/LightsPunctualLamp/LightsPunctualLamp.gltf',
      ].map(async (entry) => (await load(entry)).hasLight),
    );
    assert.deepEqual(lit, [false, false, true, true]);
  });

  it('says why a Draco file cannot be read', async () => {
    await assert.rejects(load('models/RiggedFigure/RiggedFigure.gltf'), /KHR_draco_mesh_compression/);
  });

  it('moves the fox differently in each of its clips', async () => {
    const loaded = await load('models/Fox/Fox.gltf');
    const keys = loaded.clips.map(
      (clip) =>
        poseScene({ loaded, manifestView: viewOf({ clip: clip.name, frame: 9 }), environment: null }).geometryKey,
    );
    assert.deepEqual(
      loaded.clips.map((clip) => clip.name),
      ['Survey', 'Walk', 'Run'],
    );
    assert.equal(new Set(keys).size, 3);
  });

  it('reads its environments', async () => {
    for (const name of await readdir(join(folder, 'hdr'))) {
      const environment = loadEnvironment({ path: name, bytes: await readFile(join(folder, 'hdr', name)) });
      assert.deepEqual([environment.width, environment.height], [1024, 512]);
      assert.ok(rgbOf(environment).every((value) => value >= 0 && Number.isFinite(value)));
    }
  });
});
