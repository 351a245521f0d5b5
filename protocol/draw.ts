import { bigintOfBytes, bytesOfHex, u32, u64, u8 } from './bytes.js';
import { InvariantError } from './errors.js';
import { type ChunkRect, blockAndBatchOf, pixelsInBlock } from './geometry.js';
import { TAG } from './hashes.js';
import { type Address, type Bytes32, type LeaseId, type Wei, bytes32Of } from './ids.js';
import { sha256 } from './sha256.js';

/** Leaves drawn in each drawn chunk. */
export const DRAWN_LEAVES = 64;
/** Pixels drawn in each drawn leaf. */
export const DRAWN_PIXELS = 64;

/** SHA-256(4, mixHash, u64 leaseId); mixHash is prevrandao of the draw's block. */
export function drawSeed(draw: { mixHash: Bytes32; leaseId: LeaseId }): Bytes32 {
  return bytes32Of(sha256(u8(TAG.drawSeed), bytesOfHex(draw.mixHash), u64(draw.leaseId)));
}

/**
 * The drawn chunks of a lease: mask AND w_1 AND ... AND w_shift, w_i = SHA-256(5, seed, u32 i), so each with
 * probability 2^-shift.
 */
export function drawnMask(draw: { seed: Bytes32; mask: bigint; shift: number }): bigint {
  let drawn = draw.mask;
  for (let i = 1; i <= draw.shift; i++)
    drawn &= bigintOfBytes(sha256(u8(TAG.chunkWord), bytesOfHex(draw.seed), u32(i)));
  return drawn;
}

/** One account a lease's verifiers are drawn from. */
export interface VerifierCandidate {
  address: Address;
  stakeWei: Wei;
}

/**
 * Draws verifiers by stake without replacement: r_i = uint256(SHA-256(6, seed, u32 i)) mod remaining stake, i from 0;
 * walk the candidates in the given order, the one in whose interval r_i falls is drawn and removed. Fewer when stake
 * runs out.
 */
export function drawVerifiers(draw: {
  seed: Bytes32;
  candidates: readonly VerifierCandidate[];
  count: number;
}): Address[] {
  const remaining = draw.candidates.slice();
  const drawn: Address[] = [];
  let stakeWei = remaining.reduce((sum, candidate) => sum + candidate.stakeWei, 0n);
  for (let i = 0; i < draw.count && stakeWei > 0n; i++) {
    let r = hashNumber(TAG.verifier, draw.seed, i) % stakeWei;
    const index = remaining.findIndex((candidate) => {
      if (r < candidate.stakeWei) return true;
      r -= candidate.stakeWei;
      return false;
    });
    const [picked] = remaining.splice(index, 1) as [VerifierCandidate];
    drawn.push(picked.address);
    stakeWei -= picked.stakeWei;
  }
  return drawn;
}

/**
 * Leaf indices drawn in a chunk, in draw order, without replacement: partial Fisher-Yates over 0..leafCount-1 with r_i
 * = uint256(SHA-256(7, seed, u32 chunkIndex, u32 i)) mod (n - i). All of them when there are no more than `count`.
 */
export function drawLeaves(draw: {
  seed: Bytes32;
  rect: Pick<ChunkRect, 'chunkIndex' | 'leafCount'>;
  count?: number;
}): number[] {
  const pool = Array.from({ length: draw.rect.leafCount }, (_, index) => index);
  return partialShuffle(pool, draw.count ?? DRAWN_LEAVES, hashRun(TAG.leafDraw, draw.seed, draw.rect.chunkIndex));
}

/**
 * Pixels (row-major index 0..255 in the block) drawn in a leaf, in draw order: as drawLeaves, over the pixels that lie
 * inside the frame, with SHA-256(8, seed, u32 chunkIndex, u32 leafIndex, u32 i).
 */
export function drawPixels(draw: {
  seed: Bytes32;
  rect: ChunkRect;
  leafIndex: number;
  batches: number;
  count?: number;
}): number[] {
  const { block } = blockAndBatchOf(draw.leafIndex, draw.batches);
  const pool = pixelsInBlock(draw.rect, block);
  return partialShuffle(
    pool,
    draw.count ?? DRAWN_PIXELS,
    hashRun(TAG.pixelDraw, draw.seed, draw.rect.chunkIndex, draw.leafIndex),
  );
}

/**
 * The one whole pixel block drawn in a lease: number uint256(SHA-256(9, seed)) mod total among the blocks of the drawn
 * chunks, chunks ascending, blocks row-major.
 */
