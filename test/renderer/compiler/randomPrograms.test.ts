import fc from 'fast-check';
import { propertyParameters } from '../../support/propertySeed.js';
import { EDGE_FLOATS, EDGE_INTEGERS, assertSame, kernelFunctions } from './kernelFunctions.js';

// Random straight-line programs over float and integer variables, run by a reference in TypeScript and as compiled
// kernels, optimised and not.

const f = Math.fround;
type Values = { floats: number[]; ints: number[] };
interface Step {
  text: string;
  run(values: Values): void;
}

const FLOAT_STEPS: [
  text: (d: number, a: number, b: number, c: number) => string,
  run: (a: number, b: number, c: number) => number,
][] = [
  [(d, a, b) => `f${d} = f${a} + f${b};`, (a, b) => f(a + b)],
  [(d, a, b) => `f${d} = f${a} - f${b};`, (a, b) => f(a - b)],
  [(d, a, b) => `f${d} = f${a} * f${b};`, (a, b) => f(a * b)],
  [(d, a, b) => `f${d} = f${a} / f${b};`, (a, b) => f(a / b)],
  [(d, a, b, c) => `f${d} = f${a} * f${b} + f${c};`, (a, b, c) => f(f(a * b) + c)],
  [(d, a, b) => `f${d} = min(f${a}, f${b});`, (a, b) => (b < a ? b : a)],
  [(d, a, b) => `f${d} = max(f${a}, f${b});`, (a, b) => (a < b ? b : a)],
  [(d, a) => `f${d} = sqrt(abs(f${a}));`, (a) => f(Math.sqrt(Math.abs(a)))],
  [(d, a) => `f${d} = floor(f${a}) - f${a};`, (a) => f(Math.floor(a) - a)],
  [(d, a, b, c) => `f${d} = select(f${a}, f${b}, f${c} > 0.5);`, (a, b, c) => (c > 0.5 ? b : a)],
  [
    (d, a, b, c) => `if (f${a} < f${b}) { f${d} = f${c} * 2; } else { f${d} = f${a} - 0.5; }`,
    (a, b, c) => (a < b ? f(c * 2) : f(a - 0.5)),
  ],
  [
    (d, a, b, c) => `f${d} = dot(vec4f(f${a}, f${b}, f${c}, 1), vec4f(f${b}, 2, f${a}, f${c}));`,
    (a, b, c) => f(f(f(f(a * b) + f(b * 2)) + f(c * a)) + c),
  ],
  [(d, a, b, c) => `f${d} = (vec3f(f${a}, f${b}, f${c}) * f${a} - vec3f(f${b})).zxy.y;`, (a, b) => f(f(a * a) - b)],
  [
    (d, a, b) => `f${d} = bitcast<f32>(bitcast<u32>(f${a}) ^ (bitcast<u32>(f${b}) & 0x80000000u));`,
    (a, b) => {
      const bits = (x: number) => (Number.isNaN(x) ? 0x7fc00000 : new Int32Array(Float32Array.of(x).buffer)[0]!);
      return new Float32Array(Int32Array.of(bits(a) ^ (bits(b) & 0x80000000)).buffer)[0]!;
    },
  ],
];
const INT_STEPS: [text: (d: number, a: number, b: number) => string, run: (a: number, b: number) => number][] = [
  [(d, a, b) => `i${d} = i${a} + i${b} * 3;`, (a, b) => (a + Math.imul(b, 3)) | 0],
  [(d, a, b) => `i${d} = i${a} / i${b};`, (a, b) => (b === 0 ? a : (a / b) | 0)],
  [(d, a, b) => `i${d} = i${a} % i${b};`, (a, b) => (b === 0 ? 0 : (a % b) | 0)],
  [(d, a, b) => `i${d} = (i${a} ^ i${b}) << (u32(i${b}) & 31u);`, (a, b) => (a ^ b) << (b & 31)],
  [(d, a, b) => `i${d} = i32(u32(i${a}) >> (u32(i${b}) % 32u));`, (a, b) => (a >>> ((b >>> 0) % 32)) | 0],
  [(d, a, b) => `i${d} = vec4i(i${a}, i${b}, 7, -1)[u32(i${a}) & 3u];`, (a, b) => [a, b, 7, -1][a & 3]!],
  [(d, a, b) => `for (var k = 0; k < 3; k++) { if (i${a} > i${b}) { i${d} += k; } else { i${d} -= 1; } }`, () => 0],
  [
    (d, a, b) =>
      `switch (i${a} & 3) { case 0: { i${d} = i${b}; } case 1, 2: { i${d} = ~i${b}; } default: { i${d} = 5; } }`,
    (a, b) => ((a & 3) === 0 ? b : (a & 3) < 3 ? ~b : 5),
  ],
];

const index = fc.nat({ max: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(fc.nat({ max: FLOAT_STEPS.length - 1 }), index, index, index, index).map(([kind, d, a, b, c]): Step => {
    const [text, run] = FLOAT_STEPS[kind]!;
    return { text: text(d, a, b, c), run: ({ floats }) => void (floats[d] = run(floats[a]!, floats[b]!, floats[c]!)) };
  }),
  fc.tuple(fc.nat({ max: INT_STEPS.length - 1 }), index, index, index).map(([kind, d, a, b]): Step => {
    const [text, run] = INT_STEPS[kind]!;
    if (kind === 6) {
      return {
        text: text(d, a, b),
        run: ({ ints }) => {
          for (let k = 0; k < 3; k++) ints[d] = ints[a]! > ints[b]! ? (ints[d]! + k) | 0 : (ints[d]! - 1) | 0;
        },
      };
    }
    return { text: text(d, a, b), run: ({ ints }) => void (ints[d] = run(ints[a]!, ints[b]!)) };
  }),
);

describe('random programs as compiled kernels', () => {
  it('do what the reference does, to the bit, optimised or not', () => {
    const inputs = fc.array(
      fc.record({
        floats: fc.array(fc.oneof(fc.constantFrom(...EDGE_FLOATS), fc.float()), { minLength: 4, maxLength: 4 }),
        ints: fc.array(fc.oneof(fc.constantFrom(...EDGE_INTEGERS), fc.integer()), { minLength: 4, maxLength: 4 }),
      }),
      { minLength: 4, maxLength: 12 },
    );
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), inputs, (steps, cases) => {
        const call = kernelFunctions(`
        struct Values { floats: vec4f, ints: vec4i }
        fn program(given: Values) -> Values {
          var f0 = given.floats.x; var f1 = given.floats.y; var f2 = given.floats.z; var f3 = given.floats.w;
          var i0 = given.ints.x; var i1 = given.ints.y; var i2 = given.ints.z; var i3 = given.ints.w;
          ${steps.map(({ text }) => text).join('\n          ')}
          return Values(vec4f(f0, f1, f2, f3), vec4i(i0, i1, i2, i3));
        }`);
        for (const given of cases) {
          const expected = { floats: [...given.floats], ints: [...given.ints] };
          for (const { run } of steps) run(expected);
          assertSame(call('program', given), expected, JSON.stringify(given));
        }
      }),
      propertyParameters(20),
    );
  }).timeout(120_000);
});
