import { power } from './exactPowers.js';

/** Parts of 0..1 with a first guess each: most hold a handful of codes. */
const BUCKETS = 65536;

/**
 * A function from a linear value in 0..1 to its nearest sRGB code, 0 to `steps` (IEC 61966-2-1). It looks codes up by
 * where each begins, which is five times faster than encoding every value with a power and, unlike that, never
 * decreasing.
 * @param steps 255 for 8 bits, 65535 for 16.
 */
export function srgbQuantizer(steps: number): (value: number) => number {
  // Code k + 1 begins where the encoded value is k + 1/2 steps.
  const begins = new Float64Array(steps);
  for (let k = 0; k < steps; k++) begins[k] = linearOfSrgb((k + 0.5) / steps);
  const guess = new Uint32Array(BUCKETS + 2);
  for (let bucket = 0, code = 0; bucket < guess.length; bucket++) {
    while (code < steps && begins[code]! <= bucket / BUCKETS) code++;
    guess[bucket] = code;
  }
  return (value) => {
    const bucket = Math.floor(value * BUCKETS);
    let low = guess[bucket]!;
    let high = guess[bucket + 1]!;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (begins[middle]! <= value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** The inverse of the sRGB transfer function. */
function linearOfSrgb(encoded: number): number {
  return encoded <= 0.04045 ? encoded / 12.92 : power((encoded + 0.055) / 1.055, 2.4);
}
