import { assertSame, kernelFunctions, show } from './kernelFunctions.js';

const MOVEMASK =
  'fn movemask(m: vec4<bool>) -> u32 { return dot(select(vec4u(0u), vec4u(1u, 2u, 4u, 8u), m), vec4u(1u)); }';

describe('masks of compiled kernels', () => {
  for (const size of [2, 3, 4]) {
    it(`logic, any, all and select on ${size} lanes`, () => {
      const B = `vec${size}<bool>`;
      const call = kernelFunctions(`
        fn and_(a: ${B}, b: ${B}) -> ${B} { return a & b; } fn or_(a: ${B}, b: ${B}) -> ${B} { return a | b; } fn not_(a: ${B}) -> ${B} { return !a; }
        fn eq_(a: ${B}, b: ${B}) -> ${B} { return a == b; } fn ne_(a: ${B}, b: ${B}) -> ${B} { return a != b; }
        fn any_(a: ${B}) -> bool { return any(a); } fn all_(a: ${B}) -> bool { return all(a); }
        fn pick(m: ${B}, f: vec${size}f, t: vec${size}f) -> vec${size}f { return select(f, t, m); }
        fn pickInt(m: ${B}, f: vec${size}i, t: vec${size}i) -> vec${size}i { return select(f, t, m); }
        fn pickBool(m: ${B}, f: ${B}, t: ${B}) -> ${B} { return select(f, t, m); }
        fn pickWhole(c: bool, f: vec${size}f, t: vec${size}f) -> vec${size}f { return select(f, t, c); }
        fn component(m: ${B}) -> bool { return m.y; }
        fn dynamic(m: ${B}, i: u32) -> bool { return m[i]; }
        fn write(m: ${B}, b: bool) -> ${B} { var r = m; r.y = b; return r; }
        fn writeDynamic(m: ${B}, i: u32, b: bool) -> ${B} { var r = m; r[i] = b; return r; }
        fn build(a: bool, b: bool) -> ${B} { return ${B}(a, b${', true'.repeat(size - 2)}); }
        fn splat(a: bool) -> ${B} { return ${B}(a); }
        fn scalars(a: bool, b: bool) -> vec4<bool> { return vec4<bool>(a & b, a | b, a == b, a != b); }`);
      const masks = Array.from({ length: 2 ** size }, (_, bits) =>
        Array.from({ length: size }, (__, lane) => (bits >> lane) % 2 === 1),
      );
      const [whenFalse, whenTrue] = [[1, -0, NaN, 4].slice(0, size), [5, 6, 7, Infinity].slice(0, size)];
      for (const a of masks) {
        assertSame(
          call('not_', a),
          a.map((x) => !x),
          `!${show(a)}`,
        );
        assertSame(
          call('any_', a),
          a.some((x) => x),
          `any(${show(a)})`,
        );
        assertSame(
          call('all_', a),
          a.every((x) => x),
          `all(${show(a)})`,
        );
        assertSame(
          call('pick', a, whenFalse, whenTrue),
          a.map((x, i) => (x ? whenTrue : whenFalse)[i]),
          'select of floats',
        );
        assertSame(
          call('pickInt', a, [1, 2, 3, 4].slice(0, size), [-1, -2, -3, -4].slice(0, size)),
          a.map((x, i) => (x ? -(i + 1) : i + 1)),
          'select of integers',
        );
        assertSame(call('component', a), a[1], 'component');
        a.forEach((x, i) => {
          assertSame(call('dynamic', a, i), x, 'computed component');
          for (const b of [true, false])
            assertSame(
              call('writeDynamic', a, i, b),
              a.map((y, j) => (j === i ? b : y)),
              'computed component written',
            );
        });
        for (const b of [true, false])
          assertSame(
            call('write', a, b),
            a.map((x, i) => (i === 1 ? b : x)),
            'component written',
          );
        for (const b of masks) {
          assertSame(
            call('and_', a, b),
            a.map((x, i) => x && b[i]),
            'and',
          );
          assertSame(
            call('or_', a, b),
            a.map((x, i) => x || b[i]),
            'or',
          );
          assertSame(
            call('eq_', a, b),
            a.map((x, i) => x === b[i]),
            'eq',
          );
          assertSame(
            call('ne_', a, b),
            a.map((x, i) => x !== b[i]),
            'ne',
          );
          assertSame(
            call('pickBool', a, b, a),
            a.map((x, i) => (x ? a : b)[i]),
            'select of booleans',
          );
        }
      }
      for (const a of [true, false]) {
        assertSame(call('pickWhole', a, whenFalse, whenTrue), a ? whenTrue : whenFalse, 'select by a scalar');
        assertSame(
          call('splat', a),
          Array.from({ length: size }, () => a),
          'splat',
        );
        for (const b of [true, false]) {
          assertSame(call('build', a, b), [a, b, true, true].slice(0, size), 'build');
          assertSame(call('scalars', a, b), [a && b, a || b, a === b, a !== b], 'scalars');
        }
      }
    });
  }

  it('movemask is the mask as bits, by name and by body', () => {
    const call = kernelFunctions(
      `${MOVEMASK}\n${MOVEMASK.replace('movemask', 'byBody')}\nfn less(v: vec4f, x: f32) -> u32 { return movemask(v < vec4f(x)); }`,
    );
    for (let bits = 0; bits < 16; bits++) {
      const mask = [0, 1, 2, 3].map((lane) => (bits >> lane) % 2 === 1);
      assertSame(call('movemask', mask), bits, `movemask(${show(mask)})`);
      assertSame(call('byBody', mask), bits, `its body on ${show(mask)}`);
    }
    assertSame(call('less', [1, NaN, -0, 9], 1.5), 5, 'of a comparison');
  });
});

