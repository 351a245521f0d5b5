import assert from 'node:assert/strict';
import { compileKernel } from '../../../renderer/compiler/compileKernel.js';
import { instantiateKernel } from '../../../renderer/compiler/instantiateKernel.js';
import { assertSame, kernelFunctions } from './kernelFunctions.js';

describe('variables of compiled kernels', () => {
  it('pointers to scalars, vectors, structs and their members, through calls of calls', () => {
    const call = kernelFunctions(`
      struct State { rng: u32, at: vec3f, four: vec4f, flag: bool }
      fn next(s: ptr<function, u32>) -> u32 { *s = *s * 747796405u + 2891336453u; return *s >> 16u; }
      fn pair(s: ptr<function, u32>) -> vec2u { let a = next(s); let b = next(s); return vec2u(a, b); }
      fn move_(s: ptr<function, State>, by: f32) { (*s).at += vec3f(by); s.four.y = by; (*s).flag = !(*s).flag; _ = next(&(*s).rng); }
      fn run(seed: u32) -> State { var s: State; s.rng = seed; move_(&s, 2.0); move_(&s, 0.5); let p = &s.at; (*p).z = 9.0; p.x += 1.0; return s; }
      fn vector(p: ptr<function, vec4f>, i: u32) { (*p)[i] = 7.0; (*p).x += 1.0; }
      fn local(i: u32) -> vec4f { var v = vec4f(1, 2, 3, 4); vector(&v, i); return v; }`);
    const step = (s: number) => (Math.imul(s, 747796405) + 2891336453) >>> 0;
    const seed = { value: 5 };
    assertSame(call('pair', seed), [step(5) >>> 16, step(step(5)) >>> 16], 'pair');
    assert.equal(seed.value, step(step(5)));
    assertSame(call('run', 5), { rng: step(step(5)), at: [3.5, 2.5, 9], four: [0, 0.5, 0, 0], flag: false }, 'run');
    assertSame(call('local', 2), [2, 2, 7, 4], 'local');
    const four = { value: [1, 2, 3, 4] };
    call('vector', four, 0);
    assert.deepEqual(four.value, [8, 2, 3, 4]);
  });

  it('arrays: zeroed when declared, in structs, of structs, of arrays, by pointer', () => {
    const call = kernelFunctions(`
      struct Entry { node: u32, near: f32, bounds: vec3f }
      struct Stack { top: u32, entries: array<Entry, 8> }
      fn push(s: ptr<function, Stack>, node: u32, near: f32) { (*s).entries[(*s).top] = Entry(node, near, vec3f(near)); (*s).top += 1u; }
      fn pop(s: ptr<function, Stack>) -> Entry { s.top -= 1u; return s.entries[s.top]; }
      fn use_(n: u32) -> vec4f { var s: Stack; for (var i = 0u; i < n; i++) { push(&s, i, f32(i) * 0.5); } let a = pop(&s); let b = pop(&s); return vec4f(f32(a.node), b.near, a.bounds.y, f32(s.top)); }
      fn zeroed(n: i32) -> i32 { var sum = 0; for (var k = 0; k < n; k++) { var a: array<i32, 100>; sum += a[5] + a[99]; a[5] = 1; a[99] = 10; } return sum; }
      fn nested(i: u32, j: u32) -> f32 { var m = array<array<f32, 3>, 2>(array<f32, 3>(1, 2, 3), array<f32, 3>(4, 5, 6)); m[i][j] *= 10.0; return m[0][j] + m[1][j]; }
      fn reverse(p: ptr<function, array<vec2f, 4>>) { for (var i = 0; i < 2; i++) { let t = p[i]; p[i] = (*p)[3 - i]; (*p)[3 - i] = t; } }
      fn fill(x: f32) -> vec4f { var a = array(vec2f(x, 1), vec2f(2), vec2f(3), vec2f(4)); reverse(&a); return vec4f(a[0].x, a[1].y, a[2].x, a[3].x); }
      fn copy() -> u32 { var a = array<u32, 3>(1, 2, 3); var b = a; b[1] = 9; return a[1] * 100 + b[1] * 10 + b[2]; }`);
    assertSame(call('use_', 5), [4, 1.5, 2, 3], 'a stack of structs');
    assertSame(call('zeroed', 3), 0, 'zeroed');
    assertSame(call('nested', 1, 2), 63, 'nested');
    assertSame(call('fill', 8), [4, 3, 2, 8], 'fill');
    assertSame(call('copy'), 293, 'copies');
    const four = {
      value: [
        [1, 2],
        [3, 4],
        [5, 6],
        [7, 8],
      ],
    };
    call('reverse', four);
    assert.deepEqual(four.value, [
      [7, 8],
      [5, 6],
      [3, 4],
      [1, 2],
    ]);
  });

  it('private variables start afresh for every invocation', () => {
    const source = `
      @group(0) @binding(0) var<storage, read_write> out: array<vec4f>;
      var<private> count: u32 = 3;
      var<private> table: array<f32, 100>;
      var<private> four = vec4f(1, 2, 3, 4);
      var<private> mask: vec3<bool>;
      fn more() { count += 1u; table[count] += 1.0; four.x += 1.0; mask.y = !mask.y; }
      @compute @workgroup_size(1) fn entry(@builtin(global_invocation_id) id: vec3u) { more(); more(); out[id.x] = vec4f(f32(count), table[4] + table[5], four.x, f32(mask.y) + f32(id.x)); }`;
    for (const optimize of [false, true]) {
      const instance = instantiateKernel(compileKernel({ source, optimize }), {}, { zeroed: { out: 64 } });
      instance.run(0, 4);
      const bytes = instance.view('out');
      assert.deepEqual(
        [...new Float32Array(bytes.buffer, bytes.byteOffset, 16)],
        [0, 1, 2, 3].flatMap((id) => [5, 2, 3, id]),
      );
    }
  });

  it('storage bindings: members, runtime-sized arrays, lengths, and one NaN', () => {
    const source = `
      struct Node { low: vec3f, child: vec4u, near: f32 }
      struct Head { count: u32, scale: vec2f, values: array<f32> }
      @group(0) @binding(4) var<storage, read> nodes: array<Node>;
      @group(0) @binding(1) var<storage, read> head: Head;
      @group(0) @binding(9) var<storage, read_write> out: array<f32>;
      @group(0) @binding(3) var<storage, read_write> total: u32;
      fn childOf(i: u32, lane: u32) -> u32 { return nodes[i].child[lane]; }
      fn nearOf(i: i32) -> f32 { return nodes[i].near + nodes[i].low.z; }
      fn whole(i: u32) -> Node { return nodes[i]; }
      fn lengths() -> vec3u { return vec3u(arrayLength(&nodes), arrayLength(&head.values), arrayLength(&out)); }
      fn valueOf(i: u32) -> f32 { return head.values[i] * head.scale.y + f32(head.count); }
      fn write(i: u32, x: f32, y: f32) { out[i] = x / y; total += 1u; }`;
    const nodes = new DataView(new ArrayBuffer(96));
    for (const i of [0, 1]) {
      [1, 2, 3].forEach((x, k) => nodes.setFloat32(48 * i + 4 * k, x + 10 * i, true));
      [4, 5, 6, 7].forEach((x, k) => nodes.setUint32(48 * i + 16 + 4 * k, x + 10 * i, true));
      nodes.setFloat32(48 * i + 32, 0.5 + i, true);
    }
    const head = new DataView(new ArrayBuffer(28));
    head.setUint32(0, 3, true);
    head.setFloat32(8, 1, true);
    head.setFloat32(12, 2, true);
    [1.5, 2.5, 3.5].forEach((x, k) => head.setFloat32(16 + 4 * k, x, true));
    const functions = ['childOf', 'nearOf', 'whole', 'lengths', 'valueOf', 'write'];
    for (const optimize of [false, true]) {
      const compiled = compileKernel({ source, optimize, functions });
      assert.deepEqual(
        compiled.bindings.map(({ name, binding, elementStride }) => [name, binding, elementStride]),
        [
          ['head', 1, 16],
          ['total', 3, 4],
          ['nodes', 4, 48],
          ['out', 9, 4],
        ],
      );
      const instance = instantiateKernel(
        compiled,
        { nodes: new Uint8Array(nodes.buffer), head: new Uint8Array(head.buffer) },
        { zeroed: { out: 16, total: 4 } },
      );
      assertSame(instance.call('childOf', 1, 2), 16, 'childOf');
      assertSame(instance.call('nearOf', 1), 14.5, 'nearOf');
      assertSame(instance.call('whole', 0), { low: [1, 2, 3], child: [4, 5, 6, 7], near: 0.5 }, 'whole');
      assertSame(instance.call('lengths'), [2, 3, 4], 'lengths');
      assertSame(instance.call('valueOf', 2), 10, 'valueOf');
      instance.call('write', 2, -0, 0);
      instance.call('write', 1, 1, 4);
      const bytes = instance.view('out');
      assert.deepEqual([...new Uint32Array(bytes.buffer, bytes.byteOffset, 4)], [0, 0x3e800000, 0x7fc00000, 0]);
      assert.equal(instance.view('total')[0], 2);
    }
  });

  it('checks trap on an index out of range', () => {
    const source = `
      @group(0) @binding(0) var<storage, read> data: array<u32>;
      fn read(i: u32) -> u32 { return data[i]; }
      fn local(i: i32) -> u32 { var a: array<u32, 4>; return a[i]; }
      fn lane(v: vec4f, i: u32) -> f32 { return v[i]; }`;
    const instance = instantiateKernel(compileKernel({ source, checks: true, functions: ['read', 'local', 'lane'] }), {
      data: new Uint8Array(16),
    });
    for (const [name, ...values] of [
      ['read', 3],
      ['local', 0],
      ['lane', [1, 2, 3, 4], 3],
    ] as const)
      instance.call(name, ...(values as number[]));
    for (const [name, ...values] of [
      ['read', 4],
      ['read', 0xffffffff],
      ['local', 4],
      ['local', -1],
      ['lane', [1, 2, 3, 4], 4],
    ] as const) {
      assert.throws(
        () => instance.call(name, ...(values as number[])),
        WebAssembly.RuntimeError,
        `${name}(${String(values)})`,
      );
    }
  });

  it('tables of constants, indexed by what is computed', () => {
    const call = kernelFunctions(`
      const PRIMES = array<u32, 5>(2, 3, 5, 7, 11);
      const OFFSETS = array(vec2f(0.25, -1), vec2f(3, 4.5), vec2f(5));
      const FOUR = array(vec4i(1, -2, 3, -4), vec4i(5));
      const FLAGS = array<bool, 3>(true, false, true);
      fn prime(i: u32) -> u32 { return PRIMES[i]; }
      fn offset(i: i32) -> f32 { return OFFSETS[i].y + OFFSETS[1].x; }
      fn four(i: u32, lane: u32) -> i32 { return FOUR[i][lane]; }
      fn flag(i: u32) -> bool { return FLAGS[i]; }
      fn local(i: u32) -> f32 { const t = array(0.5, 1, 2); let u = array(4, 5, 6); return t[i] + f32(u[i]); }`);
    [2, 3, 5, 7, 11].forEach((value, i) => assertSame(call('prime', i), value, `prime ${i}`));
    [-1, 4.5, 5].forEach((value, i) => assertSame(call('offset', i), value + 3, `offset ${i}`));
    assertSame(call('four', 0, 3), -4, 'four');
    [true, false, true].forEach((value, i) => assertSame(call('flag', i), value, `flag ${i}`));
    assertSame(call('local', 1), 6, 'local');
  });
});

