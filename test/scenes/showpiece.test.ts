import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { checkScene } from '../../renderer/scene/checkScene.js';
import { loadEnvironment } from '../../renderer/scene/loadEnvironment.js';
import { loadScene } from '../../renderer/scene/loadScene.js';
import { poseScene } from '../../renderer/scene/poseScene.js';

const folder = join(process.cwd(), 'scenes', 'showpiece');

describe('the showpiece', () => {
  it('is drawn in full, with its own environment, camera and clip, and loops after its twelve frames', async () => {
    const loaded = await loadScene({
      entry: 'showpiece.glb',
      read: (path) => readFile(join(folder, path)).catch(() => undefined),
    });
    assert.deepEqual(checkScene(loaded), { missing: [], unsupported: [] });
    assert.deepEqual(loaded.settings, {
      environment: 'studio.hdr',
      environmentIntensity: 1,
      background: null,
      camera: 'Camera',
      clip: 'Turn',
      fps: 12,
    });
    assert.equal(loaded.clips[0]?.durationSeconds, 1);
    const environment = loadEnvironment({ path: 'studio.hdr', bytes: await readFile(join(folder, 'studio.hdr')) });
    const frames = Array.from({ length: 13 }, (_, frame) =>
      poseScene({
        loaded,
        manifestView: {
          camera: { kind: 'node', name: 'Camera' },
          clip: 'Turn',
          frame,
          fps: 12,
          size: { width: 64, height: 36 },
          background: 'environment',
        },
        environment,
      }),
    );
    const keys = frames.map((frame) => frame.geometryKey);
    assert.equal(new Set(keys.slice(0, 12)).size, 12);
    assert.equal(keys[12], keys[0]);
    const { triangleCount, materials, textures } = frames[0]!;
    assert.ok(triangleCount >= 10_000 && triangleCount <= 50_000, `${triangleCount}`);
    assert.ok(
      materials.some((material) => material.transmission === 1) &&
        materials.some((material) => material.metallic === 1) &&
        materials.some((material) => material.emissive[0] > 0),
    );
    assert.ok(textures.length >= 3);
  });

  it('weighs less than 2 MB', async () => {
    const sizes = await Promise.all(
      ['showpiece.glb', 'studio.hdr'].map(async (name) => (await stat(join(folder, name))).size),
    );
    assert.ok((sizes[0] as number) + (sizes[1] as number) < 2_000_000);
  });
});
