import { RushesError } from '../protocol/errors.js';
import type { ChunkRect } from '../protocol/geometry.js';
import { pixelHash } from '../protocol/hashes.js';
import type { Bytes32, LeaseId } from '../protocol/ids.js';
import { type ChunkOutput, type Outputs, parseOutputs } from '../protocol/outputs.js';
import type { ObjectStore } from '../protocol/ports.js';
import type { Tile } from '../renderer/image/assembleFrame.js';
import { decodeExrTile, exrTileMaxBytes } from '../renderer/image/decodeExrTile.js';

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

/** Which tile, of which lease, and how long it may take. */
export interface TileRequest {
  store: Pick<ObjectStore, 'getBlock' | 'getFile'>;
  /** Filled with what is read on the way. */
  outputs: Map<LeaseId, Outputs>;
  leaseId: LeaseId;
  /** Digest of its outputs index; undefined: it committed to nothing. */
  outputsDigest: Bytes32 | undefined;
  rect: ChunkRect;
  deadlineMs: number;
  signal: AbortSignal;
}

/**
 * Fetches one rendered tile and checks it against what its worker committed to. Throws WrongOutputError for a picture
 * that its commitment does not fit, RushesError `no-output` where the lease published none, and what the store throws.
 */
export async function fetchTile(request: TileRequest): Promise<Tile> {
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
  store,
  outputs,
  leaseId,
  outputsDigest,
  rect,
  deadlineMs,
  signal,
}: TileRequest): Promise<ChunkOutput> {
  const { chunkIndex } = rect;
  let index = outputs.get(leaseId);
  if (index === undefined) {
    if (outputsDigest === undefined)
      throw new RushesError({ code: 'no-output', message: `lease ${leaseId} committed to nothing` });
    index = parseOutputs(await store.getBlock(outputsDigest, { deadlineMs, signal }));
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
