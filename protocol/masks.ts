/** Chunks of one word of a job's bitmap. */
export const WORD_CHUNKS = 256;

/** Chunk indices of a mask over one word, ascending: bit b is chunk word x 256 + b. */
export function chunksOfMask(word: number, mask: bigint): number[] {
  const chunks: number[] = [];
  const bits = mask.toString(2);
  for (let bit = 0; bit < bits.length; bit++)
    if (bits[bits.length - 1 - bit] === '1') chunks.push(word * WORD_CHUNKS + bit);
  return chunks;
}

/**
 * The word and mask of chunk indices that all lie in one word. Throws RangeError when they do not, or when there are
 * none.
 */
export function maskOfChunks(chunks: readonly number[]): { word: number; mask: bigint } {
  const first = chunks[0];
  if (first === undefined) throw new RangeError('no chunk to make a mask of');
  const word = Math.floor(first / WORD_CHUNKS);
  let mask = 0n;
  for (const chunkIndex of chunks) {
    if (Math.floor(chunkIndex / WORD_CHUNKS) !== word)
      throw new RangeError(`chunk ${chunkIndex} is not in word ${word}`);
    mask |= 1n << BigInt(chunkIndex % WORD_CHUNKS);
  }
  return { word, mask };
}
