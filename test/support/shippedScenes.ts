import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { frameScene } from '../../renderer/scene/frameScene.js';
import { loadEnvironment } from '../../renderer/scene/loadEnvironment.js';
import { loadScene } from '../../renderer/scene/loadScene.js';
import { poseScene } from '../../renderer/scene/poseScene.js';
import type { PosedScene } from '../../renderer/scene/PosedScene.js';

/** Scenes that artists ship and tests may look at, beside the checkout. */
const SHARED_SCENES = join(process.cwd(), '..', 'shared', 'scenes');

/** Where the shared scenes should be and are not; undefined where they are. */
export const sharedScenesMissing = existsSync(SHARED_SCENES) ? undefined : `no shared scenes at ${SHARED_SCENES}`;

const SKY = 'hdr/studio_small_05_1k.hdr';

/** A scene in a file: of the repository, or of the shared ones, which may be missing. */
export interface ShippedScene {
  name: string;
  shared: boolean;
  /** Posed as its own camera sees it, or framed; lit by a sky where it asks for one. */
  pose(): Promise<PosedScene>;
}

const shared = (entry: string, sky = false): ShippedScene => ({
  name: entry,
  shared: true,
  pose: () => poseFile(join(SHARED_SCENES, entry), sky ? join(SHARED_SCENES, SKY) : undefined),
});

export const SHIPPED_SCENES: readonly ShippedScene[] = [
  {
    name: 'showpiece.glb',
    shared: false,
    pose: () => poseFile('scenes/showpiece/showpiece.glb', 'scenes/showpiece/studio.hdr'),
  },
  shared('knots.glb'),
  shared('models/Suzanne/Suzanne.gltf', true),
  shared('models/Fox/Fox.gltf', true),
  shared('models/MorphStressTest/MorphStressTest.glb', true),
  shared('models/GlassVaseFlowers/GlassVaseFlowers.glb', true),
  shared('models/ClearCoatCarPaint/ClearCoatCarPaint.glb', true),
  shared('models/ToyCar/ToyCar.gltf', true),
  shared('models/LightsPunctualLamp/LightsPunctualLamp.gltf'),
  shared('models/SheenCloth/SheenCloth.gltf', true),
  shared('models/Cameras/Cameras.gltf', true),
  shared('models/AnisotropyBarnLamp/AnisotropyBarnLamp.gltf', true),
  shared('models/japanese-bridge-garden/scene.glb', true),
  shared('models/dream-apartment/dream-apartment.glb', true),
];

async function poseFile(path: string, sky: string | undefined): Promise<PosedScene> {
  const loaded = await loadScene({
    entry: basename(path),
    read: (name) => readFile(join(dirname(path), name)).catch(() => undefined),
  });
  const size = { width: 64, height: 64 };
  const clip = loaded.clips[0]?.name ?? null;
  const camera = loaded.cameras[0];
  return poseScene({
    loaded,
    manifestView: {
      camera: camera === undefined ? frameScene({ loaded, clip, size }) : { kind: 'node', name: camera.name },
      clip,
      frame: 5,
      fps: 24,
      size,
      background: 'transparent',
    },
    environment: sky === undefined ? null : loadEnvironment({ path: sky, bytes: await readFile(sky) }),
  });
}