export function drawPixelBlock(draw: {
  seed: Bytes32;
  rects: readonly Pick<ChunkRect, 'chunkIndex' | 'blockCount'>[];
}): {
  chunkIndex: number;
  block: number;
} {
  const rects = draw.rects.slice().sort((a, b) => a.chunkIndex - b.chunkIndex);
  const total = rects.reduce((sum, rect) => sum + rect.blockCount, 0);
  if (total === 0)
    throw new InvariantError({ what: 'chunks to draw a pixel block from', expected: 'at least 1', actual: 0 });
  let r = Number(hashNumber(TAG.blockDraw, draw.seed) % BigInt(total));
  for (const rect of rects) {
    if (r < rect.blockCount) return { chunkIndex: rect.chunkIndex, block: r };
    r -= rect.blockCount;
  }
  throw new InvariantError({ what: 'drawn block', expected: `below ${total}`, actual: r });
}

/** What is audited of one drawn chunk. */
export interface ChunkDraw {
  rect: ChunkRect;
  /** In draw order. */
  leaves: {
    leafIndex: number;
    block: number;
    batch: number;
    /** In draw order, 0..255 in the block. */ pixels: number[];
  }[];
  /** The whole block to open, when it falls in this chunk. */
  wholeBlock: number | undefined;
}

/** The complete draw of a lease's drawn chunks, ascending. Empty when nothing is drawn. */
export function drawAudit(draw: { seed: Bytes32; rects: readonly ChunkRect[]; batches: number }): ChunkDraw[] {
  if (draw.rects.length === 0) return [];
  const whole = drawPixelBlock(draw);
  return draw.rects
    .slice()
    .sort((a, b) => a.chunkIndex - b.chunkIndex)
    .map((rect) => ({
      rect,
      leaves: drawLeaves({ seed: draw.seed, rect }).map((leafIndex) => ({
        leafIndex,
        ...blockAndBatchOf(leafIndex, draw.batches),
        pixels: drawPixels({ seed: draw.seed, rect, leafIndex, batches: draw.batches }),
      })),
      wholeBlock: whole.chunkIndex === rect.chunkIndex ? whole.block : undefined,
    }));
}

/**
 * Leaf indices a worker opens of a drawn chunk, ascending: the drawn leaves and every batch of the whole block when it
 * falls here.
 */
export function leavesToOpen(chunk: ChunkDraw, batches: number): number[] {
  const leaves = new Set(chunk.leaves.map((leaf) => leaf.leafIndex));
  if (chunk.wholeBlock !== undefined)
    for (let batch = 0; batch < batches; batch++) leaves.add(chunk.wholeBlock * batches + batch);
  return [...leaves].sort((a, b) => a - b);
}

/** uint256(SHA-256(tag, seed, u32...)). */
function hashNumber(tag: number, seed: Bytes32, ...numbers: number[]): bigint {
  return bigintOfBytes(sha256(u8(tag), bytesOfHex(seed), ...numbers.map(u32)));
}

/**
 * hashNumber modulo small numbers for a run of messages that differ in their last u32 alone; a draw makes 4,096 of them
 * per chunk.
 */
function hashRun(tag: number, seed: Bytes32, ...prefix: number[]): (last: number, modulus: number) => number {
  const message = new Uint8Array(33 + 4 * prefix.length + 4);
  const view = new DataView(message.buffer);
  message[0] = tag;
  message.set(bytesOfHex(seed), 1);
  for (const [i, value] of prefix.entries()) view.setUint32(33 + 4 * i, value, false);
  return (last, modulus) => {
    view.setUint32(message.length - 4, last, false);
    const hash = sha256(message);
    // Word by word: the remainder stays under 2^21, so that remainder x 2^32 + word is exact in float64.
    if (modulus > 1 << 20) throw new RangeError(`modulus ${modulus} of a draw is above 2^20`);
    let remainder = 0;
    for (let i = 0; i < 32; i += 4) {
      const word =
        (hash[i] as number) * 0x1000000 +
        (((hash[i + 1] as number) << 16) | ((hash[i + 2] as number) << 8) | (hash[i + 3] as number));
      remainder = (remainder * 0x100000000 + word) % modulus;
    }
    return remainder;
  };
}

/**
 * The first `count` places of a Fisher-Yates shuffle: place i takes the element at i + random(i, n - i), which is below
 * n - i.
 */
function partialShuffle(pool: number[], count: number, random: (i: number, modulus: number) => number): number[] {
  const picks = Math.min(count, pool.length);
  for (let i = 0; i < picks; i++) {
    const j = i + random(i, pool.length - i);
    const other = pool[j] as number;
    pool[j] = pool[i] as number;
    pool[i] = other;
  }
  return pool.slice(0, picks);
}
