import { RushesError } from '../protocol/errors.js';
import { chunkRect, type ChunkRect, type Geometry, geometryOf, tilesPerFrame } from '../protocol/geometry.js';
import { pixelHash } from '../protocol/hashes.js';
import { type Bytes32, type LeaseId, parseLeaseId } from '../protocol/ids.js';
import { chunkState, commitmentOf, type Ledger, type LedgerJob } from '../protocol/ledger.js';
import type { Manifest } from '../protocol/manifest.js';
import { type ChunkOutput, type Outputs, parseOutputs } from '../protocol/outputs.js';
import type { ObjectStore } from '../protocol/ports.js';
import { assembleFrame, type Tile } from '../renderer/image/assembleFrame.js';
import { decodeExrTile, exrTileMaxBytes } from '../renderer/image/decodeExrTile.js';
import type { Frame } from '../renderer/image/Frame.js';
import type { ArtistEvent } from './ArtistEvent.js';
import { outliveOutage } from './outliveOutage.js';

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

export interface FrameCollector {
  /** True when every frame was handed over. */
  readonly done: boolean;
  /** Outputs indices read so far, by lease. */
  readonly outputs: ReadonlyMap<LeaseId, Outputs>;
  /**
   * Hands over one more frame, or the preview of the first rendered one, where the ledger allows it. False: nothing to
   * do until the chain moves.
   */
  step(ledger: Ledger, job: Readonly<LedgerJob>): Promise<boolean>;
}

/** A preview that takes longer is not worth waiting for; a paid tile is asked for again. */
const PREVIEW_DEADLINE_MS = 10_000;
const TILE_DEADLINE_MS = 60_000;

/**
 * Collects the frames of a job: fetches tiles, checks their hashes, assembles each frame once all of it is paid, and
 * hands it to `onFrame`. The first rendered frame that is not paid yet goes to `onPreview`. Outlives outages of the
 * store. Throws WrongOutputError for a paid picture that its commitment does not fit.
 */
export function collectFrames({
  manifest,
  store,
  onFrame,
  onPreview,
  onEvent = () => {},
  signal,
}: {
  manifest: Manifest;
  store: ObjectStore;
  onFrame: (frame: CollectedFrame) => void | Promise<void>;
  onPreview?: (frame: CollectedFrame) => void | Promise<void>;
  onEvent?: (event: ArtistEvent) => void;
  signal: AbortSignal;
}): FrameCollector {
  const geometry = geometryOf(manifest);
  const frameCount = geometry.frameCount;
  const tiles = tilesPerFrame(geometry);
  const handedOver = new Set<number>();
  const outputs = new Map<LeaseId, Outputs>();
  let previewed = onPreview === undefined;

  async function fetchFrame(
    ledger: Ledger,
    job: Readonly<LedgerJob>,
    offset: number,
    deadlineMs: number,
  ): Promise<CollectedFrame> {
    const fetched = await Promise.all(
      chunksOfFrame(geometry, offset).map((rect) =>
        fetchTile({
          ledger,
          store,
          outputs,
          leaseId: parseLeaseId(job.chunkLeases[rect.chunkIndex]),
          rect,
          deadlineMs,
          signal,
        }),
      ),
    );
    const frame = assembleFrame({ ...manifest.size, tiles: fetched });
    return { number: geometry.firstFrame + offset, frame, pixelHash: pixelHash(frame.halfs) };
  }

  return {
    outputs,
    get done() {
      return handedOver.size === frameCount;
    },
    async step(ledger, job) {
      for (let offset = 0; offset < frameCount; offset++) {
        if (handedOver.has(offset) || !everyChunk(job, offset * tiles, tiles, ['paid'])) continue;
        const attempt = (): Promise<CollectedFrame> => fetchFrame(ledger, job, offset, TILE_DEADLINE_MS);
        await onFrame(await outliveOutage({ attempt, onEvent, signal }));
        handedOver.add(offset);
        return true;
      }
      if (previewed || handedOver.size > 0) return false;
      for (let offset = 0; offset < frameCount; offset++) {
        if (!everyChunk(job, offset * tiles, tiles, ['committed', 'paid'])) continue;
        // Nobody vouches for it yet: an output that cannot be had or does not fit is its auditors' business, and the
        // next frame may do.
        const preview = await fetchFrame(ledger, job, offset, PREVIEW_DEADLINE_MS).catch(() => undefined);
        signal.throwIfAborted();
        if (preview === undefined) continue;
        previewed = true;
        await onPreview?.(preview);
        return true;
      }
      return false;
    },
  };
}

interface TileRequest {
  ledger: Ledger;
  store: ObjectStore;
  /** Filled with what is read on the way. */
  outputs: Map<LeaseId, Outputs>;
  leaseId: LeaseId;
  rect: ChunkRect;
  deadlineMs: number;
  signal: AbortSignal;
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

function everyChunk(job: Readonly<LedgerJob>, first: number, count: number, states: readonly string[]): boolean {
  for (let chunk = first; chunk < first + count; chunk++) if (!states.includes(chunkState(job, chunk))) return false;
  return true;
}

function chunksOfFrame(geometry: Geometry, offset: number): ChunkRect[] {
  const tiles = tilesPerFrame(geometry);
  return Array.from({ length: tiles }, (_, tile) => chunkRect(geometry, offset * tiles + tile));
}
