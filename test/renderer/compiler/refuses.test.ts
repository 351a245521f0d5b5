import assert from 'node:assert/strict';
import { compileKernel } from '../../../renderer/compiler/compileKernel.js';
import { KernelCompileError } from '../../../renderer/compiler/KernelCompileError.js';

/**
 * A statement in a function with some variables, or with `fn` etc. a whole module. The error must match and name the
 * line.
 */
const inFunction = (statement: string) =>
  `fn f(a: f32, i: i32, u: u32, b: bool, v: vec3f, w: vec4f, p: ptr<function, f32>) -> f32 {\n  ${statement}\n  return a;\n}`;

// What is refused, by the words of the error. Every one of these must stop the compilation: none may be guessed at.
const STATEMENTS: [statement: string, error: RegExp][] = [
  // types that do not fit
  ['let x = a + i;', /operator \+ on f32 and i32/],
  ['let x = i + u;', /operator \+ on i32 and u32/],
  ['let x = v + w;', /operator \+ on vec3<f32> and vec4<f32>/],
  ['let x: i32 = a;', /let x: expected i32, found f32/],
  ['let x: f32 = i;', /expected f32, found i32/],
  ['let x: i32 = 1.5;', /expected i32, found abstract-float/],
  ['let x: u32 = -1;', /-1 is out of range of u32/],
  ['let x: i32 = 2147483648;', /out of range of i32/],
  ['var x: vec3f = w;', /expected vec3<f32>, found vec4<f32>/],
  ['if (i) { }', /condition of if: expected bool/],
  ['while (u) { }', /condition of a loop: expected bool/],
  ['let x = b && i;', /operator &&: expected bool/],
  ['let x = !i;', /operator ! on i32/],
  ['let x = ~a;', /operator ~ on f32/],
  ['let x = -u;', /operator - on u32/],
  ['let x = -b;', /operator - on bool/],
  ['let x = b + b;', /operator \+ on bool/],
  ['let x = a & a;', /operator & on f32/],
  ['let x = a << u;', /operator << on f32/],
  ['let x = i << i;', /right operand of <<: expected u32/],
  ['let x = w == a;', /operator == on vec4<f32> and f32/],
  ['let x = v < 1.0;', /operator < on vec3<f32> and abstract-float/],
  ['let x = b < b;', /operator < on bool/],
  ['let x = b ^ b;', /operator \^ on bool/],
  ['let x = vec4u(1) << u;', /operator <</],
  ['return i;', /return: expected f32, found i32/],
  ['return;', /return of f32/],
  ['let x = select(a, i, b);', /select\(f32, i32\)/],
  ['let x = select(v, v, w < w);', /select\(\) by vec4<bool>/],
  ['let x = min(a, i);', /min\(f32, i32\)/],
  ['let x = min(v, a);', /min\(vec3<f32>, f32\)/],
  ['let x = sqrt(i);', /sqrt\(i32\)/],
  ['let x = dot(a, a);', /dot\(f32\)/],
  ['let x = cross(w, w);', /cross\(vec4<f32>\)/],
  ['let x = any(a);', /any\(f32\)/],
  ['let x = clamp(a, 1);', /clamp\(f32, abstract-int\)/],
  ['let x = countOneBits(a);', /countOneBits\(f32\)/],
  ['let x = bitcast<f32>(b);', /bitcast<f32>\(bool\)/],
  ['let x = bitcast<vec3f>(w);', /bitcast<vec3<f32>>\(vec4<f32>\)/],
  ['let x = f32(v);', /f32\(vec3<f32>\)/],
  ['let x = vec4f(v, v);', /with 6 components/],
  ['let x = vec3f(a, 1);', /with 2 components/],
  ['let x = vec2(a, i);', /vec2\(f32, i32\)/],
  ['let x = v.w;', /\.w of vec3<f32>/],
  ['let x = w.xg;', /\.xg of vec4<f32>/],
  ['let x = a.x;', /member x of f32/],
  ['let x = v[3];', /index 3 out of range/],
  ['let x = v[-1];', /index -1 out of range/],
  ['let x = v[a];', /index of type f32/],
  ['let x = a[0];', /index into f32/],
  // names
  ['let x = nothing;', /unknown name nothing/],
  ['let x = nothing();', /function nothing\(\)/],
  ['a();', /call of a/],
  ['let x = 1; let x = 2;', /second declaration of x/],
  ['let fn = 1;', /the name fn|expected/],
  ['{ let x = 1; } let y = x;', /unknown name x/],
  ['let x: nothing = 1;', /type nothing/],
  ['let x = f(a);', /instead of 7|refers to itself/],
  // places
  ['a = 1.0;', /assignment to what is no variable/],
  ['let x = 1.0; x = 2.0;', /assignment to what is no variable/],
  ['var x = v; x.xy = vec2f(1);', /assignment to what is no variable/],
  ['1 = 2;', /assignment to what is no variable/],
  ['let x = &a;', /& of what is no variable/],
  ['var x = w; let y = &x.y;', /& of a component/],
  ['var x = v; let y = &x.y;', /& of a component/],
  ['let x = *a;', /\* of what is no pointer/],
  ['let x = p + 1.0;', /pointer where a value is needed/],
  ['var x: array<f32>;', /zero of array<f32>|var of/],
  ['var x: ptr<function, f32>;', /zero of ptr/],
  // control flow
  ['break;', /break outside a loop/],
  ['continue;', /continue outside a loop/],
  ['switch (i) { case 1: { } }', /0 defaults/],
  ['switch (i) { case 1, 1: { } default: { } }', /second case 1/],
  ['switch (i) { case 1u: { } default: { } }', /case: expected i32/],
  ['switch (a) { default: { } }', /switch on f32/],
  ['switch (i) { case i: { } default: { } }', /case of what is no constant/],
  ['discard;', /statement discard/],
  ['loop { continuing { break; } }', /break inside continuing/],
  ['loop { break if b; }', /break if outside/],
  ['for (var x = 0; x < 3; x++) { } let y = x;', /unknown name x/],
  // constants
  ['let x = 1 / 0;', /constant division by zero/],
  ['let x = i / 0;', /division by a constant zero/],
  ['let x = u % 0u;', /division by a constant zero/],
  ['let x = u << 32u;', /shift by a constant of 32 or more/],
  ['let x = 1u << 40u;', /constant shift by 40/],
  ['let x = 1e39f;', /overflows/],
  ['let x: f32 = 1e39;', /not a finite number/],
  ['const x = 1.0 / 0.0;', /not a finite number/],
  ['const x = a;', /constant expression is needed|no constant/],
  ['const_assert a > 0.0;', /constant/],
  ['const_assert 1 > 2;', /does not hold/],
  ['let x = 99999999999999999999;', /out of range/],
  ['let x = 012;', /leading zero/],
  ['let x = 1.5u;', /integer suffix on a float/],
  ['let x = 1.5h;', /f16 literal/],
  ['let x = 0x1.00000000000001p0;', /53 significant bits/],
  ['let x = 9223372036854775807 + 1;', /overflows 64 bits/],
  ['let x = bitcast<f32>(0x7fc00000u);', /not finite/],
  ['let x = array<f32, 2>(1, 2)[2];', /index 2 out of range/],
  // what the subset leaves out
  ['let x = sin(a);', /function sin\(\)/],
  ['let x = pow(a, a);', /function pow\(\)/],
  ['let x = exp2(a);', /function exp2\(\)/],
  ['let x = fma(a, a, a);', /function fma\(\)/],
  ['let x = atan2(a, a);', /function atan2\(\)/],
  ['let x = dpdx(a);', /function dpdx\(\)/],
  ['workgroupBarrier();', /function workgroupBarrier\(\)/],
  ['let x = mat3x3f();', /function mat3x3f\(\)/],
  ['var x: mat4x4<f32>;', /type mat4x4/],
  ['var x: f16;', /type f16/],
  ['var<function> x = 1;', /address space of a variable/],
  ['var x: atomic<u32>;', /type atomic/],
  ['@diagnostic(off, x) if (b) { }', /attribute of a statement/],
  // grammar that other languages read in some way
  ['let x = u & u == u;', /expected ';', found '=='/],
  ['let x = a < a < a;', /expected ';', found '<'/],
  ['let x = b && b || b;', /expected ';', found '\|\|'/],
  ['let x = u << u << u;', /expected ';', found '<<'/],
  ['let x = u & u | u;', /expected ';', found '\|'/],
  ['let x = i + u & u;', /expected ';', found '&'/],
  ['let x = u << u + u;', /expected ';', found '\+'/],
  ['let x = a ? a : a;', /character "\?"/],
  ['let x = 5$;', /character "\$"/],
  ['i++', /no variable|expected/],
  ['let x = i++;', /expected ';'/],
  ['if (b) return a;', /expected '\{'/],
  ['let x;', /let x without a value/],
  ['let x = (a;', /expected '\)'/],
  ['let x = 1u2;', /runs into a letter/],
  ['let x = "a";', /character/],
  ['{ /* ', /block comment without an end/],
];

