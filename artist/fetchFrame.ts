import { chunkRect, type ChunkRect, type Geometry, geometryOf, tilesPerFrame } from '../protocol/geometry.js';
import { pixelHash } from '../protocol/hashes.js';
import { type Bytes32, type LeaseId, parseLeaseId } from '../protocol/ids.js';
import { type ChunkState, chunkState, commitmentOf, type Ledger, type LedgerJob } from '../protocol/ledger.js';
import type { Manifest } from '../protocol/manifest.js';
import type { Outputs } from '../protocol/outputs.js';
import type { ObjectStore } from '../protocol/ports.js';
import { assembleFrame } from '../renderer/image/assembleFrame.js';
import type { Frame } from '../renderer/image/Frame.js';
import { fetchTile } from './fetchTile.js';

/** A frame that was fetched, checked against what its workers committed to, and put together. */
export interface CollectedFrame {
  /** Its number in the animation. */
  number: number;
  /** Radiance per pixel, not developed yet. */
  frame: Frame;
  /**
   * SHA-256 over the little-endian half floats of the whole frame, RGBA, rows top-down: the same for every way of
   * rendering it.
   */
  pixelHash: Bytes32;
}

/** One frame of a job, and where it is fetched from. */
export interface FrameRequest {
  ledger: Ledger;
  job: Readonly<LedgerJob>;
  manifest: Manifest;
  /** From the first frame of the job. */
  offset: number;
  store: Pick<ObjectStore, 'getBlock' | 'getFile'>;
  /** Outputs indices by lease: used where they are there, and filled. */
  outputs: Map<LeaseId, Outputs>;
  /** For each block and tile. */
  deadlineMs: number;
  signal: AbortSignal;
}

/**
 * Fetches the tiles of one frame, checks their hashes and puts them together. Throws WrongOutputError for a picture that
 * its commitment does not fit, and the store's errors for what nobody provides.
 */
export async function fetchFrame(request: FrameRequest): Promise<CollectedFrame> {
  const { job, manifest, offset, store, outputs, deadlineMs, signal } = request;
  const geometry = geometryOf(manifest);
  const tiles = await Promise.all(
    chunksOfFrame(geometry, offset).map((rect) => {
      const leaseId = parseLeaseId(job.chunkLeases[rect.chunkIndex]);
      const lease = request.ledger.leases.get(leaseId);
      const outputsDigest = lease === undefined ? undefined : commitmentOf(lease)?.outputsDigest;
      return fetchTile({ store, outputs, leaseId, outputsDigest, rect, deadlineMs, signal });
    }),
  );
  const frame = assembleFrame({ ...manifest.size, tiles });
  return { number: geometry.firstFrame + offset, frame, pixelHash: pixelHash(frame.halfs) };
}

/** Whether every chunk of a frame is in one of the states. */
export function isFrameIn({
  job,
  geometry,
  offset,
  states,
}: {
  job: Pick<LedgerJob, 'chunkStates'>;
  geometry: Geometry;
  offset: number;
  states: readonly ChunkState[];
}): boolean {
  const tiles = tilesPerFrame(geometry);
  for (let chunk = offset * tiles; chunk < (offset + 1) * tiles; chunk++)
    if (!states.includes(chunkState(job, chunk))) return false;
  return true;
}

function chunksOfFrame(geometry: Geometry, offset: number): ChunkRect[] {
  const tiles = tilesPerFrame(geometry);
  return Array.from({ length: tiles }, (_, tile) => chunkRect(geometry, offset * tiles + tile));
}
