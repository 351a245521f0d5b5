/** 4 x 4 matrices as 16 float64 numbers, column-major, from exact IEEE operations only. */
export type Matrix = Float64Array;

export function identityMatrix(): Matrix {
  const m = new Float64Array(16);
  m[0] = m[5] = m[10] = m[15] = 1;
  return m;
}

/** a times b: the map that does b first. */
export function multiply(a: ArrayLike<number>, b: ArrayLike<number>): Matrix {
  const m = new Float64Array(16);
  for (let column = 0; column < 4; column++) {
    for (let row = 0; row < 4; row++) {
      let sum = 0;
      for (let k = 0; k < 4; k++) sum += (a[4 * k + row] as number) * (b[4 * column + k] as number);
      m[4 * column + row] = sum;
    }
  }
  return m;
}

/** Scale, then rotation by the quaternion (x, y, z, w), normalised here, then translation. */
export function compose(translation: ArrayLike<number>, rotation: ArrayLike<number>, scale: ArrayLike<number>): Matrix {
  const [qx, qy, qz, qw] = [rotation[0] as number, rotation[1] as number, rotation[2] as number, rotation[3] as number];
  const norm = qx * qx + qy * qy + qz * qz + qw * qw;
  // Dividing products by the squared length normalises without a square root.
  const s = norm > 0 ? 2 / norm : 0;
  const [sx, sy, sz] = [scale[0] as number, scale[1] as number, scale[2] as number];
  return Float64Array.of(
    (1 - s * (qy * qy + qz * qz)) * sx,
    s * (qx * qy + qz * qw) * sx,
    s * (qx * qz - qy * qw) * sx,
    0,
    s * (qx * qy - qz * qw) * sy,
    (1 - s * (qx * qx + qz * qz)) * sy,
    s * (qy * qz + qx * qw) * sy,
    0,
    s * (qx * qz + qy * qw) * sz,
    s * (qy * qz - qx * qw) * sz,
    (1 - s * (qx * qx + qy * qy)) * sz,
    0,
    translation[0] as number,
    translation[1] as number,
    translation[2] as number,
    1,
  );
}

/** The determinant of the linear part: negative where the map mirrors. */
export function determinant(m: ArrayLike<number>): number {
  const [a, b, c, d, e, f, g, h, i] = linearPart(m);
  return a * (e * i - f * h) - d * (b * i - c * h) + g * (b * f - c * e);
}

/**
 * The cofactors of the linear part, 9 numbers, column-major: they take normals where the matrix takes points, up to
 * length and, for a mirroring map, sign. Unlike the inverse transpose they exist for every matrix.
 */
export function cofactors(m: ArrayLike<number>): Float64Array {
  const [a, b, c, d, e, f, g, h, i] = linearPart(m);
  return Float64Array.of(
    e * i - f * h,
    f * g - d * i,
    d * h - e * g,
    c * h - b * i,
    a * i - c * g,
    b * g - a * h,
    b * f - c * e,
    c * d - a * f,
    a * e - b * d,
  );
}

function linearPart(m: ArrayLike<number>): [number, number, number, number, number, number, number, number, number] {
  return [m[0], m[1], m[2], m[4], m[5], m[6], m[8], m[9], m[10]] as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
}
