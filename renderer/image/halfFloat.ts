/** Largest finite half float: radiance beyond it is clamped, so that an output never holds an infinity. */
export const HALF_MAX = 65504;

/** Smallest positive half float, 2^-24. */
const HALF_UNIT = 1 / 16777216;

const floatView = new Float32Array(1);
const bitsView = new Uint32Array(floatView.buffer);

/**
 * The bits of the half float nearest to a float32, ties to even, clamped to +-65504.
 * Zero has one form: -0, and negative values that round to zero, give +0. NaN gives 0x7e00, which no output may hold.
 * @param value taken as a float32 (rounded to one first, where it is not).
 */
export function halfOfFloat(value: number): number {
  floatView[0] = value;
  const bits = bitsView[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return 0x7e00;
  // 0x477fe000 is 65504. Everything above it clamps, also what round-to-nearest would still bring down to it.
  if (magnitude >= 0x477fe000) return sign | 0x7bff;
  if (magnitude >= 0x38800000) return sign | roundedShift(magnitude - 0x38000000, 13);
  // Subnormal halfs count units of 2^-24. Below 2^-25, and at it by the tie to even, the result is zero.
  if (magnitude <= 0x33000000) return 0;
  const significand = (magnitude & 0x7fffff) | 0x800000;
  return sign | roundedShift(significand, 126 - (magnitude >>> 23));
}

/** The value of a half float; every half is exact in a float64. */
export function floatOfHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * HALF_UNIT;
  // A power of two within the normal range, built from bits: `**` is not required to be exact by the language.
  bitsView[0] = (exponent + 112) << 23;
  return sign * floatView[0]! * (1 + fraction / 1024);
}

/**
 * bits / 2^shift, rounded to the nearest integer, ties to even. A carry out of the fraction moves into the exponent, as
 * it should.
 */
function roundedShift(bits: number, shift: number): number {
  const kept = bits >>> shift;
  const rest = bits & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept;
}