const MODULES: [source: string, error: RegExp][] = [
  ['fn f() -> f32 { }', /can end without a return/],
  ['fn f(b: bool) -> f32 { if (b) { return 1.0; } }', /can end without a return/],
  ['fn f(i: i32) -> f32 { switch (i) { case 0: { return 1.0; } default: { } } }', /can end without a return/],
  ['fn f() -> f32 { loop { break; } }', /can end without a return/],
  ['fn f(x: f32) -> f32 { return g(x); } fn g(x: f32) -> f32 { return f(x); }', /refers to itself/],
  ['fn f() {} fn f() {}', /second declaration of f/],
  ['const A = B; const B = A;', /refers to itself/],
  ['alias A = B; alias B = A;', /refers to itself/],
  ['struct A { b: B } struct B { a: A }', /refers to itself/],
  ['struct A { }', /without members/],
  ['struct A { x: f32, x: f32 }', /second member x/],
  ['struct A { x: array<f32>, y: f32 }', /member x of type array<f32>/],
  ['struct A { @align(3) x: f32 }', /no power of two/],
  ['struct A { @location(0) x: f32 }', /attribute @location/],
  ['enable f16;', /enable at module scope/],
  ['requires x;', /requires at module scope/],
  ['override x: f32 = 1.0;', /override at module scope/],
  ['diagnostic(off, x);', /diagnostic at module scope/],
  ['let x = 1;', /let at module scope/],
  ['var<uniform> x: f32;', /var<uniform>/],
  ['var<workgroup> x: f32;', /var<workgroup>/],
  ['var x: f32;', /without an address space/],
  ['@group(0) @binding(0) var t: texture_2d<f32>;', /without an address space/],
  ['@group(1) @binding(0) var<storage> x: array<f32>;', /in group 1/],
  ['@binding(0) var<storage> x: array<f32>;', /needs @group/],
  [
    '@group(0) @binding(0) var<storage> x: array<f32>; @group(0) @binding(0) var<storage> y: array<f32>;',
    /second binding 0/,
  ],
  ['@group(0) @binding(0) var<storage> x: array<bool>;', /with a bool/],
  ['@group(0) @binding(0) var<storage, write> x: array<f32>;', /access mode write/],
  ['@group(0) @binding(0) var<storage> x: array<f32>; fn f() { x[0] = 1.0; }', /read-only/],
  [
    '@group(0) @binding(0) var<storage> x: array<f32>; fn f() -> u32 { return arrayLength(x); }',
    /arrayLength\(\) of what is no/,
  ],
  [
    '@group(0) @binding(0) var<storage, read_write> x: array<f32>; fn g(p: ptr<function, f32>) {} fn f() { g(&x[0]); }',
    /pointer into a storage binding/,
  ],
  ['fn f(p: ptr<storage, f32>) {}', /ptr<storage>/],
  ['fn f(x: array<f32, 0>) {}', /positive whole number/],
  ['const N = 2.5; fn f() { var x: array<f32, N>; }', /positive whole number/],
  ['fn f(n: i32) { var x: array<f32, n>; }', /constant|unknown name n/],
  ['var<private> x: f32 = y; var<private> y: f32;', /constant expression is needed/],
  ['const X = f(); fn f() -> f32 { return 1.0; }', /function of the kernel in a constant expression/],
  ['fn movemask(m: vec4<bool>) -> i32 { return 0; } fn f() { _ = movemask(vec4<bool>()); }', /movemask\(\) must be/],
  [
    'fn g(p: ptr<function, f32>) {} fn f() { var x = 1; g(&x); }',
    /expected ptr<function, f32>, found ptr<function, i32>/,
  ],
  ['var<private> x: f32; fn g(p: ptr<function, f32>) {} fn f() { g(&x); }', /found ptr<private, f32>/],
  ['fn g(p: ptr<function, f32>) {} fn f() { g(1.0); }', /expected a pointer/],
  ['fn f(@builtin(global_invocation_id) id: vec3u) {}', /attribute @builtin of a parameter/],
  ['@fragment fn f() {}', /attribute @fragment/],
  ['@compute @workgroup_size(1) fn f(@builtin(local_invocation_id) id: vec3u) {}', /must be fn f/],
  [
    '@compute @workgroup_size(1) fn f(@builtin(global_invocation_id) id: vec3u) {} @compute @workgroup_size(1) fn g(@builtin(global_invocation_id) id: vec3u) {}',
    /second compute entry/,
  ],
  ['fn f() -> @location(0) f32 { return 1.0; }', /attribute of a result/],
  ['const_assert 1 == 2;', /does not hold/],
  ['fn f() {', /expected an expression, found 'the end of the text'/],
  ['garbage', /expected a declaration/],
  ['fn f() { g() } fn g() {}', /expected ';'/],
  ['fn f() -> f32 { return g(); } fn g() {}', /g\(\) returns nothing/],
  ['struct S { x: f32 } fn f() -> S { return S(1.0, 2.0); }', /with 2 arguments/],
  ['struct S { x: f32 } fn f(s: S) -> f32 { return s.y; }', /member y of S/],
  ['struct S { x: f32 } fn f(s: S) -> bool { return s == s; }', /operator == of S/],
  ['fn f(x: f32) { let x = 1; }', /second declaration of x/],
  ['fn f() { let g = 1; g(); } fn g() {}', /call of g/],
];

