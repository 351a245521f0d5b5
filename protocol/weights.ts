import { bytesOfHex, u32, u8 } from './bytes.js';
import { InvariantError, MalformedError } from './errors.js';
import { TAG } from './hashes.js';
import { type Bytes32, bytes32Of } from './ids.js';
import { sha256 } from './sha256.js';
import { merklePath, merkleRoot, verifyMerklePath } from './trees.js';
import { chunksOfMask, WORD_CHUNKS } from './masks.js';

// Every chunk has a weight in work units, a u16; a job carries only the Merkle root over words of 256 weights,
// and a lease shows the one word it takes chunks of.

/** Bytes of one word of weights: 256 u16, big-endian. */
export const WEIGHTS_WORD_BYTES = 512;

/** Checks one weight per chunk, each 1..65535 work units. */
export function chunkWeights(weights: readonly number[]): Uint16Array {
  if (weights.length === 0) throw new InvariantError({ what: 'chunk weights', expected: 'at least 1', actual: 0 });
  for (const weight of weights)
    if (!Number.isInteger(weight) || weight < 1 || weight > 0xffff)
      throw new InvariantError({ what: 'chunk weight', expected: 'an integer from 1 to 65535', actual: weight });
  return Uint16Array.from(weights);
}

/** The same weight for every chunk. */
export function equalWeights(chunks: number, weight = 1): Uint16Array {
  return new Uint16Array(chunks).fill(weight);
}

/** A weights file: one big-endian u16 per chunk. */
export function bytesOfWeights(weights: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(2 * weights.length);
  const view = new DataView(bytes.buffer);
  for (const [chunkIndex, weight] of weights.entries()) view.setUint16(2 * chunkIndex, weight, false);
  return bytes;
}

/**
 * The weights in a weights file of a job of `chunks` chunks. Throws MalformedError for another length or a weight of 0.
 */
export function weightsOfBytes(bytes: Uint8Array, chunks: number): Uint16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length !== 2 * chunks)
    throw new MalformedError({
      what: 'weights file',
      reason: `${chunks} chunks need ${2 * chunks} bytes, it has ${bytes.length}`,
    });
  const weights = Uint16Array.from({ length: chunks }, (_, chunkIndex) => view.getUint16(2 * chunkIndex, false));
  if (weights.includes(0))
    throw new MalformedError({ what: 'weights file', reason: `chunk ${weights.indexOf(0)} weighs nothing` });
  return weights;
}

/** The 512 bytes of one word of 256 chunks, chunks beyond the last as zero. */
export function weightsWord(weights: Uint16Array, word: number): Uint8Array {
  const bytes = new Uint8Array(WEIGHTS_WORD_BYTES);
  const view = new DataView(bytes.buffer);
  for (let bit = 0; bit < WORD_CHUNKS; bit++) view.setUint16(2 * bit, weights[word * WORD_CHUNKS + bit] ?? 0, false);
  return bytes;
}

/** SHA-256(12, u32 word, 512 bytes). */
export function weightsLeaf(word: number, bytes: Uint8Array): Uint8Array {
  return sha256(u8(TAG.weights), u32(word), bytes);
}

/** Root over the words of all chunks. */
export function weightsRoot(weights: Uint16Array): Bytes32 {
  return bytes32Of(merkleRoot(wordLeaves(weights)));
}

/** Path of one word under weightsRoot. */
export function weightsProof(weights: Uint16Array, word: number): Bytes32[] {
  return merklePath(wordLeaves(weights), word);
}

/** Whether a word of weights belongs to the root of a job of `chunks` chunks. */
export function verifyWeightsWord(proof: {
  word: number;
  bytes: Uint8Array;
  chunks: number;
  path: readonly Bytes32[];
  root: Bytes32;
}): boolean {
  if (proof.bytes.length !== WEIGHTS_WORD_BYTES) return false;
  return verifyMerklePath({
    leaf: weightsLeaf(proof.word, proof.bytes),
    index: proof.word,
    count: wordCount(proof.chunks),
    path: proof.path,
    root: bytesOfHex(proof.root),
  });
}

/** Words that hold the given number of chunks. */
export function wordCount(chunks: number): number {
  return Math.ceil(chunks / WORD_CHUNKS);
}

/** Work units of the chunks of a mask. */
export function unitsOf(weights: Uint16Array, word: number, mask: bigint): number {
  let units = 0;
  for (const chunkIndex of chunksOfMask(word, mask)) units += weights[chunkIndex] ?? 0;
  return units;
}

function wordLeaves(weights: Uint16Array): Uint8Array[] {
  return Array.from({ length: wordCount(weights.length) }, (_, word) => weightsLeaf(word, weightsWord(weights, word)));
}
