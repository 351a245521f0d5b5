import type { Bytes32, LeaseId } from '../../protocol/ids.js';
import type { Manifest } from '../../protocol/manifest.js';

/** A tile that somebody rendered. */
export interface RenderedTile {
  chunkIndex: number;
  leaseId: LeaseId;
  outputsDigest: Bytes32;
}

/** What the developing thread is asked for: the picture of one frame, from the tiles that there are. */
export interface PictureRequest {
  /** Tells answers apart. */
  number: number;
  /** Where IPFS is reached. */
  apiUrl: string;
  manifest: Manifest;
  tiles: readonly RenderedTile[];
}

/** A developed picture. */
export interface PictureAnswer {
  number: number;
  /** sRGB and straight alpha, rows top-down; transparent where no tile is. */
  pixels: ArrayBuffer;
  /** Chunks that are in it. */
  shown: readonly number[];
  /** Why others are not. */
  failures: readonly { chunkIndex: number; reason: string }[];
}
