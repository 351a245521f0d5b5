import type { HostValue } from '../../../renderer/compiler/hostValues.js';
import {
  EDGE_FLOATS,
  EDGE_INTEGERS,
  assertSame,
  floatOfWord,
  kernelFunctions,
  pairs,
  randomWords,
  show,
} from './kernelFunctions.js';

type Signed = 'i32' | 'u32';
const typeOf = (size: number, scalar: string) => (size === 1 ? scalar : `vec${size}<${scalar}>`);
const settle = (value: number, scalar: Signed) => (scalar === 'i32' ? value | 0 : value >>> 0);

/** WGSL's integer operations on 32-bit patterns. */
function reference(operator: string, a: number, b: number, scalar: Signed): number {
  const [x, y] = [settle(a, scalar), settle(b, scalar)];
  switch (operator) {
    case '+':
      return settle(x + y, scalar);
    case '-':
      return settle(x - y, scalar);
    case '*':
      return settle(Math.imul(x, y), scalar);
    case '/':
      return y === 0 ? x : settle(Math.trunc(x / y), scalar);
    case '%':
      return y === 0 || (x === -0x80000000 && y === -1) ? 0 : settle(x - Math.trunc(x / y) * y, scalar);
    case '&':
      return settle(x & y, scalar);
    case '|':
      return settle(x | y, scalar);
    case '^':
      return settle(x ^ y, scalar);
    case '<<':
      return settle(x << (y & 31), scalar);
    case '>>':
      return scalar === 'i32' ? x >> (y & 31) : x >>> (y & 31);
    case 'min':
      return Math.min(x, y);
    default:
      return Math.max(x, y);
  }
}
const OPERATORS = ['+', '-', '*', '/', '%', '&', '|', '^', '<<', '>>', 'min', 'max'];
const COMPARISONS: [string, (x: number, y: number) => boolean][] = [
  ['==', (x, y) => x === y],
  ['!=', (x, y) => x !== y],
  ['<', (x, y) => x < y],
  ['<=', (x, y) => x <= y],
  ['>', (x, y) => x > y],
  ['>=', (x, y) => x >= y],
];
const countOnes = (x: number) => [...(x >>> 0).toString(2)].filter((digit) => digit === '1').length;
const trailingZeros = (x: number) => (x === 0 ? 32 : 31 - Math.clz32(x & -x));
const reversed = (x: number) => parseInt([...(x >>> 0).toString(2).padStart(32, '0')].reverse().join(''), 2);

