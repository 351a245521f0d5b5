import { MEDIAN_SHARE } from './tolerances.js';

// relative error = max-norm difference / (larger max-norm + 1 % of the median over the verifier's own sealed pixels of
// that chunk x samples); 0/0 = 0. The norms are over the colour; coverage is compared on its own, as a part of the
// samples.

/** One audited pixel of one batch: sums of both sides and the number of samples that were summed. */
export interface PixelPair {
  /** RGB and coverage sums of the worker, 4 floats. */
  worker: ArrayLike<number>;
  verifier: ArrayLike<number>;
  /** Samples of this batch. */
  samples: number;
}

/** Median over the verifier's own pixels of a chunk of the largest colour component per sample; 0 for no pixels. */
export function medianRadiance(pixels: readonly Pick<PixelPair, 'verifier' | 'samples'>[]): number {
  return median(pixels.map((pixel) => maxNorm(pixel.verifier) / pixel.samples));
}

/** Relative error of one pixel, at least 0. A value that is no number counts as infinitely wrong. */
export function relativeError(pixel: PixelPair, chunkMedianRadiance: number): number {
  return Math.abs(signedRelativeError(pixel, chunkMedianRadiance));
}

/** As relativeError, with the sign of the component that differs most: positive where the worker is brighter. */
export function signedRelativeError(pixel: PixelPair, chunkMedianRadiance: number): number {
  let difference = 0;
  for (let channel = 0; channel < 3; channel++) {
    const one = (pixel.worker[channel] as number) - (pixel.verifier[channel] as number);
    if (Number.isNaN(one)) return Infinity;
    if (Math.abs(one) > Math.abs(difference)) difference = one;
  }
  const scale =
    Math.max(maxNorm(pixel.worker), maxNorm(pixel.verifier)) + MEDIAN_SHARE * chunkMedianRadiance * pixel.samples;
  const colour = difference === 0 ? 0 : difference / scale;
  const coverage = ((pixel.worker[3] as number) - (pixel.verifier[3] as number)) / pixel.samples;
  if (Number.isNaN(coverage) || Number.isNaN(colour)) return Infinity;
  return Math.abs(coverage) > Math.abs(colour) ? coverage : colour;
}

/** Median: the middle, or the mean of the two in the middle; 0 for nothing. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = values.slice().sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

function maxNorm(sums: ArrayLike<number>): number {
  return Math.max(Math.abs(sums[0] as number), Math.abs(sums[1] as number), Math.abs(sums[2] as number));
}
