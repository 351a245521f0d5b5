import type { ViewRequest } from '../../artist/resolveView.js';
import type { ToneMap } from '../pictures/toneMaps.js';

/** What `rushes render` was asked for. Undefined: nothing was said, and the scene or a default decides. */
export interface RenderOptions extends ViewRequest {
  env: string | undefined;
  envIntensity: number;
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
