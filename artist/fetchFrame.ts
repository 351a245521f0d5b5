import { RushesError } from '../protocol/errors.js';
import { chunkRect, type ChunkRect, type Geometry, geometryOf, tilesPerFrame } from '../protocol/geometry.js';
import { pixelHash } from '../protocol/hashes.js';
import { type Bytes32, type LeaseId, parseLeaseId } from '../protocol/ids.js';
import { type ChunkState, chunkState, commitmentOf, type Ledger, type LedgerJob } from '../protocol/ledger.js';
import type { Manifest } from '../protocol/manifest.js';
import { type ChunkOutput, type Outputs, parseOutputs } from '../protocol/outputs.js';
import type { ObjectStore } from '../protocol/ports.js';
import { assembleFrame, type Tile } from '../renderer/image/assembleFrame.js';
import { decodeExrTile, exrTileMaxBytes } from '../renderer/image/decodeExrTile.js';
import type { Frame } from '../renderer/image/Frame.js';

/** A published picture that its commitment does not fit. */
export class WrongOutputError extends RushesError {
  constructor(options: { chunkIndex: number; leaseId: LeaseId; expected: Bytes32; actual: Bytes32 }) {
    super({
      code: 'wrong-output',
      message: `the output of chunk ${options.chunkIndex} has another pixel hash than lease ${options.leaseId} committed to`,
      facts: options,
    });
  }
}

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
  const { job, manifest, offset } = request;
  const geometry = geometryOf(manifest);
  const tiles = await Promise.all(
    chunksOfFrame(geometry, offset).map((rect) =>
      fetchTile({ ...request, rect, leaseId: parseLeaseId(job.chunkLeases[rect.chunkIndex]) }),
    ),
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

interface TileRequest extends Pick<FrameRequest, 'ledger' | 'store' | 'outputs' | 'deadlineMs' | 'signal'> {
  leaseId: LeaseId;
  rect: ChunkRect;
}

async function fetchTile(request: TileRequest): Promise<Tile> {
  const { store, leaseId, rect, deadlineMs, signal } = request;
  const output = await outputOf(request);
  const bytes = await store.getFile(output.cid, { maxBytes: exrTileMaxBytes(rect), deadlineMs, signal });
  const halfs = decodeExrTile({ bytes, width: rect.width, height: rect.height });
  const actual = pixelHash(halfs);
  if (actual !== output.pixelHash)
    throw new WrongOutputError({ chunkIndex: rect.chunkIndex, leaseId, expected: output.pixelHash, actual });
  return { rect, halfs };
}

async function outputOf({
  ledger,
  store,
  outputs,
  leaseId,
  rect,
  deadlineMs,
  signal,
}: TileRequest): Promise<ChunkOutput> {
  const { chunkIndex } = rect;
  let index = outputs.get(leaseId);
  if (index === undefined) {
    const lease = ledger.leases.get(leaseId);
    const commitment = lease === undefined ? undefined : commitmentOf(lease);
    if (commitment === undefined)
      throw new RushesError({ code: 'no-output', message: `lease ${leaseId} committed to nothing` });
    index = parseOutputs(await store.getBlock(commitment.outputsDigest, { deadlineMs, signal }));
    outputs.set(leaseId, index);
  }
  const output: ChunkOutput | undefined = index.chunks.find((chunk) => chunk.chunkIndex === chunkIndex);
  if (output === undefined)
    throw new RushesError({
      code: 'no-output',
      message: `lease ${leaseId} published no output of chunk ${chunkIndex}`,
      facts: { leaseId, chunkIndex },
    });
  return output;
}

function chunksOfFrame(geometry: Geometry, offset: number): ChunkRect[] {
  const tiles = tilesPerFrame(geometry);
  return Array.from({ length: tiles }, (_, tile) => chunkRect(geometry, offset * tiles + tile));
}
