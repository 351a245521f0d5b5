import type { ToneMap } from './toneMaps.js';

/** What `rushes render` was asked for. Undefined: nothing was said, and the scene or a default decides. */
export interface RenderOptions {
  camera: string | undefined;
  /** Degrees, degrees, metres. */
  orbit: { thetaDegrees: number; phiDegrees: number; radius: number } | undefined;
  /** Metres. */
  target: [number, number, number] | undefined;
  /** Vertical angle of view, degrees. */
  fov: number | undefined;
  env: string | undefined;
  envIntensity: number;
  background: 'environment' | 'transparent' | `#${string}` | undefined;
  clip: string | undefined;
  /** Inclusive. */
  frames: { first: number; last: number } | undefined;
  fps: number | undefined;
  /** Pixels. */
  size: { width: number; height: number };
  samples: number;
  batches: number | undefined;
  bounces: number;
  seed: number;
  /** Pixels, a multiple of 16. */
  tile: number | undefined;
  tone: ToneMap;
  /** Stops. */
  exposure: number;
  /** Memory that the scene may take, bytes; undefined for the usual. */
  sceneBytes: number | undefined;
  acceptUnsupported: boolean;
  out: string;
  json: boolean;
  local: boolean;
  network: string | undefined;
  key: string | undefined;
  workers: number;
  verifiers: number;
  /** Render threads per worker; undefined shares the machine's cores out. */
  threads: number | undefined;
  cheat: string | undefined;
  /** Wei; undefined pays what the price asks. */
  budgetWei: bigint | undefined;
  /** Minutes until the job's deadline. */
  deadlineMinutes: number;
}
