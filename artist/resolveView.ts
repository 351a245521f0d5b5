import { BadInputError } from '../protocol/errors.js';
import { type CameraChoice, defaultBatches, type Manifest } from '../protocol/manifest.js';
import type { SceneSummary } from '../renderer/scene/summariseScene.js';
import type { ArtistScene } from './ArtistScene.js';
import type { ArtistEnvironment } from './chooseEnvironment.js';

/** What is seen, when and how finely: a manifest without what names bytes (scene, environment, kernel). */
export type View = Omit<
  Manifest,
  'protocolVersion' | 'scene' | 'environment' | 'engine' | 'kernelHash' | 'channels' | 'contentEncoding'
>;

/** What an artist asks to see. Undefined: nothing was said, and the scene or a default decides. */
export interface ViewRequest {
  camera: string | undefined;
  /** Degrees about +Y from +Z, degrees down from +Y, metres. */
  orbit: { thetaDegrees: number; phiDegrees: number; radius: number } | undefined;
  /** Metres. */
  target: [number, number, number] | undefined;
  /** Vertical angle of view, degrees. */
  fov: number | undefined;
  background: 'environment' | 'transparent' | `#${string}` | undefined;
  clip: string | undefined;
  /** Inclusive. */
  frames: { first: number; last: number } | undefined;
  fps: number | undefined;
  /** Pixels. */
  size: { width: number; height: number };
  /** Per pixel. */
  samples: number;
  batches: number | undefined;
  /** Path segments at most. */
  bounces: number;
  seed: number;
  /** Side of a tile in pixels, a multiple of 16. */
  tile: number | undefined;
}

type SceneClip = SceneSummary['clips'][number];

/** Frames per second where neither the artist nor the scene says. */
const DEFAULT_FPS = 24;

/**
 * Options first, then what the scene says of itself, then defaults that need no thought. Throws BadInputError naming
 * what does not exist and what does; rejects with what framing the scene rejects with.
 */
export async function resolveView({
  options,
  scene,
  environment,
}: {
  options: ViewRequest;
  scene: Pick<ArtistScene, 'summary' | 'frame'>;
  environment: ArtistEnvironment | null;
}): Promise<View> {
  const { summary } = scene;
  const clip = chooseClip(options.clip, summary);
  const fps = options.fps ?? summary.settings.fps ?? DEFAULT_FPS;
  const { samples, size } = options;
  if (options.batches !== undefined && options.batches > samples)
    throw new BadInputError({
      code: 'too-many-batches',
      message: `${options.batches} batches are more than ${samples} samples`,
      facts: { batches: options.batches, samples },
      advice: 'a batch has at least one sample; where none are asked for, the samples decide.',
    });
  return {
    background: chooseBackground(options, summary, environment),
    camera: await chooseCamera(options, scene, clip),
    clip: clip?.name ?? null,
    frames: {
      ...(options.frames ?? {
        first: 0,
        last: clip === undefined ? 0 : Math.max(0, Math.round(clip.durationSeconds * fps) - 1),
      }),
      fps,
    },
    size,
    samples,
    batches: options.batches ?? defaultBatches(samples),
    bounces: options.bounces,
    seed: options.seed,
    tileSize: options.tile ?? chooseTile(size),
  };
}

function chooseClip(name: string | undefined, summary: SceneSummary): SceneClip | undefined {
  const wanted = name ?? summary.settings.clip ?? undefined;
  if (wanted === undefined) return summary.clips[0];
  const found = summary.clips.find((clip) => clip.name === wanted);
  if (found === undefined && wanted === 'none') return undefined;
  if (found === undefined)
    throw new BadInputError({
      code: 'no-clip',
      message: `the scene has no clip ${JSON.stringify(wanted)}`,
      facts: { clip: wanted, clips: summary.clips.map((clip) => clip.name) },
      advice:
        summary.clips.length === 0
          ? 'it has no animation at all: ask for none.'
          : `it has ${summary.clips.map((clip) => JSON.stringify(clip.name)).join(', ')}; \`none\` holds it still.`,
    });
  return found;
}

function chooseBackground(
  options: ViewRequest,
  summary: SceneSummary,
  environment: ArtistEnvironment | null,
): View['background'] {
  const asked = options.background ?? summary.settings.background ?? undefined;
  if (asked === 'environment' && environment === null)
    throw new BadInputError({
      code: 'no-environment',
      message: 'the background is to be the environment, and there is none',
      advice: 'give an environment, or another background.',
    });
  return asked ?? (environment === null ? '#000000' : 'environment');
}

async function chooseCamera(
  options: ViewRequest,
  scene: Pick<ArtistScene, 'summary' | 'frame'>,
  clip: SceneClip | undefined,
): Promise<CameraChoice> {
  const { summary } = scene;
  if (options.camera !== undefined) {
    requireCamera(options.camera, summary);
    return { kind: 'node', name: options.camera };
  }
  const placed = options.orbit !== undefined || options.target !== undefined || options.fov !== undefined;
  if (!placed && summary.settings.camera !== null) {
    requireCamera(summary.settings.camera, summary);
    return { kind: 'node', name: summary.settings.camera };
  }
  if (!placed && summary.cameras[0] !== undefined) return { kind: 'node', name: summary.cameras[0].name };
  const framed = await scene.frame({ clip: clip?.name ?? null, size: options.size });
  const fovDegrees = options.fov ?? framed.fovDegrees;
  // Another lens keeps what is framed in the picture from another distance.
  const radius = Number(((framed.radius * halfTangent(framed.fovDegrees)) / halfTangent(fovDegrees)).toPrecision(6));
  return { ...framed, radius, ...options.orbit, target: options.target ?? framed.target, fovDegrees };
}

function halfTangent(degrees: number): number {
  return Math.tan((degrees * Math.PI) / 360);
}

function requireCamera(name: string, summary: SceneSummary): void {
  const names = summary.cameras.map((camera) => camera.name);
  if (names.includes(name)) return;
  throw new BadInputError({
    code: 'no-camera',
    message: `the scene has no camera ${JSON.stringify(name)}`,
    facts: { camera: name, cameras: names },
    advice:
      names.length === 0
        ? 'it has none at all: ask for none to have it framed, or place one.'
        : `it has ${names.map((one) => JSON.stringify(one)).join(', ')}.`,
  });
}

/**
 * The side of a tile. Large tiles are cheap to audit (the draw takes the same number of leaves from each), small ones
 * spread a frame over more workers: 256 once a frame holds a dozen of those, else 128.
 */
function chooseTile({ width, height }: { width: number; height: number }): number {
  return width * height >= 12 * 256 * 256 ? 256 : 128;
}
