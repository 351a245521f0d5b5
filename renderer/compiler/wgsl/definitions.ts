// The built-in functions and operators that WGSL leaves room in, as the kernels' README defines them, in the language
// of the kernels. WebAssembly of this text must do what the instructions do.

const LANES = ['x', 'y', 'z', 'w'] as const;

/** The text for vectors of two to four lanes, `T` their type and `n` their lanes. */
function forVectors(text: (type: string, size: number) => string): string {
  return [2, 3, 4].map((size) => text(`vec${size}<f32>`, size)).join('');
}

/** A function of `count` vectors that calls the scalar one for each lane. */
function laneByLane(name: string, count: number): string {
  const names = ['a', 'b', 'c'].slice(0, count);
  return forVectors((type, size) => {
    const lanes = LANES.slice(0, size).map((lane) => `${name}1(${names.map((each) => `${each}.${lane}`).join(', ')})`);
    const parameters = names.map((each) => `${each}: ${type}`).join(', ');
    return `fn ${name}${size}(${parameters}) -> ${type} { return ${type}(${lanes.join(', ')}); }\n`;
  });
}

/** A function of scalars and, by the same words, of vectors; `T` stands for the type. */
function forAll(name: string, parameters: string, body: string): string {
  return [1, 2, 3, 4]
    .map((size) => {
      const type = size === 1 ? 'f32' : `vec${size}<f32>`;
      const text = (template: string): string => template.replaceAll('T', type).replaceAll('N', String(size));
      return `fn ${name}${size}(${text(parameters)}) -> ${type} { ${text(body)} }\n`;
    })
    .join('');
}

/** `a.x * b.x + a.y * b.y + ...`, in this order. */
function dotText(size: number): string {
  return LANES.slice(0, size)
    .map((lane) => `a.${lane} * b.${lane}`)
    .join(' + ');
}

/**
 * The correctly rounded quotient from any approximation within 60 units in the last place. The significands are whole
 * numbers below 2^24; the quotient of the shifted ones has 24 bits, and what it leaves is so little that 32 bits which
 * wrap around hold it: it says how far the approximation is off. There are no ties but in subnormal results: a number
 * half way between two floats has 25 bits, and times a significand it has more than the dividend.
 */
const DIVIDE = `
fn strict_divide1(a: f32, b: f32) -> f32 {
  let top = bitcast<u32>(a) & 0x7fffffffu;
  let bottom = bitcast<u32>(b) & 0x7fffffffu;
  let sign = (bitcast<u32>(a) ^ bitcast<u32>(b)) & 0x80000000u;
  var dividend = (top & 0x007fffffu) | 0x00800000u;
  var divisor = (bottom & 0x007fffffu) | 0x00800000u;
  var exponent = i32(top >> 23u) - i32(bottom >> 23u);
  if (top - 0x00800000u >= 0x7f000000u || bottom - 0x00800000u >= 0x7f000000u) {
    let undefined = top > 0x7f800000u || bottom > 0x7f800000u || (top == bottom && (top == 0u || top == 0x7f800000u));
    if (undefined) { return bitcast<f32>(0x7fc00000u | (sign & 0u)); }
    if (top == 0x7f800000u || bottom == 0u) { return bitcast<f32>(sign | 0x7f800000u); }
    if (top == 0u || bottom == 0x7f800000u) { return bitcast<f32>(sign); }
    if (top < 0x00800000u) {
      let up = countLeadingZeros(top) - 8u;
      dividend = top << up;
      exponent += 1 - i32(up);
    }
    if (bottom < 0x00800000u) {
      let up = countLeadingZeros(bottom) - 8u;
      divisor = bottom << up;
      exponent -= 1 - i32(up);
    }
  }
  let isLess = dividend < divisor;
  exponent += select(127, 126, isLess);
  // Both as numbers from 1 to 2.
  let inverse = 1.0 / bitcast<f32>(0x3f000000u + divisor);
  let guess = bitcast<f32>(0x3f000000u + dividend) * inverse * select(0x1p23, 0x1p24, isLess);
  var quotient = i32(guess);
  var rest = bitcast<i32>((dividend << select(23u, 24u, isLess)) - u32(quotient) * divisor);
  let off = i32(floor(f32(rest) * (inverse * 0x1p-23) + 0.5));
  quotient += off;
  rest -= off * i32(divisor);
  let above = 2 * rest > i32(divisor);
  let below = 2 * rest < -i32(divisor);
  quotient += select(0, 1, above) - select(0, 1, below);
  if (exponent > 254) { return bitcast<f32>(sign | 0x7f800000u); }
  if (exponent > 0) { return bitcast<f32>(sign | (u32(exponent) << 23u) | (u32(quotient) & 0x007fffffu)); }
  if (exponent < -24) { return bitcast<f32>(sign); }
  // A subnormal result is rounded once, from the whole part of the quotient and whether anything is left of it.
  rest += select(0, i32(divisor), below) - select(0, i32(divisor), above);
  let whole = u32(quotient) - select(0u, 1u, rest < 0);
  let down = u32(1 - exponent);
  let kept = whole >> down;
  let cut = whole & ((1u << down) - 1u);
  let half = 1u << (down - 1u);
  let up = cut > half || (cut == half && (rest != 0 || (kept & 1u) != 0u));
  return bitcast<f32>(sign | (kept + select(0u, 1u, up)));
}
`;

