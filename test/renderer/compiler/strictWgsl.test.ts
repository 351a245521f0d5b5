import assert from 'node:assert/strict';
import { compileKernel } from '../../../renderer/compiler/compileKernel.js';
import { compileStrict } from '../../../renderer/compiler/compileStrict.js';
import { instantiateKernel } from '../../../renderer/compiler/instantiateKernel.js';
import { joinSource } from '../../../renderer/compiler/SourceText.js';
import { auditStrict } from '../../../renderer/compiler/wgsl/auditStrict.js';
import { ZEROS } from '../../../renderer/compiler/wgsl/printStrict.js';
import { kernelSource } from '../../../renderer/kernels/kernelSource.js';
import { statisticsSeed } from '../../support/chiSquared.js';
import { assertSame, EDGE_FLOATS, floatOfWord, pairs, randomWords } from './kernelFunctions.js';
import { smallScene } from './smallScene.js';
import { bothWays, strictSource } from './strictKernels.js';

/** One float function for each thing that strict WGSL defines anew, of scalars `a`, `b`, `c`. */
const DEFINED = [
  ...['a / b', 'a % b', 'sqrt(a)', 'inverseSqrt(a)', 'fract(a)', 'clamp(a, b, c)', 'saturate(a)', 'step(a, b)'],
  ...['mix(a, b, c)', 'smoothstep(a, b, c)', 'degrees(a)', 'radians(a)', 'length(a)', 'distance(a, b)'],
  ...['dot(vec2f(a, b), vec2f(c, a))', 'dot(vec3f(a, b, c), vec3f(b, c, a))', 'dot(vec4f(a, b, c, 1), vec4f(b))'],
  ...['cross(vec3f(a, b, c), vec3f(b, a, 2)).y', 'length(vec3f(a, b, c))', 'distance(vec2f(a, b), vec2f(c))'],
  ...['normalize(vec3f(a, b, c)).x', 'reflect(vec3f(a, b, c), vec3f(c, a, b)).z', '(vec3f(a, b, c) / c).y'],
  ...['refract(vec2f(a, b), vec2f(b, c), c).x', 'faceForward(vec2f(a, b), vec2f(b, c), vec2f(a)).y'],
  ...['mix(vec3f(a), vec3f(b), c).z', '(vec4f(a, b, c, 1) % vec4f(b)).w', 'sqrt(vec4f(a, b, c, 1)).z', '(a / b) / c'],
  ...['unpack4x8unorm(bitcast<u32>(a)).y', 'unpack4x8snorm(bitcast<u32>(a)).x', 'unpack4x8snorm(bitcast<u32>(a)).w'],
  ...['unpack2x16unorm(bitcast<u32>(a)).y', 'unpack2x16snorm(bitcast<u32>(a)).x', 'unpack2x16float(bitcast<u32>(a)).x'],
  ...['unpack2x16float(bitcast<u32>(a)).y', 'a * b + c', '-(a - b) * c', 'f32(i32(clamp(a, -9, 9)))', 'floor(a + b)'],
];