describe('constants of compiled kernels', () => {
  it('literals mean what is written', () => {
    // Some WGSL parsers read 0x1p-3 as 0 and keep only float32 of every constant.
    const literals: [string, number][] = [
      ['0x1p-3', 0.125],
      ['0x1.8p1f', 3],
      ['0xAp0', 10],
      ['1e-3', Math.fround(0.001)],
      ['1.5e3f', 1500],
      ['.5', 0.5],
      ['5.', 5],
      ['7', 7],
      ['1e-45', 2 ** -149],
      ['0x1.fffffep127', Math.fround(3.4028234663852886e38)],
      ['16777217', 16777216],
      ['0x0.8p0', 0.5],
      ['1e3', 1000],
      ['3f', 3],
      ['-0.0', -0],
    ];
    const integers: [string, string, number][] = [
      ['0x7fffffff', 'i32', 0x7fffffff],
      ['-2147483648', 'i32', -0x80000000],
      ['4294967295u', 'u32', 0xffffffff],
      ['0xFFFFFFFFu', 'u32', 0xffffffff],
      ['0', 'u32', 0],
      ['12i', 'i32', 12],
    ];
    const call = kernelFunctions(
      [
        ...literals.map(([text], i) => `fn f${i}() -> f32 { return ${text}; }`),
        ...integers.map(([text, type], i) => `fn i${i}() -> ${type} { return ${text}; }`),
      ].join('\n'),
    );
    literals.forEach(([text, value], i) => assertSame(call(`f${i}`), value, text));
    integers.forEach(([text, , value], i) => assertSame(call(`i${i}`), value, text));
  });

  it('abstract numbers are computed in 64 bits and converted once', () => {
    const call = kernelFunctions(`
      const THIRD = 1.0 / 3.0;
      const BIG = 16777216 + 1;
      const SUM = BIG + 0.25;
      const CONCRETE: f32 = 16777216.0;
      const WIDE = 1 << 40;
      const K = 2.0;
      const_assert WIDE / 1024 == 1 << 30;
      fn third() -> f32 { return THIRD * 3e7; }
      fn big() -> i32 { return BIG; }
      fn sum() -> f32 { return SUM - 16777216; }
      fn concrete() -> f32 { return CONCRETE + 1 + 1; }
      fn down() -> i32 { return i32(WIDE / 1099511627776); }
      fn shadow() -> f32 { let K = 3.0; return K; }
      fn nested(x: f32) -> f32 { const two = K; const_assert two == 2.0; return x * two; }
      fn integerDivision() -> f32 { return 7 / 2; }
      fn mixed() -> vec3f { return vec3(1, 2.5, 3); }
      fn root() -> f32 { const r = sqrt(2.0); return r; }
      fn limits() -> vec3f { return vec3f(max(1, 2.5), clamp(9, 1, 4), abs(-3)); }
      fn reinterpreted() -> f32 { return bitcast<f32>(0x40490fdbu); }`);
    assertSame(call('third'), Math.fround((1 / 3) * 3e7), 'third');
    assertSame(call('big'), 16777217, 'big');
    assertSame(call('sum'), Math.fround(1.25), 'sum');
    assertSame(call('concrete'), 16777216, 'concrete');
    assertSame(call('down'), 1, 'down');
    // Some WGSL parsers take a module constant for a local of the same name.
    assertSame(call('shadow'), 3, 'shadow');
    assertSame(call('nested', 4), 8, 'nested');
    assertSame(call('integerDivision'), 3, 'integerDivision');
    assertSame(call('mixed'), [1, 2.5, 3], 'mixed');
    assertSame(call('root'), Math.fround(Math.SQRT2), 'root');
    assertSame(call('limits'), [2.5, 4, 3], 'limits');
    assertSame(call('reinterpreted'), Math.fround(Math.PI), 'reinterpreted');
  });
});
