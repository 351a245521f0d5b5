import { sharedBytes } from './sharedBytes.js';

/**
 * Gathers the kernel's `tables`: pieces of float and integer vectors behind one another, each addressed by its first
 * vector.
 */
export class Tables {
  readonly #pieces: { first: number; floats: Float32Array | ((target: Float32Array) => void) }[] = [];
  #vectors = 0;

  /** The vector at which the next piece will begin. */
  get end(): number {
    return this.#vectors;
  }

  /** Appends numbers, padded to whole vectors; returns the index of the first vector. */
  append(floats: Float32Array): number {
    const first = this.#vectors;
    this.#pieces.push({ first, floats });
    this.#vectors += Math.ceil(floats.length / 4);
    return first;
  }

  /**
   * Appends vectors that are written straight into the tables once they are packed, for a piece too large to be held
   * twice. `write` is given room of exactly these vectors, all zero.
   */
  appendLater(vectors: number, write: (target: Float32Array) => void): number {
    const first = this.#vectors;
    this.#pieces.push({ first, floats: write });
    this.#vectors += vectors;
    return first;
  }

  /** Everything appended so far. */
  pack(): Uint8Array {
    const bytes = sharedBytes(this.#vectors * 16);
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
    // Copied as integers, because a float copy may change the bits of a piece that holds integers.
    this.#pieces.forEach(({ first, floats }, i) => {
      const end = this.#pieces[i + 1]?.first ?? this.#vectors;
      if (typeof floats === 'function')
        floats(new Float32Array(bytes.buffer, bytes.byteOffset + first * 16, (end - first) * 4));
      else words.set(new Uint32Array(floats.buffer, floats.byteOffset, floats.length), first * 4);
    });
    return bytes;
  }
}

/** The cumulative distribution of non-negative weights: n + 1 numbers from 0 to 1. All-zero weights count as equal. */
export function cdfOf(weights: Float64Array): Float32Array {
  const cdf = new Float32Array(weights.length + 1);
  let total = 0;
  for (const weight of weights) total += weight;
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    cdf[i] = total > 0 ? sum / total : i / weights.length;
    sum += weights[i]!;
  }
  cdf[weights.length] = 1;
  return cdf;
}
