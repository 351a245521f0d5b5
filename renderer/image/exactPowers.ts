// Powers and logarithms in float64 from additions, multiplications, divisions and bit patterns alone: JavaScript leaves
// the accuracy of Math.pow, Math.log2 and `**` to the engine, and a developed picture must be the same bits on every
// machine.

const LN2 = 0.6931471805599453;
const LOG2_E = 1.4426950408889634;
const SQRT_HALF = 0.7071067811865476;

/** Coefficients of 2^r = sum (ln 2)^n / n! r^n. */
const EXP2 = series(16, (n, before) => (n === 0 ? 1 : (before * LN2) / n));
/** Coefficients of ln m / (2 s) = sum s^(2n) / (2n + 1). */
const ATANH = series(12, (n) => 1 / (2 * n + 1));

const scratch = new DataView(new ArrayBuffer(8));

/**
 * 2^x; exact for whole x from -1022 to 1023. Relative error below 1e-15. Below -1022 it is 0, from 1024 on Infinity.
 * Taylor series on |r| <= 1/2, whose first term left out is below 1e-18.
 */
export function exp2(x: number): number {
  if (x < -1022) return 0;
  if (x >= 1024) return Infinity;
  const whole = Math.min(Math.round(x), 1023);
  const r = x - whole;
  let sum = EXP2[15]!;
  for (let n = 14; n >= 0; n--) sum = EXP2[n]! + r * sum;
  scratch.setUint32(0, (whole + 1023) << 20);
  scratch.setUint32(4, 0);
  return sum * scratch.getFloat64(0);
}

/**
 * The base-2 logarithm of a positive normal float64; exact for powers of two. Absolute error below 1e-15 times the
 * larger of the result and 1. Zero, negative and subnormal arguments give -Infinity. ln m = 2 (s + s^3/3 + s^5/5 ...),
 * s = (m - 1) / (m + 1), on m in [sqrt(1/2), sqrt 2), where |s| <= 0.1716.
 */
export function log2(x: number): number {
  if (!(x >= 2.2250738585072014e-308)) return -Infinity;
  if (x === Infinity) return Infinity;
  scratch.setFloat64(0, x);
  const high = scratch.getUint32(0);
  let exponent = (high >>> 20) - 1022;
  scratch.setUint32(0, (high & 0xfffff) | 0x3fe00000);
  let m = scratch.getFloat64(0);
  if (m < SQRT_HALF) {
    m *= 2;
    exponent -= 1;
  }
  const s = (m - 1) / (m + 1);
  const ss = s * s;
  let sum = ATANH[11]!;
  for (let n = 10; n >= 0; n--) sum = ATANH[n]! + ss * sum;
  return exponent + 2 * s * sum * LOG2_E;
}

/**
 * base^exponent for base >= 0 and exponent > 0, as exp2(exponent * log2(base)); relative error below 1e-14 where the
 * result is above 1e-9.
 */
export function power(base: number, exponent: number): number {
  return base > 0 ? exp2(exponent * log2(base)) : 0;
}

function series(count: number, term: (n: number, before: number) => number): Float64Array {
  const terms = new Float64Array(count);
  for (let n = 0; n < count; n++) terms[n] = term(n, n === 0 ? 0 : terms[n - 1]!);
  return terms;
}
