import { assertSame, kernelFunctions } from './kernelFunctions.js';

describe('control flow of compiled kernels', () => {
  it('if, else if, else', () => {
    const call = kernelFunctions(
      'fn grade(x: i32) -> i32 { if (x < 0) { return -1; } else if x == 0 { return 0; } else { if (x > 100) { return 2; } } return 1; }',
    );
    for (const [x, expected] of [
      [-5, -1],
      [0, 0],
      [7, 1],
      [101, 2],
    ])
      assertSame(call('grade', x!), expected, `grade(${x})`);
  });

  it('for with continue and break, nested, with names of the same spelling', () => {
    const call = kernelFunctions(`fn walk(n: i32) -> vec3i {
      var sum = 0; var inner = 0; var last = -1;
      for (var i = 0; i < n; i++) {
        if (i == 3) { continue; }
        if (i == 8) { last = i; break; }
        for (var i = 10; i > 5; i -= 2) { if (i == 8) { continue; } inner += i; }
        let sum2 = sum; { let sum = 1000; inner += sum; }
        sum = sum2 + i;
      }
      return vec3i(sum, inner, last);
    }`);
    const expected = (n: number) => {
      let [sum, inner, last] = [0, 0, -1];
      for (let i = 0; i < n; i++) {
        if (i === 3) continue;
        if (i === 8) {
          last = i;
          break;
        }
        inner += 10 + 6 + 1000;
        sum += i;
      }
      return [sum, inner, last];
    };
    for (const n of [0, 1, 3, 5, 8, 9, 20]) assertSame(call('walk', n), expected(n), `walk(${n})`);
  });

  it('while, loop with continuing and break if, a continue that reaches continuing', () => {
    const call = kernelFunctions(`
      fn halve(x: u32) -> u32 { var n = x; var steps = 0u; while (n > 1u) { n /= 2u; steps += 1u; } return steps; }
      fn count(limit: i32) -> vec2i {
        var i = 0; var odd = 0;
        loop {
          if (i % 2 == 0) { continue; }
          odd += 1;
          continuing { let next = i + 1; i = next; break if next >= limit; }
        }
        return vec2i(i, odd);
      }
      fn forever(x: i32) -> i32 { var i = x; loop { if (i > 100) { return i; } i = i * 2 + 1; } }`);
    assertSame(call('halve', 1000), 9, 'halve');
    assertSame(call('halve', 0), 0, 'halve nothing');
    assertSame(call('count', 7), [7, 3], 'count');
    assertSame(call('count', 0), [1, 0], 'count at least once');
    assertSame(call('forever', 3), 127, 'return out of a loop');
  });

  it('switch keeps every statement of a case, takes several selectors, and break and continue find their targets', () => {
    // Some WGSL parsers drop the statements of a case after the second.
    const call = kernelFunctions(`
      const FOUR = 4;
      fn pick(x: i32) -> i32 {
        var y = 100;
        switch (x) {
          case 0: { y = 1; y += 1; y += 1; y += 1; y += 1; }
          case 1, 2 { y = 20; break; }
          case FOUR + 1: { if (y > 50) { break; } y = 0; }
          case -3, default: { y = 7; }
          case 6: { return 66; }
        }
        return y;
      }
      fn unsignedPick(x: u32) -> u32 { switch x { case 0xffffffffu: { return 1u; } case 7: { return 2u; } default: { return 3u; } } }
      fn looped(n: i32) -> i32 { var s = 0; for (var i = 0; i < n; i++) { switch (i) { case 1: { continue; } case 4: { break; } default: { s += i; } } s += 100; } return s; }`);
    for (const [x, expected] of [
      [0, 5],
      [1, 20],
      [2, 20],
      [5, 100],
      [-3, 7],
      [9, 7],
      [6, 66],
    ])
      assertSame(call('pick', x!), expected, `pick(${x})`);
    for (const [x, expected] of [
      [0xffffffff, 1],
      [7, 2],
      [8, 3],
    ])
      assertSame(call('unsignedPick', x!), expected, `unsignedPick(${x})`);
    assertSame(call('looped', 6), 0 + 100 + 2 + 100 + 3 + 100 + 100 + 5 + 100, 'looped');
  });

  it('&& and || evaluate the right operand only when the left does not decide', () => {
    const call = kernelFunctions(`
      fn note(trace: ptr<function, i32>, value: bool, mark: i32) -> bool { *trace = *trace * 10 + mark; return value; }
      fn and_(a: bool, b: bool) -> i32 { var t = 0; if (note(&t, a, 1) && note(&t, b, 2)) { return t + 1000; } return t; }
      fn or_(a: bool, b: bool) -> i32 { var t = 0; let r = note(&t, a, 1) || note(&t, b, 2); if (r) { return t + 1000; } return t; }
      fn constants(a: bool) -> vec4<bool> { return vec4<bool>(true && a, false && a, true || a, false || a); }`);
    for (const [a, b, and, or] of [
      [true, true, 1012, 1001],
      [true, false, 12, 1001],
      [false, true, 1, 1012],
      [false, false, 1, 12],
    ] as const) {
      assertSame(call('and_', a, b), and, `${a} && ${b}`);
      assertSame(call('or_', a, b), or, `${a} || ${b}`);
    }
    assertSame(call('constants', true), [true, false, true, true], 'with constants');
  });

  it('operands are evaluated from left to right, and a name keeps the value it had', () => {
    const call = kernelFunctions(`
      fn bump(p: ptr<function, i32>) -> i32 { *p += 1; return *p; }
      fn sum(x: i32) -> i32 { var v = x; return v * 100 + bump(&v) * 10 + v; }
      fn swap(a: f32, b: f32) -> vec2f { var v = vec2f(a, b); v = v.yx; let old = v; v.x = 9.0; return old; }
      fn swapFour(v: vec4f) -> vec4f { var w = v; w = vec4f(w.y, w.x, w.w, w.z); return w; }
      fn target(x: i32) -> vec2i { var a: array<i32, 4>; var i = x; a[i] = bump(&i); return vec2i(a[x], a[i]); }`);
    assertSame(call('sum', 3), 3 * 100 + 4 * 10 + 4, 'sum');
    assertSame(call('swap', 1, 2), [2, 1], 'swap');
    assertSame(call('swapFour', [1, 2, 3, 4]), [2, 1, 4, 3], 'swap of four');
    assertSame(call('target', 1), [2, 0], 'the left of an assignment is evaluated first');
  });

  it('precedence and parentheses', () => {
    const call = kernelFunctions(`
      fn a(x: i32, y: i32) -> i32 { return x + y * 2 - x / 2 % 3; }
      fn b(x: i32) -> i32 { return (x + 1) * -(x - 1); }
      fn c(x: u32) -> bool { return (x & 3u) == 1u && x >> 1u > 2u; }
      fn d(x: i32) -> i32 { return - - x + ~x; }
      fn e(v: vec2f) -> f32 { return (v + v).y; }
      struct Inner { c: f32 } struct Outer { c: f32, b: Inner }
      fn g(o: Outer) -> f32 { return (o.b).c; }`);
    assertSame(call('a', 7, 5), 7 + 10 - 0, 'a');
    assertSame(call('b', 4), 5 * -3, 'b');
    assertSame(call('c', 9), true, 'c');
    assertSame(call('c', 5), false, 'c');
    assertSame(call('d', 6), 6 + ~6, 'd');
    assertSame(call('e', [1, 2.5]), 5, 'e');
    // Some WGSL parsers read (o.b).c as o.c.
    assertSame(call('g', { c: 1, b: { c: 2 } }), 2, 'g');
  });

  it('comments nest, and lone semicolons are nothing', () => {
    const call = kernelFunctions('/* a /* b */ c */ fn a() -> i32 { ; let x = 1; // end\n ; return x /* y */ + 1; };');
    assertSame(call('a'), 2, 'a');
  });
});
