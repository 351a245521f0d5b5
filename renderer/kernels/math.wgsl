// Elementary functions from IEEE additions, multiplications, divisions and square roots only: WGSL's own promise no
// bits. The error bounds are measured by test/renderer/kernels/math.test.ts against float64.

const PI = 3.14159265358979;
const INVERSE_PI = 0.318309886183791;
const TWO_PI = 6.28318530717959;

/// 2^-100, in place of 0 where a number decides: sums of numbers of this size are the same whether subnormals are kept or
/// not (2^-101 plus anything below 2^-125 is 2^-101).
const LEAST = 0x1p-100;

struct SinCos {
  sine: f32,
  cosine: f32,
}

/// Sine and cosine of `turns` full turns. Absolute error below 2e-7 for |turns| <= 16.
fn sinCosTurns(turns: f32) -> SinCos {
  let quadrant = floor(turns * 4.0 + 0.5);
  let x = (turns - quadrant * 0.25) * TWO_PI;
  let x2 = x * x;
  let s = x + x * x2 * (-0.166666667 + x2 * (0.00833333333 + x2 * (-0.000198412698 + x2 * 0.00000275573192)));
  let c = 1.0 + x2 * (-0.5 + x2 * (0.0416666667 + x2 * (-0.00138888889 + x2 * 0.0000248015873)));
  let q = i32(quadrant);
  let swapped = (q & 1) != 0;
  let sine = select(s, c, swapped);
  let cosine = select(c, s, swapped);
  return SinCos(select(sine, -sine, (q & 2) != 0), select(cosine, -cosine, ((q + 1) & 2) != 0));
}

/// Sine and cosine of an angle in radians. Absolute error below 4e-7 for |x| <= 100.
fn sinCos(x: f32) -> SinCos {
  // The angle is reduced by multiples of pi / 2 in three parts (Cody and Waite).
  let quadrant = floor(x * 0.636619772 + 0.5);
  let r = ((x - quadrant * 1.5703125) - quadrant * 0.000483751297) - quadrant * 0.0000000754978942;
  let r2 = r * r;
  let s = r + r * r2 * (-0.166666667 + r2 * (0.00833333333 + r2 * (-0.000198412698 + r2 * 0.00000275573192)));
  let c = 1.0 + r2 * (-0.5 + r2 * (0.0416666667 + r2 * (-0.00138888889 + r2 * 0.0000248015873)));
  let q = i32(quadrant);
  let swapped = (q & 1) != 0;
  let sine = select(s, c, swapped);
  let cosine = select(c, s, swapped);
  return SinCos(select(sine, -sine, (q & 2) != 0), select(cosine, -cosine, ((q + 1) & 2) != 0));
}

/// e to the x. Relative error below 3e-7 for |x| <= 80; results stay finite and above 0 beyond.
fn exponential(x: f32) -> f32 {
  let k = floor(clamp(x, -87.0, 88.0) * 1.44269504 + 0.5);
  let r = (clamp(x, -87.0, 88.0) - k * 0.693359375) + k * 0.000212194440;
  let p = 1.0 + r * (1.0 + r * (0.5 + r * (0.166666667 + r * (0.0416666667 + r * (0.00833333333 + r * (0.00138888889 + r * 0.000198412698))))));
  return p * bitcast<f32>(u32(i32(k) + 127) << 23u);
}

/// Natural logarithm of a positive normal number. Absolute error below 2e-7 + 1e-7 |ln x|.
fn logarithm(x: f32) -> f32 {
  // x = m 2^k with m in [sqrt(1/2), sqrt(2)); ln m = 2 atanh(s), s = (m - 1) / (m + 1).
  let bits = bitcast<u32>(x) - 0x3f3504f3u;
  let k = f32(bitcast<i32>(bits) >> 23u);
  let m = bitcast<f32>((bits & 0x007fffffu) + 0x3f3504f3u);
  let s = (m - 1.0) / (m + 1.0);
  let s2 = s * s;
  let series = 2.0 * s * (1.0 + s2 * (0.333333333 + s2 * (0.2 + s2 * (0.142857143 + s2 * 0.111111111))));
  return k * 0.693359375 + (series - k * 0.000212194440);
}

/// x to the y for x > 0. Relative error below 3e-7 (1 + |y ln x|).
fn power(x: f32, y: f32) -> f32 { return exponential(y * logarithm(x)); }

/// Angle of (x, y) from the x axis, in (-pi, pi]. Absolute error below 4e-7.
fn arcTangent2(y: f32, x: f32) -> f32 {
  let ax = abs(x);
  let ay = abs(y);
  let larger = max(ax, ay);
  if (larger < LEAST) { return 0.0; }
  var t = min(ax, ay) / larger;
  // Above tan(pi / 8) the angle is taken from pi / 4.
  let far = t > 0.414213562;
  t = select(t, (t - 1.0) / (t + 1.0), far);
  let t2 = t * t;
  var angle = t + t * t2 * (-0.333329491 + t2 * (0.199777106 + t2 * (-0.138776856 + t2 * 0.0805374450)));
  angle = select(angle, angle + 0.785398163, far);
  angle = select(angle, 1.57079633 - angle, ay > ax);
  angle = select(angle, PI - angle, x < -LEAST);
  return select(angle, -angle, y < -LEAST);
}

/// Arc cosine for |x| <= 1. Absolute error below 5e-7.
fn arcCosine(x: f32) -> f32 { return arcTangent2(sqrt(max(0.0, (1.0 - x) * (1.0 + x))), x); }

fn pow5(x: f32) -> f32 {
  let x2 = x * x;
  return x2 * x2 * x;
}

fn unit(v: vec3f) -> vec3f { return v * inverseSqrt(max(dot(v, v), 1e-36)); }

fn luminance(color: vec3f) -> f32 { return 0.2126 * color.x + 0.7152 * color.y + 0.0722 * color.z; }

/// Numbers below LEAST are zero: colours come down to subnormals by many small factors.
fn cleared(color: vec3f) -> vec3f { return select(vec3f(0.0), color, color >= vec3f(LEAST)); }

fn isFinite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u; }

/// An orthonormal frame around a unit vector (Duff et al. 2017, Building an Orthonormal Basis, Revisited).
struct Basis {
  tangent: vec3f,
  bitangent: vec3f,
  normal: vec3f,
}

fn basisAround(normal: vec3f) -> Basis {
  let side = select(-1.0, 1.0, normal.z >= -LEAST);
  let a = -1.0 / (side + normal.z);
  let b = normal.x * normal.y * a;
  return Basis(
    vec3f(1.0 + side * normal.x * normal.x * a, side * b, -side * normal.x),
    vec3f(b, side + normal.y * normal.y * a, -normal.y),
    normal,
  );
}

fn toLocal(basis: Basis, v: vec3f) -> vec3f { return vec3f(dot(basis.tangent, v), dot(basis.bitangent, v), dot(basis.normal, v)); }
fn toWorld(basis: Basis, v: vec3f) -> vec3f { return basis.tangent * v.x + basis.bitangent * v.y + basis.normal * v.z; }
