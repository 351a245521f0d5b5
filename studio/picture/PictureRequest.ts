import type { Bytes32, JobId, LeaseId } from '../../protocol/ids.js';
import type { Manifest } from '../../protocol/manifest.js';

/** A tile that somebody rendered. */
export interface RenderedTile {
  chunkIndex: number;
  leaseId: LeaseId;
  outputsDigest: Bytes32;
}

/** What the developing thread is asked for: the picture of one frame, from the tiles that there are. */
export interface PictureRequest {
  /** Grows from request to request. */
  number: number;
  /** The frame that it is of: its job, and its number as an offset. */
  jobId: JobId;
  offset: number;
  /** Where IPFS is reached. */
  apiUrl: string;
  manifest: Manifest;
  tiles: readonly RenderedTile[];
}

/** A developed picture. */
export interface PictureAnswer extends Pick<PictureRequest, 'number' | 'jobId' | 'offset'> {
  /** sRGB and straight alpha, rows top-down; transparent where no tile is. */
  pixels: ArrayBuffer;
  /** Chunks that are in it. */
  shown: readonly number[];
  /** Why others are not. */
  failures: readonly { chunkIndex: number; reason: string }[];
}