describe('what compiled kernels refuse', () => {
  for (const [statement, error] of STATEMENTS) {
    it(statement, () => assertRefused(inFunction(statement), error, 2));
  }
  for (const [source, error] of MODULES) {
    it(source, () => assertRefused(source, error, 1));
  }

  it('a kernel without an entry, and functions that are not there', () => {
    assert.throws(
      () => compileKernel({ source: 'fn f() {}' }),
      (error) => error instanceof KernelCompileError && error.message === 'kernel: no compute entry point',
    );
    assert.throws(
      () => compileKernel({ source: 'fn f() {}', functions: ['g'] }),
      (error) => error instanceof KernelCompileError && error.message === 'kernel: no function g to export',
    );
  });
});

function assertRefused(source: string, expected: RegExp, line: number): void {
  assert.throws(
    () => compileKernel({ source, functions: ['f'] }),
    (error) => {
      assert.ok(error instanceof KernelCompileError, String(error instanceof Error ? error.stack : error));
      // The message shows the line too, which must not stand for what is said about it.
      assert.match(String(error.facts['construct']), expected);
      assert.ok(
        Number(error.facts['line']) >= 1 && Number(error.facts['line']) <= line + 1,
        `line ${String(error.facts['line'])}`,
      );
      return true;
    },
  );
}