/** The correctly rounded root, in the same way: what a whole root leaves of the number says how far it is off. */
const ROOT = `
fn strict_root1(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  var number = (bits & 0x007fffffu) | 0x00800000u;
  var exponent = i32(bits >> 23u) - 127;
  if (bits - 0x00800000u >= 0x7f000000u) {
    if ((bits & 0x7fffffffu) == 0u || bits == 0x7f800000u) { return x; }
    if (bits > 0x7f800000u) { return bitcast<f32>(0x7fc00000u | (bits & 0u)); }
    let up = countLeadingZeros(bits) - 8u;
    number = bits << up;
    exponent = -126 - i32(up);
  }
  let odd = u32(exponent) & 1u;
  var root = i32(sqrt(bitcast<f32>((0x3f000000u + number) + (odd << 23u))) * 0x1p23);
  var rest = bitcast<i32>((number << (23u + odd)) - u32(root) * u32(root));
  let off = i32(floor(f32(rest) / f32(2 * root) + 0.5));
  rest -= off * (2 * root + off);
  root += off;
  root += select(0, 1, rest > root) - select(0, 1, rest <= -root);
  return bitcast<f32>((u32((exponent >> 1u) + 127) << 23u) | (u32(root) & 0x007fffffu));
}
`;

/** Functions in which operators and built-in functions are those of the device: they need no more than a guess. */
export const GUESSING: ReadonlySet<string> = new Set(['strict_divide1', 'strict_root1']);

const UNPACK = `
fn strict_byte(packed: u32, shift: u32) -> f32 { return f32((packed >> shift) & 255u) / 255.0; }
fn strict_unpack4x8unorm(packed: u32) -> vec4<f32> {
  return vec4<f32>(strict_byte(packed, 0u), strict_byte(packed, 8u), strict_byte(packed, 16u), strict_byte(packed, 24u));
}
fn strict_signedByte(packed: u32, up: u32) -> f32 { return max(f32(bitcast<i32>(packed << up) >> 24u) / 127.0, -1.0); }
fn strict_unpack4x8snorm(packed: u32) -> vec4<f32> {
  return vec4<f32>(
    strict_signedByte(packed, 24u), strict_signedByte(packed, 16u), strict_signedByte(packed, 8u), strict_signedByte(packed, 0u));
}
fn strict_unpack2x16unorm(packed: u32) -> vec2<f32> {
  return vec2<f32>(f32(packed & 65535u) / 65535.0, f32(packed >> 16u) / 65535.0);
}
fn strict_unpack2x16snorm(packed: u32) -> vec2<f32> {
  return vec2<f32>(
    max(f32(bitcast<i32>(packed << 16u) >> 16u) / 32767.0, -1.0), max(f32(bitcast<i32>(packed) >> 16u) / 32767.0, -1.0));
}
fn strict_half(half: u32) -> f32 {
  let magnitude = (half & 0x7fffu) << 13u;
  let scaled = bitcast<u32>(bitcast<f32>(magnitude) * 0x1p112);
  let widened = select(scaled, magnitude | 0x7f800000u, magnitude >= 0x0f800000u);
  return bitcast<f32>(widened | ((half & 0x8000u) << 16u));
}
fn strict_unpack2x16float(packed: u32) -> vec2<f32> {
  return vec2<f32>(strict_half(packed & 65535u), strict_half(packed >> 16u));
}
`;