describe('integer operations of compiled kernels', () => {
  for (const scalar of ['i32', 'u32'] as const) {
    for (const size of [1, 2, 3, 4]) {
      const type = typeOf(size, scalar);
      const spread = (list: number[], at: number): HostValue =>
        size === 1
          ? settle(list[at]!, scalar)
          : Array.from({ length: size }, (_, lane) => settle(list[(at + lane) % list.length]!, scalar));
      const each = (operands: HostValue[], compute: (...values: number[]) => unknown) =>
        Array.isArray(operands[0])
          ? operands[0].map((_, lane) => compute(...operands.map((operand) => (operand as number[])[lane]!)))
          : compute(...(operands as number[]));
      const combinations = pairs(EDGE_INTEGERS);

      it(`binary operations on ${type}`, () => {
        const amount = typeOf(size, 'u32');
        const sources = OPERATORS.map((operator, index) => {
          const expression = /[a-z]/.test(operator) ? `${operator}(x, y)` : `x ${operator} y`;
          return `fn f${index}(x: ${type}, y: ${operator === '<<' || operator === '>>' ? amount : type}) -> ${type} { return ${expression}; }`;
        });
        const call = kernelFunctions(sources.join('\n'));
        OPERATORS.forEach((operator, index) => {
          const left = combinations.map(([a]) => a);
          const right = combinations.map(([, b]) => b);
          for (let at = 0; at < combinations.length; at += size) {
            const [x, y] = [spread(left, at), spread(right, at)];
            const shown = operator === '<<' || operator === '>>' ? (each([y], (value) => value >>> 0) as HostValue) : y;
            assertSame(
              call(`f${index}`, x, shown),
              each([x, shown], (a, b) => reference(operator, a, b, scalar)),
              `${show(x)} ${operator} ${show(y)}`,
            );
          }
        });
      });

      it(`comparisons and unary operations on ${type}`, () => {
        const unary: [string, (x: number) => number][] = [
          ['~x', (x) => settle(~x, scalar)],
          ['abs(x)', (x) => settle(scalar === 'i32' ? Math.abs(x) : x, scalar)],
          ['countOneBits(x)', countOnes],
          ['countLeadingZeros(x)', (x) => Math.clz32(x)],
          ['countTrailingZeros(x)', trailingZeros],
          ['reverseBits(x)', (x) => settle(reversed(x), scalar)],
          [
            'firstLeadingBit(x)',
            (x) => settle(scalar === 'i32' && x < 0 ? 31 - Math.clz32(~x) : 31 - Math.clz32(x), scalar),
          ],
          ['firstTrailingBit(x)', (x) => settle(x === 0 ? -1 : trailingZeros(x), scalar)],
          ['x << 3u'.replace('3u', size === 1 ? '3u' : `vec${size}u(3u)`), (x) => settle(x << 3, scalar)],
          [
            'x >> 5u'.replace('5u', size === 1 ? '5u' : `vec${size}u(5u)`),
            (x) => (scalar === 'i32' ? x >> 5 : x >>> 5),
          ],
          [
            'clamp(x, LOW, HIGH)'.replace('LOW', `${type}(2)`).replace('HIGH', `${type}(40)`),
            (x) => Math.min(Math.max(x, 2), 40),
          ],
          ...(scalar === 'i32'
            ? ([
                ['-x', (x) => -x | 0],
                ['sign(x)', Math.sign],
              ] as [string, (x: number) => number][])
            : []),
        ];
        const bools = typeOf(size, 'bool');
        const call = kernelFunctions(
          [
            ...unary.map(([expression], index) => `fn u${index}(x: ${type}) -> ${type} { return ${expression}; }`),
            ...COMPARISONS.map(
              ([operator], index) => `fn c${index}(x: ${type}, y: ${type}) -> ${bools} { return x ${operator} y; }`,
            ),
          ].join('\n'),
        );
        unary.forEach(([expression, compute], index) => {
          for (let at = 0; at < EDGE_INTEGERS.length; at++) {
            const x = spread([...EDGE_INTEGERS], at);
            assertSame(call(`u${index}`, x), each([x], compute), `${expression} of ${show(x)}`);
          }
        });
        COMPARISONS.forEach(([operator, compute], index) => {
          for (let at = 0; at < combinations.length; at += size) {
            const [x, y] = [
              spread(
                combinations.map(([a]) => a),
                at,
              ),
              spread(
                combinations.map(([, b]) => b),
                at,
              ),
            ];
            assertSame(call(`c${index}`, x, y), each([x, y], compute), `${show(x)} ${operator} ${show(y)}`);
          }
        });
      });
    }

    it(`bit fields of ${scalar}`, () => {
      const call = kernelFunctions(`
        fn extract(x: ${scalar}, offset: u32, count: u32) -> ${scalar} { return extractBits(x, offset, count); }
        fn insert(x: ${scalar}, field: ${scalar}, offset: u32, count: u32) -> ${scalar} { return insertBits(x, field, offset, count); }`);
      for (const x of EDGE_INTEGERS) {
        for (const offset of [0, 1, 7, 16, 31, 32, 40]) {
          for (const count of [0, 1, 5, 16, 31, 32, 50]) {
            const begin = Math.min(offset, 32);
            const width = Math.min(count, 32 - begin);
            const mask = width === 32 ? -1 : (1 << width) - 1;
            const field = width === 0 ? 0 : (x >>> begin) & mask;
            const extended =
              scalar === 'i32' && width > 0 && width < 32 ? (field << (32 - width)) >> (32 - width) : field;
            assertSame(
              call('extract', settle(x, scalar), offset, count),
              settle(extended, scalar),
              `extractBits(${x}, ${offset}, ${count})`,
            );
            const placed = begin === 32 ? 0 : mask << begin;
            const inserted = width === 0 ? x : (x & ~placed) | ((0x2bcdef01 << begin) & placed);
            assertSame(
              call('insert', settle(x, scalar), 0x2bcdef01, offset, count),
              settle(inserted, scalar),
              `insertBits(${x}, ${offset}, ${count})`,
            );
          }
        }
      }
    });
  }

  it('dot of integers wraps', () => {
    const call = kernelFunctions(
      'fn d(a: vec4<i32>, b: vec4<i32>) -> i32 { return dot(a, b); } fn e(a: vec3u, b: vec3u) -> u32 { return dot(a, b); }',
    );
    assertSame(call('d', [0x7fffffff, 2, -3, 4], [2, 0x7fffffff, 5, -1]), (-2 + -2 - 15 - 4) | 0, 'dot of vec4<i32>');
    assertSame(call('e', [0x80000000, 3, 5], [2, 0x55555555, 1]), (0 + 0xffffffff + 5) >>> 0, 'dot of vec3<u32>');
  });
});

