/** How far a worker's sums may be from a verifier's. Every number that decides a numeric test stands here. */
export type Tolerance =
  /** Bit equality: a single float that differs convicts. */
  | { kind: 'exact' }
  | {
      kind: 'relative';
      /** T1: a pixel exceeds above this relative error. */
      pixelError: number;
      /** T1: part of a chunk's drawn pixels that may exceed. */
      exceedingShare: number;
      /** T2: part of one leaf's drawn pixels that may exceed. */
      leafExceedingShare: number;
      /** T3: largest absolute median of the signed relative error. */
      medianError: number;
    };

/**
 * Part of the median radiance that is added to the larger norm in the relative error, so that dark pixels do not
 * decide.
 */
export const MEDIAN_SHARE = 0.01;

/** A measure up to its threshold passes, up to this many times it is void, above it convicts. */
export const VOID_FACTOR = 2;

/**
 * Between devices that agree within rounding: 41 of 4,096 pixels and 16 of 64 of a leaf, as shares, so that chunks with
 * fewer pixels are held to the same. No class of devices is admitted to it yet.
 */
export const ACROSS_DEVICES: Tolerance = {
  kind: 'relative',
  pixelError: 2e-3,
  exceedingShare: 41 / 4096,
  leafExceedingShare: 16 / 64,
  medianError: 1e-4,
};

/** Worker's class / verifier's class. */
const TOLERANCES: Record<string, Tolerance> = {
  'wasm/wasm': { kind: 'exact' },
};

/** The tolerance between two device classes; undefined for a class nobody measured, whose work cannot be judged. */
export function toleranceOf(workerClass: string, verifierClass: string): Tolerance | undefined {
  const pair = `${workerClass}/${verifierClass}`;
  return Object.hasOwn(TOLERANCES, pair) ? TOLERANCES[pair] : undefined;
}