/** The text of all definitions. */
export const DEFINITIONS = [
  DIVIDE,
  ROOT,
  laneByLane('strict_divide', 2),
  laneByLane('strict_root', 1),
  forAll('strict_remainder', 'a: T, b: T', 'return a - b * trunc(a / b);'),
  forAll('strict_inverseSqrt', 'x: T', 'return T(1.0) / sqrt(x);'),
  forAll('strict_fract', 'x: T', 'return x - floor(x);'),
  forAll('strict_clamp', 'x: T, low: T, high: T', 'return min(max(x, low), high);'),
  forAll('strict_saturate', 'x: T', 'return min(max(x, T(0.0)), T(1.0));'),
  forAll('strict_step', 'edge: T, x: T', 'return select(T(0.0), T(1.0), edge <= x);'),
  forAll('strict_mix', 'a: T, b: T, t: T', 'return a * (T(1.0) - t) + b * t;'),
  forAll(
    'strict_smoothstep',
    'low: T, high: T, x: T',
    'let t = min(max((x - low) / (high - low), T(0.0)), T(1.0)); return t * t * (T(3.0) - T(2.0) * t);',
  ),
  forAll('strict_degrees', 'x: T', `return x * T(${Math.fround(180 / Math.PI)});`),
  forAll('strict_radians', 'x: T', `return x * T(${Math.fround(Math.PI / 180)});`),
  forVectors((type, size) => `fn strict_dot${size}(a: ${type}, b: ${type}) -> f32 { return ${dotText(size)}; }\n`),
  'fn strict_length1(x: f32) -> f32 { return abs(x); }\n',
  'fn strict_distance1(a: f32, b: f32) -> f32 { return abs(a - b); }\n',
  forVectors((type, size) => `fn strict_length${size}(v: ${type}) -> f32 { return sqrt(dot(v, v)); }\n`),
  forVectors((type, size) => `fn strict_distance${size}(a: ${type}, b: ${type}) -> f32 { return length(a - b); }\n`),
  forVectors((type, size) => `fn strict_normalize${size}(v: ${type}) -> ${type} { return v / length(v); }\n`),
  forVectors(
    (type, size) =>
      `fn strict_reflect${size}(i: ${type}, n: ${type}) -> ${type} { return i - (2.0 * dot(n, i)) * n; }\n`,
  ),
  forVectors(
    (type, size) => `fn strict_refract${size}(i: ${type}, n: ${type}, ratio: f32) -> ${type} {
  let cosine = dot(n, i);
  let k = 1.0 - ratio * ratio * (1.0 - cosine * cosine);
  return select(ratio * i - (ratio * cosine + sqrt(k)) * n, ${type}(0.0), k < 0.0);
}\n`,
  ),
  forVectors(
    (type, size) =>
      `fn strict_faceForward${size}(n: ${type}, i: ${type}, r: ${type}) -> ${type} { return select(-n, n, dot(r, i) < 0.0); }\n`,
  ),
  `fn strict_cross3(a: vec3<f32>, b: vec3<f32>) -> vec3<f32> {
  return vec3<f32>(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x);
}\n`,
  UNPACK,
].join('');