describe('conversions of compiled kernels', () => {
  const f = Math.fround;
  const toInteger = (x: number, low: number, high: number) =>
    Number.isNaN(x) ? 0 : Math.min(Math.max(Math.trunc(x), low), high) + 0;
  for (const size of [1, 2, 3, 4]) {
    it(`between scalars, ${size} lanes`, () => {
      const [F, I, U, B] = ['f32', 'i32', 'u32', 'bool'].map((scalar) => typeOf(size, scalar));
      const call = kernelFunctions(`
        fn fi(x: ${F}) -> ${I} { return ${I}(x); } fn fu(x: ${F}) -> ${U} { return ${U}(x); } fn fb(x: ${F}) -> ${B} { return ${B}(x); }
        fn if_(x: ${I}) -> ${F} { return ${F}(x); } fn iu(x: ${I}) -> ${U} { return ${U}(x); } fn ib(x: ${I}) -> ${B} { return ${B}(x); }
        fn uf(x: ${U}) -> ${F} { return ${F}(x); } fn ui(x: ${U}) -> ${I} { return ${I}(x); } fn ub(x: ${U}) -> ${B} { return ${B}(x); }
        fn bf(x: ${B}) -> ${F} { return ${F}(x); } fn bi(x: ${B}) -> ${I} { return ${I}(x); } fn bu(x: ${B}) -> ${U} { return ${U}(x); }
        fn castIf(x: ${I}) -> ${F} { return bitcast<${F}>(x); } fn castFi(x: ${F}) -> ${I} { return bitcast<${I}>(x); } fn castUi(x: ${U}) -> ${I} { return bitcast<${I}>(x); }`);
      const check = (name: string, x: number | boolean, expected: unknown) => {
        const [value, result] =
          size === 1
            ? [x, expected]
            : [Array.from({ length: size }, () => x), Array.from({ length: size }, () => expected)];
        assertSame(call(name, value), result, `${name}(${show(x)})`);
      };
      for (const x of [...EDGE_FLOATS, 0.99999994, -0.99999994, 4294967295, 3e9, -3e9].map(f)) {
        check('fi', x, toInteger(x, -0x80000000, 0x7fffffff));
        check('fu', x, toInteger(x, 0, 0xffffffff));
        check('fb', x, x !== 0);
        check('castFi', x, Number.isNaN(x) ? 0x7fc00000 : new Int32Array(Float32Array.of(x).buffer)[0]);
      }
      for (const x of [...EDGE_INTEGERS, 16777217, 16777219, -16777217, 0x7fffffc0, 0x7fffffbf]) {
        check('if_', x, f(x));
        check('iu', x, x >>> 0);
        check('ib', x, x !== 0);
        check('uf', x >>> 0, f(x >>> 0));
        check('ui', x >>> 0, x);
        check('ub', x >>> 0, x !== 0);
        check('castIf', x, floatOfWord(x));
        check('castUi', x >>> 0, x);
      }
      for (const x of [true, false]) {
        check('bf', x, Number(x));
        check('bi', x, Number(x));
        check('bu', x, Number(x));
      }
    });
  }

  it('unpacks fields of a word', () => {
    const call = kernelFunctions(`
      fn a(x: u32) -> vec4f { return unpack4x8unorm(x); } fn b(x: u32) -> vec4f { return unpack4x8snorm(x); }
      fn c(x: u32) -> vec2f { return unpack2x16unorm(x); } fn d(x: u32) -> vec2f { return unpack2x16snorm(x); } fn e(x: u32) -> vec2f { return unpack2x16float(x); }`);
    const word = randomWords(5);
    const half = (bits: number) => {
      const [sign, exponent, mantissa] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
      if (exponent === 31) return mantissa === 0 ? sign * Infinity : NaN;
      return exponent === 0 ? sign * mantissa * 2 ** -24 : sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
    };
    for (let trial = 0; trial < 500; trial++) {
      const x =
        trial < 16
          ? [
              0, -1, 0x80808080, 0x7f7f7f7f, 0x80008000, 0x7fff7fff, 0x00010001, 0x03ff0400, 0x7bff7c00, 0xfc00fe00, 1,
              2, 3, 4, 5, 6,
            ][trial]!
          : word();
      const bytes = [0, 8, 16, 24].map((shift) => (x >>> shift) & 255);
      const halves = [x & 0xffff, x >>> 16];
      assertSame(
        call('a', x >>> 0),
        bytes.map((byte) => f(byte / 255)),
        `unpack4x8unorm(${x})`,
      );
      assertSame(
        call('b', x >>> 0),
        bytes.map((byte) => Math.max(f(((byte << 24) >> 24) / 127), -1)),
        `unpack4x8snorm(${x})`,
      );
      assertSame(
        call('c', x >>> 0),
        halves.map((value) => f(value / 65535)),
        `unpack2x16unorm(${x})`,
      );
      assertSame(
        call('d', x >>> 0),
        halves.map((value) => Math.max(f(((value << 16) >> 16) / 32767), -1)),
        `unpack2x16snorm(${x})`,
      );
      assertSame(call('e', x >>> 0), halves.map(half), `unpack2x16float(${x})`);
    }
  });
});
