import { EDGE_FLOATS, assertSame, floatOfWord, kernelFunctions, pairs, randomWords, show } from './kernelFunctions.js';

const f = Math.fround;
const SIZES = [1, 2, 3, 4] as const;
const typeOf = (size: number, scalar = 'f32') => (size === 1 ? scalar : `vec${size}<${scalar}>`);
const lesser = (a: number, b: number) => (b < a ? b : a);
const greater = (a: number, b: number) => (a < b ? b : a);
const roundToEven = (x: number) => {
  if (!Number.isFinite(x) || Math.abs(x) >= 8388608) return x;
  const low = Math.floor(x);
  const rounded = x - low < 0.5 || (x - low === 0.5 && low % 2 === 0) ? low : low + 1;
  return rounded === 0 ? (Object.is(x, -0) || x < 0 ? -0 : 0) : rounded;
};

// The reference: WGSL's definitions in float32, one rounding per operation.
const UNARY: Record<string, [expression: string, reference: (x: number) => number]> = {
  negate: ['-x', (x) => -x],
  abs: ['abs(x)', Math.abs],
  floor: ['floor(x)', Math.floor],
  ceil: ['ceil(x)', Math.ceil],
  trunc: ['trunc(x)', Math.trunc],
  round: ['round(x)', roundToEven],
  fract: ['fract(x)', (x) => f(x - Math.floor(x))],
  sqrt: ['sqrt(x)', (x) => f(Math.sqrt(x))],
  inverseSqrt: ['inverseSqrt(x)', (x) => f(1 / f(Math.sqrt(x)))],
  sign: ['sign(x)', (x) => (x > 0 ? 1 : x < 0 ? -1 : 0)],
  saturate: ['saturate(x)', (x) => lesser(greater(x, 0), 1)],
  degrees: ['degrees(x)', (x) => f(x * f(180 / Math.PI))],
  radians: ['radians(x)', (x) => f(x * f(Math.PI / 180))],
};
const BINARY: Record<string, [expression: string, reference: (x: number, y: number) => number]> = {
  add: ['x + y', (x, y) => f(x + y)],
  subtract: ['x - y', (x, y) => f(x - y)],
  multiply: ['x * y', (x, y) => f(x * y)],
  divide: ['x / y', (x, y) => f(x / y)],
  remainder: ['x % y', (x, y) => f(x - f(y * Math.trunc(f(x / y))))],
  min: ['min(x, y)', lesser],
  max: ['max(x, y)', greater],
  step: ['step(x, y)', (x, y) => (x <= y ? 1 : 0)],
};
const TERNARY: Record<string, [expression: string, reference: (x: number, y: number, z: number) => number]> = {
  clamp: ['clamp(x, y, z)', (x, y, z) => lesser(greater(x, y), z)],
  mix: ['mix(x, y, z)', (x, y, z) => f(f(x * f(1 - z)) + f(y * z))],
  smoothstep: [
    'smoothstep(x, y, z)',
    (x, y, z) => {
      const t = lesser(greater(f(f(z - x) / f(y - x)), 0), 1);
      return f(f(t * t) * f(3 - f(2 * t)));
    },
  ],
  // A chain whose order matters: nothing may be fused or reassociated.
  chain: ['x * y + z * x - (y - z)', (x, y, z) => f(f(f(x * y) + f(z * x)) - f(y - z))],
  selectByComparison: ['select(x, y, x < z)', (x, y, z) => (x < z ? y : x)],
};
const COMPARISONS: Record<string, [operator: string, reference: (x: number, y: number) => boolean]> = {
  equal: ['==', (x, y) => x === y],
  notEqual: ['!=', (x, y) => x !== y],
  less: ['<', (x, y) => x < y],
  lessEqual: ['<=', (x, y) => x <= y],
  greater: ['>', (x, y) => x > y],
  greaterEqual: ['>=', (x, y) => x >= y],
};

/** Spreads the lanes of a test over a vector: lane i gets the i-th value after `at`. */
function lanesFrom<T>(values: readonly T[], at: number, size: number): T | T[] {
  return size === 1 ? values[at]! : Array.from({ length: size }, (_, lane) => values[(at + lane) % values.length]!);
}
const perLane = (operands: (unknown | unknown[])[], reference: (...values: never[]) => unknown): unknown =>
  Array.isArray(operands[0])
    ? operands[0].map((_, lane) => reference(...(operands.map((operand) => (operand as unknown[])[lane]) as never[])))
    : reference(...(operands as never[]));

