import { cosine, sine } from '../exactTrigonometry.js';
import type { PosedScene } from '../PosedScene.js';
import { FRAME_FLAGS, WORDS, sharedBytes, wordsOf } from './layout.js';

/** Where the pieces of `tables` begin, in vectors, and their sizes. */
export interface TablePlaces {
  lightCount: number;
  lightDistribution: number;
  lights: number;
  albedoTable: number;
  glassTable: number;
  srgbTable: number;
  environment:
    { texels: number; rows: number; columns: number; gridWidth: number; gridHeight: number; pick: number } | undefined;
}

/**
 * Packs the `Frame` record. Its first five words, the settings of a request, stay zero (`frameWithSettings` fills a
 * copy).
 */
export function packFrame(scene: PosedScene, places: TablePlaces): Uint8Array {
  const bytes = sharedBytes(WORDS.frame * 4);
  const { floats, words } = wordsOf(bytes);
  const { environment } = places;
  words[5] = frameFlags(scene);
  words[6] = places.lightCount;
  words[7] = places.lightDistribution * 4;
  words[8] = places.lights;
  words[9] = places.albedoTable;
  words[10] = places.srgbTable;
  words[11] = places.glassTable;
  if (environment !== undefined && scene.environment !== null) {
    words[12] = scene.environment.width;
    words[13] = scene.environment.height;
    words[14] = environment.texels;
    words[15] = environment.gridWidth;
    words[16] = environment.gridHeight;
    words[17] = environment.rows * 4;
    words[18] = environment.columns * 4;
    floats[19] = environment.pick;
  }
  writeCamera(scene, floats);
  if (scene.background.kind === 'color') floats.set(scene.background.rgb, 36);
  return bytes;
}

function frameFlags(scene: PosedScene): number {
  let flags = 0;
  if (scene.camera.kind === 'orthographic') flags |= FRAME_FLAGS.orthographic;
  if (scene.environment !== null) flags |= FRAME_FLAGS.environment;
  if (scene.background.kind === 'color') flags |= FRAME_FLAGS.backgroundColor;
  if (scene.background.kind === 'transparent') flags |= FRAME_FLAGS.backgroundTransparent;
  const emits = scene.materials.some((material) => material.unlit || material.emissive.some((channel) => channel > 0));
  if (scene.environment !== null || emits) flags |= FRAME_FLAGS.emission;
  return flags;
}

/** Writes the camera's place and the picture's half axes, in world space. */
function writeCamera(scene: PosedScene, floats: Float32Array): void {
  const { camera } = scene;
  const matrix = camera.worldFromCamera;
  const axis = (column: number): [number, number, number] => {
    const [x, y, z] = [matrix[4 * column]!, matrix[4 * column + 1]!, matrix[4 * column + 2]!];
    const length = Math.sqrt(x * x + y * y + z * z);
    return [x / length, y / length, z / length];
  };
  const [right, up, back] = [axis(0), axis(1), axis(2)];
  const halfHeight =
    camera.kind === 'perspective' ? sine(camera.fovYRadians / 2) / cosine(camera.fovYRadians / 2) : camera.ymag;
  const halfWidth = camera.kind === 'perspective' ? halfHeight * camera.aspect : camera.xmag;
  floats.set([matrix[12]!, matrix[13]!, matrix[14]!], 20);
  floats.set(
    right.map((x) => x * halfWidth),
    24,
  );
  floats.set(
    up.map((x) => x * halfHeight),
    28,
  );
  floats.set(
    back.map((x) => -x),
    32,
  );
}
