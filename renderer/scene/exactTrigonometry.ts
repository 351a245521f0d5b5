/**
 * Sines, cosines and arc tangents in float64 from additions, multiplications, divisions and square roots alone, so that
 * they are the same bits on every machine: JavaScript leaves the accuracy of Math.sin and its kin to the engine, and
 * what they place is hashed. Errors stay below 3e-16 times the larger of the result and its neighbourhood of 1.
 */

// pi/2 in two parts: the first has 33 significant bits, so its product with a whole number below 2^20 is exact.
const HALF_PI_HIGH = 1.57079632673412561417;
const HALF_PI_LOW = 6.07710050650619224932e-11;
const HALF_PI = 1.57079632679489661923;

/** The sine of an angle in radians, |angle| < 1e6. */
export function sine(radians: number): number {
  return turned(radians, 0);
}

/** The cosine of an angle in radians, |angle| < 1e6. */
export function cosine(radians: number): number {
  return turned(radians, 1);
}

function turned(radians: number, quarter: number): number {
  const quarters = Math.round(radians / HALF_PI);
  const x = radians - quarters * HALF_PI_HIGH - quarters * HALF_PI_LOW;
  const turn = (((quarters + quarter) % 4) + 4) % 4;
  const value = turn % 2 === 0 ? sineSeries(x) : cosineSeries(x);
  return turn >= 2 ? -value : value;
}

/** Taylor series on |x| <= pi/4; the first term left out is below 1e-19. */
function sineSeries(x: number): number {
  const xx = x * x;
  let sum = 0;
  for (let n = 17; n >= 3; n -= 2) sum = (-xx / (n * (n - 1))) * (1 + sum);
  return x + x * sum;
}

function cosineSeries(x: number): number {
  const xx = x * x;
  let sum = 0;
  for (let n = 18; n >= 2; n -= 2) sum = (-xx / (n * (n - 1))) * (1 + sum);
  return 1 + sum;
}

/** The angle in radians, -pi to pi, of the point (x, y) seen from the origin; 0 for the origin itself. */
export function arcTangent2(y: number, x: number): number {
  if (x === 0 && y === 0) return 0;
  const steep = Math.abs(y) > Math.abs(x);
  const slope = steep ? Math.abs(x) / Math.abs(y) : Math.abs(y) / Math.abs(x);
  const acute = arcTangent(slope);
  const first = steep ? HALF_PI - acute : acute;
  const upper = x < 0 ? 2 * HALF_PI - first : first;
  return y < 0 ? -upper : upper;
}

/** Arc tangent of 0..1 by halving the angle three times, then the series. */
function arcTangent(slope: number): number {
  let t = slope;
  for (let i = 0; i < 3; i++) t /= 1 + Math.sqrt(1 + t * t);
  const tt = t * t;
  let sum = 0;
  for (let n = 19; n >= 1; n -= 2) sum = 1 / n - tt * sum;
  return 8 * t * sum;
}

/** Radians of an angle in degrees. */
export function radiansOf(degrees: number): number {
  return (degrees * HALF_PI) / 90;
}

/** Degrees of an angle in radians. */
export function degreesOf(radians: number): number {
  return (radians * 90) / HALF_PI;
}
