import assert from 'node:assert/strict';
import { frameScene } from '../../../renderer/scene/frameScene.js';
import type { LoadedScene } from '../../../renderer/scene/LoadedScene.js';
import { poseScene } from '../../../renderer/scene/poseScene.js';
import { encode, folderOf, GltfBuilder } from './GltfBuilder.js';
import { loadBuilt, viewOf } from './viewOf.js';
import { loadScene } from '../../../renderer/scene/loadScene.js';

function movingTriangle(): GltfBuilder {
  const builder = new GltfBuilder();
  const node = builder.node({ mesh: builder.triangle(), translation: [10, 0, 0] });
  builder.animation('fly', [{ node, path: 'translation', times: [0, 1, 2], values: [10, 0, 0, 10, 40, 0, 10, 0, 0] }]);
  return builder;
}

/** The largest of |x| and |y| over all corners on the picture from -1 to 1; Infinity behind the camera. */
function reach(
  loaded: LoadedScene,
  camera: ReturnType<typeof frameScene>,
  clip: string | null,
  frame: number,
  size: { width: number; height: number },
): number {
  const posed = poseScene({ loaded, manifestView: viewOf({ camera, clip, frame, fps: 12, size }), environment: null });
  assert.ok(posed.camera.kind === 'perspective');
  const { worldFromCamera: m, fovYRadians, aspect } = posed.camera;
  const slope = Math.tan(fovYRadians / 2);
  let most = 0;
  for (let i = 0; i < posed.positions.length; i += 3) {
    const offset = [0, 1, 2].map((k) => (posed.positions[i + k] as number) - (m[12 + k] as number));
    const [x, y, z] = [0, 1, 2].map((axis) =>
      offset.reduce((sum, value, k) => sum + value * (m[4 * axis + k] as number), 0),
    ) as [number, number, number];
    most = Math.max(most, z < 0 ? Math.max(Math.abs(x / -z / slope / aspect), Math.abs(y / -z / slope)) : Infinity);
  }
  return most;
}

describe('frameScene', () => {
  it('sees a moving scene during the whole clip, whatever the shape of the picture', async () => {
    const loaded = await loadBuilt(movingTriangle());
    for (const size of [
      { width: 640, height: 360 },
      { width: 100, height: 400 },
      { width: 64, height: 64 },
    ]) {
      const camera = frameScene({ loaded, clip: 'fly', size });
      let most = 0;
      for (let frame = 0; frame < 24; frame++) most = Math.max(most, reach(loaded, camera, 'fly', frame, size));
      assert.ok(most < 1, `the scene reaches ${most} of the picture`);
      assert.ok(most > 0.5, `the scene fills only ${most} of the picture`);
    }
  });

  it('fills the picture with a scene that stands still, far from the origin', async () => {
    const loaded = await loadBuilt(movingTriangle());
    const size = { width: 320, height: 200 };
    const camera = frameScene({ loaded, clip: null, size });
    assert.deepEqual(camera.target, [10.5, 0.5, 0]);
    const most = reach(loaded, camera, null, 0, size);
    assert.ok(most > 0.8 && most < 1, `${most}`);
  });

  it('has an answer for an empty scene', async () => {
    const builder = new GltfBuilder();
    builder.node({});
    const loaded = await loadScene({ entry: 'a.gltf', read: folderOf({ 'a.gltf': encode(builder.json) }).read });
    assert.equal(loaded.bounds, null);
    assert.ok(frameScene({ loaded, clip: null, size: { width: 10, height: 10 } }).radius > 0);
  });
});
