import {
  BACKGROUND_COLOR,
  BACKGROUND_TRANSPARENT,
  FRAME,
  FRAME_EMISSION,
  FRAME_ENVIRONMENT,
  FRAME_ENVIRONMENT_RGBE,
  FRAME_ORTHOGRAPHIC,
  FRAME_WORDS,
} from '../../kernels/generated/layout.js';
import { RecordView } from '../../kernels/RecordView.js';
import { cosine, sine } from '../exactTrigonometry.js';
import type { PosedScene } from '../PosedScene.js';
import { sharedBytes } from './sharedBytes.js';

type Vector = [x: number, y: number, z: number];

/** Where the pieces of `tables` begin, in vectors, and their sizes. */
export interface TablePlaces {
  lightCount: number;
  lightCdf: number;
  lights: number;
  albedoTable: number;
  glassTable: number;
  srgbTable: number;
  environment:
    | {
        /** In `tables`, or in `texels` where there are radiances. */
        texels: number;
        /** Of the exponent 0, in `texels`; undefined where texels are floats. */
        radiances: number | undefined;
        rowCdf: number;
        columnCdfs: number;
        gridWidth: number;
        gridHeight: number;
        pick: number;
      }
    | undefined;
}

/**
 * Packs the `Frame` record. The settings of a request stay zero (`frameWithSettings` fills them in a copy).
 */
export function packFrame(scene: PosedScene, places: TablePlaces): Uint8Array {
  const bytes = sharedBytes(FRAME_WORDS * 4);
  const frame = new RecordView<'Frame'>(bytes, FRAME_WORDS);
  const { environment } = places;
  const rgbe = environment?.radiances === undefined ? 0 : FRAME_ENVIRONMENT_RGBE;
  frame.setU32(FRAME.flags, frameFlags(scene) | rgbe);
  frame.setU32(FRAME.lightCount, places.lightCount);
  frame.setU32(FRAME.lightCdf, places.lightCdf * 4);
  frame.setU32(FRAME.lights, places.lights);
  frame.setU32(FRAME.albedoTable, places.albedoTable);
  frame.setU32(FRAME.srgbTable, places.srgbTable);
  frame.setU32(FRAME.glassTable, places.glassTable);
  if (environment !== undefined && scene.environment !== null) {
    frame.setU32(FRAME.environmentWidth, scene.environment.width);
    frame.setU32(FRAME.environmentHeight, scene.environment.height);
    frame.setU32(FRAME.environmentTexels, environment.texels);
    frame.setU32(FRAME.environmentRadiances, (environment.radiances ?? 0) >>> 0);
    frame.setU32(FRAME.gridWidth, environment.gridWidth);
    frame.setU32(FRAME.gridHeight, environment.gridHeight);
    frame.setU32(FRAME.gridRowCdf, environment.rowCdf * 4);
    frame.setU32(FRAME.gridColumnCdfs, environment.columnCdfs * 4);
    frame.setF32(FRAME.environmentPick, environment.pick);
  }
  writeCamera(scene, frame);
  if (scene.background.kind === 'color') frame.setVec4f(FRAME.background, ...scene.background.rgb, 0);
  return bytes;
}

function frameFlags(scene: PosedScene): number {
  let flags = 0;
  if (scene.camera.kind === 'orthographic') flags |= FRAME_ORTHOGRAPHIC;
  if (scene.environment !== null) flags |= FRAME_ENVIRONMENT;
  if (scene.background.kind === 'color') flags |= BACKGROUND_COLOR;
  if (scene.background.kind === 'transparent') flags |= BACKGROUND_TRANSPARENT;
  const emits = scene.materials.some((material) => material.unlit || material.emissive.some((channel) => channel > 0));
  if (scene.environment !== null || emits) flags |= FRAME_EMISSION;
  return flags;
}

/** Writes the camera's place and the picture's half axes, in world space. */
function writeCamera(scene: PosedScene, frame: RecordView<'Frame'>): void {
  const { camera } = scene;
  const matrix = camera.worldFromCamera;
  const column = (index: number): Vector => [matrix[4 * index]!, matrix[4 * index + 1]!, matrix[4 * index + 2]!];
  const axis = (index: number): Vector => {
    const [x, y, z] = column(index);
    const length = Math.sqrt(x * x + y * y + z * z);
    return [x / length, y / length, z / length];
  };
  const halfHeight =
    camera.kind === 'perspective' ? sine(camera.fovYRadians / 2) / cosine(camera.fovYRadians / 2) : camera.ymag;
  const halfWidth = camera.kind === 'perspective' ? halfHeight * camera.aspect : camera.xmag;
  frame.setVec3f(FRAME.cameraOrigin, ...column(3));
  frame.setVec4f(FRAME.cameraRight, ...scaled(axis(0), halfWidth), 0);
  frame.setVec4f(FRAME.cameraUp, ...scaled(axis(1), halfHeight), 0);
  frame.setVec4f(FRAME.cameraForward, ...scaled(axis(2), -1), 0);
}

function scaled([x, y, z]: Vector, factor: number): Vector {
  return [x * factor, y * factor, z * factor];
}