describe('swizzles of compiled kernels', () => {
  for (const size of [2, 3, 4]) {
    it(`every one of up to four components of vec${size}`, () => {
      const letters = [...'xyzw'.slice(0, size)];
      let names = letters.map((letter) => letter);
      const all: string[] = [...names];
      for (let length = 2; length <= 4; length++)
        all.push(...(names = names.flatMap((name) => letters.map((letter) => name + letter))));
      // A spread of them: each is compiled three times.
      const picked = all.filter((_, index) => all.length < 60 || index % 7 === size);
      const colours = (name: string) => [...name].map((letter) => 'rgba'['xyzw'.indexOf(letter)]).join('');
      const type = (name: string) => (name.length === 1 ? 'f32' : `vec${name.length}f`);
      const call = kernelFunctions(
        picked
          .map(
            (name) => `
        fn v_${name}(v: vec${size}f) -> ${type(name)} { return v.${name}; }
        fn c_${name}(v: vec${size}f) -> ${type(name)} { var w = v; return w.${colours(name)}; }`,
          )
          .join('\n'),
      );
      const value = [1.5, -2.5, 3.5, -4.5].slice(0, size);
      for (const name of picked) {
        const lanes = [...name].map((letter) => value['xyzw'.indexOf(letter)]);
        assertSame(call(`v_${name}`, value), name.length === 1 ? lanes[0] : lanes, `.${name}`);
        assertSame(call(`c_${name}`, value), name.length === 1 ? lanes[0] : lanes, `.${colours(name)}`);
      }
    });
  }

  it('vectors put together and taken apart', () => {
    const call = kernelFunctions(`
      fn a(x: vec3f, y: f32) -> vec4f { return vec4f(x, y); }
      fn b(x: f32, y: vec3f) -> vec4f { return vec4f(x, y); }
      fn c(x: vec2f, y: vec2f) -> vec4f { return vec4(x, y); }
      fn d(x: f32) -> vec4f { return vec4f(x, 1, 2.5, -x); }
      fn e(x: vec4f) -> vec3f { return vec3(x.wz, x.x); }
      fn g(x: u32) -> vec4u { return vec4(x, 1, 2, 3); }
      fn h(x: f32) -> vec3f { return vec3f(x); }
      fn k() -> vec4f { return vec4f(); }
      fn l(v: vec4f, i: i32, x: f32) -> vec4f { var w = v; w[i] = x; w[1] += 10.0; w.z *= 2.0; return w; }
      fn m(v: vec3f, i: u32, x: f32) -> vec3f { var w = v; w[i] = x; return w; }
      fn n(v: vec4f, i: u32) -> f32 { return v[i]; }
      fn o(v: vec2i, i: u32) -> i32 { return v[i]; }
      fn p(v: vec4f) -> vec4f { return (v + v).wzyx.yyxx; }`);
    assertSame(call('a', [1, 2, 3], 4), [1, 2, 3, 4], 'vec3 and scalar');
    assertSame(call('b', 1, [2, 3, 4]), [1, 2, 3, 4], 'scalar and vec3');
    assertSame(call('c', [1, 2], [3, 4]), [1, 2, 3, 4], 'two vec2');
    assertSame(call('d', 7), [7, 1, 2.5, -7], 'with literals');
    assertSame(call('e', [1, 2, 3, 4]), [4, 3, 1], 'vec3 of a swizzle');
    assertSame(call('g', 9), [9, 1, 2, 3], 'inferred u32');
    assertSame(call('h', 3), [3, 3, 3], 'splat');
    assertSame(call('k'), [0, 0, 0, 0], 'zero');
    assertSame(call('l', [1, 2, 3, 4], 3, 9), [1, 12, 6, 9], 'components written');
    assertSame(call('m', [1, 2, 3], 2, 9), [1, 2, 9], 'component of vec3 written');
    for (let i = 0; i < 4; i++) assertSame(call('n', [1, 2, 3, 4], i), i + 1, 'computed component');
    assertSame(call('o', [5, 6], 1), 6, 'computed component of vec2');
    assertSame(call('p', [1, 2, 3, 4]), [6, 6, 8, 8], 'swizzle of a swizzle');
  });

  it('lanes that have no place of their own, written and added to', () => {
    const call = kernelFunctions(`
      fn a(v: vec4f, i: u32, x: f32) -> vec4f { var w = v; w[i] += x; return w; }
      fn b(v: vec3i, i: u32) -> vec3i { var w = v; w[i]--; return w; }
      struct Masks { of: array<vec4<bool>, 2> }
      fn c(i: u32, k: u32) -> vec4<bool> {
        var m: Masks;
        m.of[i].y = true;
        m.of[i][k] = !m.of[i][k];
        return m.of[i];
      }
      fn d(i: u32) -> f32 {
        var w = array<vec4f, 2>(vec4f(1), vec4f(2));
        let p = &w[i];
        (*p)[i] = 7.0;
        return w[i][i] + (*p).w;
      }`);
    for (let i = 0; i < 4; i++)
      assertSame(
        call('a', [1, 2, 3, 4], i, 10),
        [1, 2, 3, 4].map((x, lane) => (lane === i ? x + 10 : x)),
        `lane ${i} added to`,
      );
    assertSame(call('b', [1, 2, 3], 2), [1, 2, 2], 'lane of vec3 counted down');
    assertSame(call('c', 1, 3), [false, true, false, true], 'lanes of a mask in memory');
    assertSame(call('c', 0, 1), [false, false, false, false], 'one lane twice');
    assertSame(call('d', 1), 9, 'through a pointer');
  });
});
