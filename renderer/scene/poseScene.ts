import type { CameraChoice, Manifest } from '../../protocol/manifest.js';
import { BadSceneError } from './BadSceneError.js';
import type { LoadedScene } from './LoadedScene.js';
import type { Matrix } from './matrices.js';
import { poseCamera } from './poseCamera.js';
import type { Background, PosedEnvironment, PosedLight, PosedScene } from './PosedScene.js';
import { poseTriangles } from './poseTriangles.js';
import { findClip } from './readClips.js';
import { samplePose, type ScenePose, secondsOfFrame } from './samplePose.js';

/** The fields of a manifest that decide what stands where in one frame. */
export interface ManifestView {
  camera: CameraChoice;
  /** Clip that plays; null holds the scene still. */
  clip: string | null;
  /** Absolute frame number; it shows the time frame / fps, looped over the clip. */
  frame: number;
  fps: number;
  /** Pixels. */
  size: { width: number; height: number };
  background: Manifest['background'];
}

/**
 * The scene at one frame as plain arrays. A pure function of its input, in float64 until the arrays are filled. Throws
 * BadSceneError when files with geometry are missing, the camera or the clip is unknown, or the background is an
 * environment that was not given. The arrays may be shared between frames: read only.
 */
export function poseScene(options: {
  loaded: LoadedScene;
  manifestView: ManifestView;
  environment: PosedEnvironment | null;
}): PosedScene {
  const { loaded, manifestView: view, environment } = options;
  // A missing image leaves its texture out, alike for everybody who reads the same files; without its geometry there is
  // nothing to draw.
  const lost = loaded.missing.filter((problem) => problem.where.startsWith('buffers['));
  if (lost.length > 0) {
    throw new BadSceneError({
      file: loaded.entry,
      what: `${lost.length} of its files are missing: ${lost.map((problem) => problem.name).join(', ')}`,
      advice: "Put them into the scene's folder under these names.",
    });
  }
  if (view.background === 'environment' && environment === null)
    throw new BadSceneError({
      file: loaded.entry,
      what: 'the background is the environment and there is none',
      advice: 'Give an environment, a colour or "transparent".',
    });
  const clip = findClip({ entry: loaded.entry, clips: loaded.clips, name: view.clip });
  const pose = samplePose({
    loaded,
    clip,
    seconds:
      clip === null ? 0 : secondsOfFrame({ frame: view.frame, fps: view.fps, durationSeconds: clip.durationSeconds }),
  });
  return {
    ...poseTriangles(loaded, pose),
    materials: loaded.content.materials,
    textures: loaded.content.textures,
    lights: poseLights(loaded, pose),
    environment,
    camera: poseCamera({ loaded, choice: view.camera, pose, size: view.size }),
    background: backgroundOf(view.background),
  };
}

function poseLights(loaded: LoadedScene, pose: ScenePose): PosedLight[] {
  return loaded.content.order.flatMap((node, position) => {
    if (node.light === null) return [];
    const m = pose.worldFromNode[position] as Matrix;
    const [x, y, z] = [-(m[8] as number), -(m[9] as number), -(m[10] as number)];
    const length = Math.sqrt(x * x + y * y + z * z);
    return [
      {
        ...node.light,
        position: [m[12] as number, m[13] as number, m[14] as number] as [number, number, number],
        direction: (length > 0 ? [x / length, y / length, z / length] : [0, 0, -1]) as [number, number, number],
      },
    ];
  });
}

function backgroundOf(background: ManifestView['background']): Background {
  if (background === 'environment' || background === 'transparent') return { kind: background };
  const channel = (at: number): number => SRGB_TO_LINEAR[parseInt(background.slice(at, at + 2), 16)] as number;
  return { kind: 'color', rgb: [channel(1), channel(3), channel(5)] };
}

/**
 * sRGB bytes to linear (IEC 61966-2-1), x^2.4 as (x^(1/5))^12 with the fifth root by Newton's iteration: exact
 * operations only, so the same on every machine.
 */
const SRGB_TO_LINEAR = Float64Array.from({ length: 256 }, (_, byte) => {
  const value = byte / 255;
  if (value <= 0.04045) return value / 12.92;
  const base = (value + 0.055) / 1.055;
  let root = 1;
  for (let i = 0; i < 60; i++) root -= (root - base / (root * root * root * root)) / 5;
  const square = root * root;
  const fourth = square * square;
  return fourth * fourth * fourth;
});
