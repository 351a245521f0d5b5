import type { PictureFormat } from '../pictures/pictureFormats.js';
import type { ToneMap } from '../pictures/toneMaps.js';

/** What `rushes fetch` was asked for. */
export interface FetchOptions {
  out: string;
  /** Inclusive; undefined: all of the job. */
  frames: { first: number; last: number } | undefined;
  format: PictureFormat;
  tone: ToneMap;
  /** Stops. */
  exposure: number;
  /** Lay the half floats and the certificate beside. */
  proof: boolean;
  network: string | undefined;
  data: string | undefined;
  json: boolean;
}
