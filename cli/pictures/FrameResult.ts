import type { Bytes32, Cid } from '../../protocol/ids.js';

/** A finished frame, as reports list it. */
export interface FrameResult {
  frame: number;
  /** Of the PNG, as given with --out. */
  path: string;
  /** Of the PNG as a file on IPFS. */
  cid: Cid;
  /**
   * SHA-256 over the little-endian half floats of the whole frame, RGBA, rows top-down: the same for every way of
   * rendering it.
   */
  pixelHash: Bytes32;
  /** Pixels. */
  width: number;
  height: number;
}
