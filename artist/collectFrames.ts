import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { RushesError } from '../protocol/errors.js';
import { chunkRect, type ChunkRect, type Geometry, geometryOf, tilesPerFrame } from '../protocol/geometry.js';
import { pixelHash } from '../protocol/hashes.js';
import type { Bytes32, LeaseId } from '../protocol/ids.js';
import { chunkState, commitmentOf, type Ledger, type LedgerJob } from '../protocol/ledger.js';
import type { Manifest } from '../protocol/manifest.js';
import { type ChunkOutput, type Outputs, parseOutputs } from '../protocol/outputs.js';
import type { ObjectStore } from '../protocol/ports.js';
import { assembleFrame, type Tile } from '../renderer/image/assembleFrame.js';
import { decodeExrTile, exrTileMaxBytes } from '../renderer/image/decodeExrTile.js';
import type { Look } from '../renderer/image/develop.js';
import { framePath, previewPath } from '../cli/render/frameFiles.js';
import type { FrameResult } from '../cli/render/FrameResult.js';
import { writeFrame } from '../cli/render/writeFrame.js';

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

export interface FrameCollector {
  /** Frames written and verified, in frame order. */
  readonly frames: FrameResult[];
  /** True when every frame is written. */
  readonly done: boolean;
  /** Outputs indices read so far, by lease. */
  readonly outputs: ReadonlyMap<LeaseId, Outputs>;
  /**
   * Writes one more frame, or the preview of the first rendered one, where the ledger allows it. False: nothing to do
   * until the chain moves.
   */
  step(ledger: Ledger, job: Readonly<LedgerJob>): Promise<boolean>;
}

/**
 * How often a paid output is asked for before the job counts as failed: its verifiers pinned it, so a short outage is
 * all there can be.
 */
const ATTEMPTS = 8;

/**
 * Collects the pictures of a job: fetches tiles, checks their hashes, assembles, develops, writes and stores each frame
 * once all of it is paid.
 */
export function collectFrames({
  manifest,
  store,
  out,
  look,
  onFrame,
  onPreview,
  signal,
}: {
  manifest: Manifest;
  store: ObjectStore;
  out: string;
  look: Look;
  onFrame: (frame: FrameResult) => void;
  onPreview: (path: string) => void;
  signal: AbortSignal;
}): FrameCollector {
  const geometry = geometryOf(manifest);
  const frameCount = geometry.frameCount;
  const tiles = tilesPerFrame(geometry);
  const frames: FrameResult[] = [];
  const written = new Set<number>();
  const outputs = new Map<LeaseId, Outputs>();
  let preview: string | undefined;

  async function outputOf(ledger: Ledger, leaseId: LeaseId, chunkIndex: number): Promise<ChunkOutput> {
    let index = outputs.get(leaseId);
    if (index === undefined) {
      const lease = ledger.leases.get(leaseId);
      const commitment = lease === undefined ? undefined : commitmentOf(lease);
      if (commitment === undefined)
        throw new RushesError({ code: 'no-output', message: `lease ${leaseId} committed to nothing` });
      index = parseOutputs(await store.getBlock(commitment.outputsDigest, { signal }));
      outputs.set(leaseId, index);
    }
    const output = index.chunks.find((chunk) => chunk.chunkIndex === chunkIndex);
    if (output === undefined)
      throw new RushesError({
        code: 'no-output',
        message: `lease ${leaseId} published no output of chunk ${chunkIndex}`,
        facts: { leaseId, chunkIndex },
      });
    return output;
  }

  async function fetchTile(ledger: Ledger, leaseId: LeaseId, rect: ChunkRect): Promise<Tile> {
    const output = await outputOf(ledger, leaseId, rect.chunkIndex);
    const bytes = await store.getFile(output.cid, { maxBytes: exrTileMaxBytes(rect), signal });
    const halfs = decodeExrTile({ bytes, width: rect.width, height: rect.height });
    const actual = pixelHash(halfs);
    if (actual !== output.pixelHash)
      throw new WrongOutputError({ chunkIndex: rect.chunkIndex, leaseId, expected: output.pixelHash, actual });
    return { rect, halfs };
  }

  async function fetchFrame(ledger: Ledger, job: Readonly<LedgerJob>, offset: number): Promise<Tile[]> {
    return Promise.all(
      chunksOfFrame(geometry, offset).map((rect) => fetchTile(ledger, job.chunkLeases[rect.chunkIndex]!, rect)),
    );
  }

  async function writePaid(ledger: Ledger, job: Readonly<LedgerJob>, offset: number): Promise<void> {
    const number = geometry.firstFrame + offset;
    const path = framePath(out, number);
    const collected = await withAttempts(() => fetchFrame(ledger, job, offset), signal);
    const { png, pixelHash: hash } = await writeFrame({
      frame: assembleFrame({ ...manifest.size, tiles: collected }),
      look,
      path,
    });
    const cid = await store.putFile(png, { signal });
    written.add(offset);
    const frame: FrameResult = { frame: number, path, cid, pixelHash: hash, ...manifest.size };
    frames.push(frame);
    frames.sort((a, b) => a.frame - b.frame);
    onFrame(frame);
    // The first look has served once the job's first verified picture is there.
    if (preview !== undefined) await rm(preview, { force: true });
  }

  return {
    frames,
    outputs,
    get done() {
      return written.size === frameCount;
    },
    async step(ledger, job) {
      for (let offset = 0; offset < frameCount; offset++) {
        if (written.has(offset) || !everyChunk(job, offset * tiles, tiles, ['paid'])) continue;
        await writePaid(ledger, job, offset);
        return true;
      }
      if (preview !== undefined || written.size > 0) return false;
      for (let offset = 0; offset < frameCount; offset++) {
        if (!everyChunk(job, offset * tiles, tiles, ['committed', 'paid'])) continue;
        const number = geometry.firstFrame + offset;
        // Nobody vouches for it yet: an output that cannot be had or does not fit is its auditors' business, and the
        // next frame may do.
        const collected = await fetchFrame(ledger, job, offset).catch(() => undefined);
        if (collected === undefined) continue;
        preview = previewPath(out, number);
        await writeFrame({ frame: assembleFrame({ ...manifest.size, tiles: collected }), look, path: preview });
        onPreview(preview);
        return true;
      }
      return false;
    },
  };
}

function everyChunk(job: Readonly<LedgerJob>, first: number, count: number, states: readonly string[]): boolean {
  for (let chunk = first; chunk < first + count; chunk++) if (!states.includes(chunkState(job, chunk))) return false;
  return true;
}

function chunksOfFrame(geometry: Geometry, offset: number): ChunkRect[] {
  const tiles = tilesPerFrame(geometry);
  return Array.from({ length: tiles }, (_, tile) => chunkRect(geometry, offset * tiles + tile));
}

async function withAttempts<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      if (tries === ATTEMPTS || error instanceof WrongOutputError) throw error;
      await sleep(Math.min(500 * 2 ** tries, 15_000), undefined, { signal });
    }
  }
}