describe('strict WGSL', () => {
  it('of the kernel keeps every name and exposes nothing', () => {
    const { text, bindings, entry } = compileStrict(kernelSource());
    const source = joinSource(kernelSource());
    const compiled = compileKernel({ source, optimize: false });
    assert.deepEqual(bindings, compiled.bindings);
    assert.equal(entry, compiled.entry);
    for (const [declared] of source.matchAll(/^(fn|struct) \w+/gm)) assert.ok(text.includes(`${declared}`), declared);
    assert.deepEqual(auditStrict(text), []);
    assert.ok(!/\d\.\d+(?!\d*p)/.test(text.replaceAll(/0x[0-9a-f.]+p-?\d+f/g, '')), 'no decimal fraction');
  });

  it('is found wanting by its audit wherever a result is laid bare', () => {
    const { text } = compileStrict(kernelSource());
    const calls = [...text.matchAll(/strict_hide\d\(/g)].filter(
      ({ index }) => !text.slice(index - 3, index).includes('fn'),
    );
    assert.ok(calls.length > 500, `${calls.length} results are hidden`);
    const word = randomWords(statisticsSeed);
    for (let tries = 0; tries < 12; tries++) {
      const { index, 0: call } = calls[(word() >>> 0) % calls.length]!;
      const bare = `${text.slice(0, index)}(${text.slice(index + call.length)}`;
      const line = text.slice(0, index).split('\n').length;
      assert.ok(
        auditStrict(bare).some((place) => place.line === line),
        `line ${line}: ${text.split('\n')[line - 1]!}`,
      );
    }
  }).timeout(60_000);

  it('of the kernel would be found wanting without its barriers', () => {
    const plain = joinSource(kernelSource());
    assert.ok(auditStrict(`${ZEROS.declaration}\n${plain}`).length > 500);
    assert.throws(() => auditStrict(plain), /strict WGSL/);
  });

  it('means what the kernel means: every definition, to the bit', () => {
    const names = DEFINED.map((_, index) => `try${index}`);
    const source = DEFINED.map(
      (text, index) => `fn try${index}(a: f32, b: f32, c: f32) -> f32 { return ${text}; }`,
    ).join('\n');
    const { plain, strict } = bothWays(source, names);
    const word = randomWords(statisticsSeed);
    const triples = [
      ...pairs(EDGE_FLOATS).map(([a, b], index) => [a, b, EDGE_FLOATS[(index * 7) % EDGE_FLOATS.length]!]),
      ...Array.from({ length: 3000 }, () => [floatOfWord(word()), floatOfWord(word()), floatOfWord(word())]),
      ...Array.from({ length: 1000 }, () => [word() / 2 ** 31, word() / 2 ** 31, word() / 2 ** 31].map(Math.fround)),
    ] as [number, number, number][];
    for (const given of triples)
      for (const [index, name] of names.entries())
        assertSame(strict.call(name, ...given), plain.call(name, ...given), `${DEFINED[index]!} of ${given.join()}`);
  }).timeout(60_000);

  it('divides and takes roots rightly from any guess within 5 units in the last place', () => {
    const text = strictSource(
      'fn quotient(a: f32, b: f32) -> f32 { return a / b; } fn root(a: f32) -> f32 { return sqrt(a); }',
    );
    const word = randomWords(statisticsSeed);
    const floats = [
      ...EDGE_FLOATS,
      ...Array.from({ length: 400 }, () => floatOfWord(word())),
      // Significands of one bit, of all bits, and next to them.
      ...[0, 1, 2, 0x7ffffe, 0x7fffff, 0x400000, 0x3fffff].flatMap((bits) => [
        floatOfWord(0x3f800000 | bits),
        floatOfWord(0x00000000 | bits),
        floatOfWord(0x7f000000 | bits),
      ]),
    ];
    for (const off of [-5, -1, 0, 1, 5]) {
      const guess = (expression: string): string => `bitcast<f32>(bitcast<u32>(${expression}) + ${off >>> 0}u)`;
      const moved = text
        .replace(/let inverse = (.*);/, (_, inverse: string) => `let inverse = ${guess(inverse)};`)
        .replace(/i32\(\(?(sqrt\(.*\)) \* /, (whole, root: string) => whole.replace(root, guess(root)));
      assert.equal(moved.split('bitcast<u32>').length, text.split('bitcast<u32>').length + 2, 'both guesses are moved');
      const { call } = instantiateKernel(compileKernel({ source: moved, functions: ['quotient', 'root'] }), {});
      for (const a of floats) {
        assertSame(call('root', a), Math.fround(Math.sqrt(a)), `root of ${a}, guess off by ${off}`);
        for (const b of floats.slice(0, 120))
          assertSame(call('quotient', a, b), Math.fround(a / b), `${a} / ${b}, guess off by ${off}`);
      }
    }
  }).timeout(60_000);

  it('keeps statements, places, tables and names that mean something to WGSL', () => {
    const source = `
      struct Bag { low: array<vec4f, 2>, @align(16) @size(32) high: f32, flag: vec4<bool> }
      const TABLE = array(1.5, -2.5, 0x1p-140, 7);
      var<private> calls: u32 = 3u;
      fn select4(min: f32, abs: vec3f) -> f32 { let floor = min + abs.y; return floor * abs.x; }
      fn max(a: f32) -> f32 { return a * 2.0; }
      fn bump(p: ptr<function, f32>, by: f32) { *p += by * by; }
      fn f0(a: f32, b: f32, c: f32) -> f32 {
        var sum = 0.0;
        var bag: Bag;
        for (var i = 0; i < 4; i++) {
          if (i == 2) { continue; }
          sum += TABLE[i] * a;
          bag.low[i & 1][i] += sum * b;
          bag.flag[i] = sum < c;
        }
        var k = 0u;
        loop { k++; if (k > 5u) { break; } sum -= f32(k) * b; continuing { sum *= 0.75; break if k == 4u; } }
        while (k > 0u) { k -= 1u; bump(&sum, b); }
        switch (i32(clamp(c, -3, 3))) { case -1, 2: { sum += 5.0; } case 0: { } default: { sum = -sum; } }
        let p = &bag.low[1];
        (*p).x = sum * sum;
        bag.high = select4(sum, (*p).xyz) + max(sum);
        calls += k;
        let extreme = -2147483648;
        return select(bag.high - bag.low[0].z, bag.low[1].x, all(bag.flag)) + f32(calls) + f32(extreme >> 31u);
      }`;
    const { plain, strict } = bothWays(source, ['f0']);
    const word = randomWords(statisticsSeed);
    for (let tries = 0; tries < 500; tries++) {
      const given = [0, 1, 2].map(() => Math.fround(word() / 2 ** 29)) as [number, number, number];
      assertSame(strict.call('f0', ...given), plain.call('f0', ...given), given.join());
    }
    assert.throws(() => compileStrict('fn strict_hide1(x: f32) -> f32 { return x; }'), /the name strict_hide1/);
  });

  it('renders the bits that the kernel renders', () => {
    const { buffers, zeroed, invocations } = smallScene();
    const sumsOf = (source: Parameters<typeof compileKernel>[0]['source']): Uint8Array => {
      const instance = instantiateKernel(compileKernel({ source }), buffers, { zeroed });
      instance.run(0, invocations);
      return instance.view('sums').slice();
    };
    const expected = sumsOf(kernelSource());
    assert.ok(new Float32Array(expected.buffer).some((sum) => sum > 0));
    assert.deepEqual(sumsOf(strictSource(kernelSource())), expected);
  }).timeout(60_000);
});