describe('float operations of compiled kernels', () => {
  const edges = pairs(EDGE_FLOATS);
  for (const size of SIZES) {
    const type = typeOf(size);
    it(`unary operations on ${type}`, () => {
      const call = kernelFunctions(
        Object.entries(UNARY)
          .map(([name, [expression]]) => `fn ${name}_(x: ${type}) -> ${type} { return ${expression}; }`)
          .join('\n'),
      );
      for (const [name, [, reference]] of Object.entries(UNARY)) {
        for (let at = 0; at < EDGE_FLOATS.length; at++) {
          const x = lanesFrom(EDGE_FLOATS, at, size);
          assertSame(call(`${name}_`, x), perLane([x], reference), `${name}(${show(x)})`);
        }
      }
    });

    it(`binary operations on ${type}`, () => {
      const call = kernelFunctions(
        Object.entries(BINARY)
          .map(([name, [expression]]) => `fn ${name}_(x: ${type}, y: ${type}) -> ${type} { return ${expression}; }`)
          .join('\n'),
      );
      for (const [name, [, reference]] of Object.entries(BINARY)) {
        for (let at = 0; at < edges.length; at += size) {
          const picked = lanesFrom(edges, at, size);
          const [x, y] =
            size === 1
              ? (picked as [number, number])
              : [
                  (picked as [number, number][]).map((pair) => pair[0]),
                  (picked as [number, number][]).map((pair) => pair[1]),
                ];
          assertSame(call(`${name}_`, x, y), perLane([x, y], reference), `${name}(${show(x)}, ${show(y)})`);
        }
      }
    });

    it(`comparisons on ${type}`, () => {
      const call = kernelFunctions(
        Object.entries(COMPARISONS)
          .map(
            ([name, [operator]]) =>
              `fn ${name}(x: ${type}, y: ${type}) -> ${typeOf(size, 'bool')} { return x ${operator} y; }`,
          )
          .join('\n'),
      );
      for (const [name, [, reference]] of Object.entries(COMPARISONS)) {
        for (let at = 0; at < edges.length; at += size) {
          const picked = lanesFrom(edges, at, size);
          const [x, y] =
            size === 1
              ? (picked as [number, number])
              : [
                  (picked as [number, number][]).map((pair) => pair[0]),
                  (picked as [number, number][]).map((pair) => pair[1]),
                ];
          assertSame(call(name, x, y), perLane([x, y], reference), `${name}(${show(x)}, ${show(y)})`);
        }
      }
    });

    it(`ternary operations on ${type}, random bits`, () => {
      const call = kernelFunctions(
        Object.entries(TERNARY)
          .map(
            ([name, [expression]]) =>
              `fn ${name}_(x: ${type}, y: ${type}, z: ${type}) -> ${type} { return ${expression}; }`,
          )
          .join('\n'),
      );
      const word = randomWords(size);
      const draw = () =>
        word() % 3 === 0
          ? EDGE_FLOATS[(word() >>> 0) % EDGE_FLOATS.length]!
          : word() % 2 === 0
            ? floatOfWord(word())
            : f((word() % 4096) / 512);
      for (const [name, [, reference]] of Object.entries(TERNARY)) {
        for (let trial = 0; trial < 400; trial++) {
          const operands = [0, 1, 2].map(() => (size === 1 ? draw() : Array.from({ length: size }, draw)));
          assertSame(call(`${name}_`, ...operands), perLane(operands, reference), `${name}(${show(operands)})`);
        }
      }
    });
  }

  it('a scalar beside a vector, on either side', () => {
    const operators = ['+', '-', '*', '/', '%'];
    const sources = [2, 3, 4].flatMap((size) =>
      operators.map(
        (operator, index) => `
      fn right${size}_${index}(v: vec${size}f, s: f32) -> vec${size}f { return v ${operator} s; }
      fn left${size}_${index}(v: vec${size}f, s: f32) -> vec${size}f { return s ${operator} v; }`,
      ),
    );
    const call = kernelFunctions(sources.join('\n'));
    const references = Object.values(BINARY)
      .slice(0, 5)
      .map(([, reference]) => reference);
    for (const size of [2, 3, 4]) {
      operators.forEach((_, index) => {
        for (let at = 0; at < EDGE_FLOATS.length; at++) {
          const v = lanesFrom(EDGE_FLOATS, at, size) as number[];
          for (const s of [0, -0, 3, f(0.1), Infinity]) {
            assertSame(
              call(`right${size}_${index}`, v, s),
              v.map((x) => references[index]!(x, s)),
              `${show(v)} ${operators[index]} ${s}`,
            );
            assertSame(
              call(`left${size}_${index}`, v, s),
              v.map((x) => references[index]!(s, x)),
              `${s} ${operators[index]} ${show(v)}`,
            );
          }
        }
      });
    }
  });

  it('sums of products in the order stated: dot, length, distance, normalize, cross, reflect, refract, faceForward', () => {
    const dot = (a: number[], b: number[]) => a.map((x, i) => f(x * b[i]!)).reduce((sum, term) => f(sum + term));
    const length = (v: number[]) => f(Math.sqrt(dot(v, v)));
    const word = randomWords(77);
    const draw = () => (word() % 8 === 0 ? floatOfWord(word()) : f((word() % 100000) / 8192));
    for (const size of [2, 3, 4]) {
      const v = `vec${size}f`;
      const call = kernelFunctions(`
        fn dot_(a: ${v}, b: ${v}) -> f32 { return dot(a, b); }
        fn length_(a: ${v}) -> f32 { return length(a); }
        fn distance_(a: ${v}, b: ${v}) -> f32 { return distance(a, b); }
        fn normalize_(a: ${v}) -> ${v} { return normalize(a); }
        fn reflect_(a: ${v}, b: ${v}) -> ${v} { return reflect(a, b); }
        fn refract_(a: ${v}, b: ${v}, r: f32) -> ${v} { return refract(a, b, r); }
        fn faceForward_(a: ${v}, b: ${v}, c: ${v}) -> ${v} { return faceForward(a, b, c); }
        fn mixScalar_(a: ${v}, b: ${v}, t: f32) -> ${v} { return mix(a, b, t); }
        ${size === 3 ? 'fn cross_(a: vec3f, b: vec3f) -> vec3f { return cross(a, b); }' : ''}`);
      for (let trial = 0; trial < 300; trial++) {
        const [a, b, c] = [0, 1, 2].map(() => Array.from({ length: size }, draw)) as [number[], number[], number[]];
        const ratio = draw();
        assertSame(call('dot_', a, b), dot(a, b), `dot(${show(a)}, ${show(b)})`);
        assertSame(call('length_', a), length(a), `length(${show(a)})`);
        assertSame(call('distance_', a, b), length(a.map((x, i) => f(x - b[i]!))), 'distance');
        assertSame(
          call('normalize_', a),
          a.map((x) => f(x / length(a))),
          'normalize',
        );
        assertSame(
          call('reflect_', a, b),
          a.map((x, i) => f(x - f(f(2 * dot(b, a)) * b[i]!))),
          'reflect',
        );
        assertSame(
          call('mixScalar_', a, b, ratio),
          a.map((x, i) => f(f(x * f(1 - ratio)) + f(b[i]! * ratio))),
          'mix by a scalar',
        );
        assertSame(
          call('faceForward_', a, b, c),
          a.map((x) => (dot(c, b) < 0 ? x : -x)),
          'faceForward',
        );
        const cosine = dot(b, a);
        const k = f(1 - f(f(ratio * ratio) * f(1 - f(cosine * cosine))));
        const along = f(f(ratio * cosine) + f(Math.sqrt(k)));
        assertSame(
          call('refract_', a, b, ratio),
          a.map((x, i) => (k < 0 ? 0 : f(f(ratio * x) - f(along * b[i]!)))),
          'refract',
        );
        if (size !== 3) continue;
        const component = (i: number, j: number) => f(f(a[i]! * b[j]!) - f(a[j]! * b[i]!));
        assertSame(call('cross_', a, b), [component(1, 2), component(2, 0), component(0, 1)], 'cross');
      }
    }
  });

  it('shows one NaN only: through bitcast, results and storage', () => {
    const call = kernelFunctions(`
      fn bits(x: f32, y: f32) -> u32 { return bitcast<u32>(x / y); }
      fn negated(x: f32, y: f32) -> u32 { return bitcast<u32>(-(x / y)); }
      fn four(x: vec4f, y: vec4f) -> vec4u { return bitcast<vec4u>(-(x / y)); }
      fn back(x: u32) -> u32 { return bitcast<u32>(bitcast<f32>(x)); }`);
    assertSame(call('bits', 0, 0), 0x7fc00000, '0 / 0');
    assertSame(call('negated', 0, 0), 0x7fc00000, '-(0 / 0)');
    assertSame(call('negated', Infinity, -Infinity), 0x7fc00000, '-(inf / -inf)');
    assertSame(call('four', [0, 1, -0, 3], [0, 0, 2, 0]), [0x7fc00000, 0xff800000, 0, 0xff800000], 'four lanes');
    assertSame(call('back', 0xffc12345), 0x7fc00000, 'a NaN of another sign and payload');
    assertSame(call('back', 0x80000001), 0x80000001, 'a subnormal');
  });
});
