import type { SceneOptions } from '../scene/SceneOptions.js';
import type { ToneMap } from '../pictures/toneMaps.js';

/** What `rushes render` was asked for. Undefined: nothing was said, and the scene or a default decides. */
export interface RenderOptions extends SceneOptions {
  tone: ToneMap;
  /** Stops. */
  exposure: number;
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
  /** Agrees to the quote beforehand. */
  yes: boolean;
  /** Orders anew what is done. */
  again: boolean;
}
