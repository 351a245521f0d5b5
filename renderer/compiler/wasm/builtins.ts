import { InvariantError } from '../../../protocol/errors.js';
import { constant } from '../tree/promote.js';
import type { EagerOperator } from '../tree/tree.js';
import type { LaneType } from '../tree/types.js';
import { BOOL, F32, elementOf, isSimd, laneCount, lanes } from '../tree/types.js';
import { bitBuiltins } from './bitBuiltins.js';
import type { Builtin, BuiltinCall } from './BuiltinCall.js';
import { readable } from './BuiltinCall.js';
import type { LaneOperation } from './lanes.js';
import { lanewise, laneParts, runtime, splat } from './lanes.js';
import { applyBinary, applyUnary } from './operators.js';
import type { RuntimeValue, Value } from './values.js';

const one = constant(F32, [1]);
const zero = constant(F32, [0]);

/** Emits a built-in function of WGSL that the subset knows. */
export function callBuiltin(name: string, call: BuiltinCall): Value {
  const emit = BUILTINS.get(name);
  if (emit === undefined)
    throw new InvariantError({ what: 'built-in function', expected: 'one that is emitted', actual: name });
  return emit(call);
}

/** A float function with one operand that both scalars and SIMD have as an instruction. */
function floatUnary(pick: (call: BuiltinCall) => LaneOperation): Builtin {
  return (call) => lanewise(call.builder, 'f32', readable(call), pick(call));
}

/**
 * min and max by WGSL's own words: the second operand where it is strictly less (or greater), else the first. SIMD
 * calls that pmin and pmax.
 */
function extreme(pick: 'min' | 'max'): Builtin {
  return (call) => {
    const operands = readable(call);
    const { module: m } = call.builder;
    const element = elementOf(operands[0]!.type as LaneType);
    const less = pick === 'min';
    if (element === 'f32') {
      return lanewise(call.builder, element, operands, {
        scalar: (a, b) =>
          less ? m.select(m.f32.lt(b!(), a!()), b!(), a!()) : m.select(m.f32.lt(a!(), b!()), b!(), a!()),
        simd: (a, b) => (less ? m.f32x4.pmin(a!(), b!()) : m.f32x4.pmax(a!(), b!())),
      });
    }
    const [compare, vector] =
      element === 'i32'
        ? [less ? m.i32.lt_s : m.i32.gt_s, less ? m.i32x4.min_s : m.i32x4.max_s]
        : [less ? m.i32.lt_u : m.i32.gt_u, less ? m.i32x4.min_u : m.i32x4.max_u];
    return lanewise(call.builder, element, operands, {
      scalar: (a, b) => m.select(compare(a!(), b!()), a!(), b!()),
      simd: (a, b) => vector(a!(), b!()),
    });
  };
}
const min = extreme('min');
const max = extreme('max');

const compute = (call: BuiltinCall, operator: EagerOperator, left: Value, right: Value) =>
  applyBinary(call.builder, operator, left, right);
const withOperands = (call: BuiltinCall, ...operands: Value[]): BuiltinCall => ({ ...call, operands });

/** The sum of products in lane order, starting with the first. */
function dotOf(call: BuiltinCall, a: Value, b: Value): Value {
  const products = runtime(call.builder, compute(call, '*', a, b));
  const type = lanes(1, elementOf(products.type as LaneType));
  const terms: Value[] = laneParts(call.builder, products).map((part) => ({ kind: 'runtime', type, parts: [part] }));
  return terms.reduce((sum, term) => compute(call, '+', sum, term));
}

const squareRoot: Builtin = floatUnary(({ builder: { module: m } }) => ({
  scalar: (x) => m.f32.sqrt(x!()),
  simd: (x) => m.f32x4.sqrt(x!()),
}));

function lengthOf(call: BuiltinCall, vector: Value): Value {
  if (vector.type.kind === 'scalar') return absolute(withOperands(call, vector));
  return squareRoot(withOperands(call, dotOf(call, vector, vector)));
}

const absolute: Builtin = (call) => {
  const [x] = readable(call);
  const { module: m } = call.builder;
  const element = elementOf(x!.type as LaneType);
  if (element === 'u32') return x!;
  return lanewise(
    call.builder,
    element,
    [x!],
    element === 'f32'
      ? { scalar: (a) => m.f32.abs(a!()), simd: (a) => m.f32x4.abs(a!()) }
      : {
          scalar: (a) => m.select(m.i32.lt_s(a!(), m.i32.const(0)), m.i32.sub(m.i32.const(0), a!()), a!()),
          simd: (a) => m.i32x4.abs(a!()),
        },
  );
};

const sign: Builtin = (call) => {
  const [x] = readable(call);
  const { module: m } = call.builder;
  if (elementOf(x!.type as LaneType) === 'i32') {
    return lanewise(call.builder, 'i32', [x!], {
      scalar: (a) => m.i32.sub(m.i32.gt_s(a!(), m.i32.const(0)), m.i32.lt_s(a!(), m.i32.const(0))),
    });
  }
  return lanewise(call.builder, 'f32', [x!], {
    scalar: (a) =>
      m.select(
        m.f32.gt(a!(), m.f32.const(0)),
        m.f32.const(1),
        m.select(m.f32.lt(a!(), m.f32.const(0)), m.f32.const(-1), m.f32.const(0)),
      ),
  });
};

const clamp: Builtin = (call) => {
  const [x, low, high] = readable(call);
  return min(withOperands(call, max(withOperands(call, x!, low!)), high!));
};

const select: Builtin = (call) => {
  const [whenFalse, whenTrue, condition] = call.operands;
  const [a, b] = readable(withOperands(call, whenFalse!, whenTrue!)) as [RuntimeValue, RuntimeValue];
  const size = laneCount(condition!.type as LaneType);
  const type = a.type as LaneType;
  const blended = blend(call, [a, b], condition!);
  if (blended !== undefined) return blended;
  const c = runtime(call.builder, condition!);
  const { module: m } = call.builder;
  if (size === 1) {
    const decide = c.parts[0]!.read;
    return lanewise(call.builder, elementOf(type), [a, b], {
      scalar: (x, y) => m.select(decide(), y!(), x!()),
      simd: (x, y) => m.select(decide(), y!(), x!()),
    });
  }
  return lanewise(call.builder, elementOf(type), [a, b, c], {
    scalar: (x, y, which) => m.select(which!(), y!(), x!()),
    simd: (x, y, which) => m.v128.bitselect(y!(), x!(), which!()),
  });
};

/**
 * Cheaper forms of select on four lanes: lanes picked by constants are a shuffle, and beside zeros the mask itself will
 * do.
 */
function blend(call: BuiltinCall, [a, b]: [RuntimeValue, RuntimeValue], condition: Value): RuntimeValue | undefined {
  const { builder } = call;
  const { module: m } = builder;
  const type = a.type as LaneType;
  if (!isSimd(type) || condition.type.kind !== 'vector') return undefined;
  const [whenFalse, whenTrue] = [a.parts[0]!, b.parts[0]!];
  if (condition.kind === 'constant') {
    const bytes = condition.lanes.flatMap((lane, index) =>
      [0, 1, 2, 3].map((byte) => (lane === 0n ? 0 : 16) + 4 * index + byte),
    );
    return {
      kind: 'runtime',
      type,
      parts: [builder.keep(type, m.i8x16.shuffle(whenFalse.read(), whenTrue.read(), bytes))],
    };
  }
  const mask = condition.parts[0]!;
  if (isZero(call.operands[0]!))
    return { kind: 'runtime', type, parts: [builder.keep(type, m.v128.and(whenTrue.read(), mask.read()))] };
  if (isZero(call.operands[1]!))
    return { kind: 'runtime', type, parts: [builder.keep(type, m.v128.andnot(whenFalse.read(), mask.read()))] };
  return undefined;
}

/** Whether a value is a constant whose bits are all zero. */
function isZero(value: Value): boolean {
  return value.kind === 'constant' && value.lanes.every((lane) => lane === 0n || Object.is(lane, 0));
}

function reduceBools(kind: 'any' | 'all'): Builtin {
  return (call) => {
    const [x] = readable(call);
    const { module: m } = call.builder;
    const type = x!.type as LaneType;
    if (isSimd(type)) {
      const mask = x!.parts[0]!.read();
      return {
        kind: 'runtime',
        type: BOOL,
        parts: [call.builder.keep(BOOL, kind === 'any' ? m.v128.any_true(mask) : m.i32x4.all_true(mask))],
      };
    }
    const combined = x!.parts
      .map((part) => part.read())
      .reduce((a, b) => (kind === 'any' ? m.i32.or(a, b) : m.i32.and(a, b)));
    return { kind: 'runtime', type: BOOL, parts: [call.builder.keep(BOOL, combined)] };
  };
}

const cross: Builtin = (call) => {
  const [a, b] = readable(call);
  const lane = (vector: RuntimeValue, index: number): Value => ({
    kind: 'runtime',
    type: F32,
    parts: [vector.parts[index]!],
  });
  const product = (i: number, j: number) => compute(call, '*', lane(a!, i), lane(b!, j));
  const component = (i: number, j: number) =>
    runtime(call.builder, compute(call, '-', product(i, j), product(j, i))).parts[0]!;
  return { kind: 'runtime', type: a!.type, parts: [component(1, 2), component(2, 0), component(0, 1)] };
};

const smoothstep: Builtin = (call) => {
  const [low, high, x] = readable(call);
  const size = laneCount(x!.type as LaneType);
  const t = clamp(
    withOperands(
      call,
      compute(call, '/', compute(call, '-', x!, low!), compute(call, '-', high!, low!)),
      splat(call.builder, zero, size),
      splat(call.builder, one, size),
    ),
  );
  return compute(
    call,
    '*',
    compute(call, '*', t, t),
    compute(call, '-', constant(F32, [3]), compute(call, '*', constant(F32, [2]), t)),
  );
};

const refract: Builtin = (call) => {
  const [incident, normal] = readable(withOperands(call, ...call.operands.slice(0, 2)));
  const ratio = call.operands[2]!;
  const cosine = dotOf(call, normal!, incident!);
  const k = compute(
    call,
    '-',
    one,
    compute(call, '*', compute(call, '*', ratio, ratio), compute(call, '-', one, compute(call, '*', cosine, cosine))),
  );
  const along = compute(call, '+', compute(call, '*', ratio, cosine), squareRoot(withOperands(call, k)));
  const bent = compute(call, '-', compute(call, '*', ratio, incident!), compute(call, '*', along, normal!));
  return select(
    withOperands(call, bent, splat(call.builder, zero, laneCount(bent.type as LaneType)), compute(call, '<', k, zero)),
  );
};

const BUILTINS = new Map<string, Builtin>([
  ['min', min],
  ['max', max],
  ['clamp', clamp],
  ['abs', absolute],
  ['sign', sign],
  ['select', select],
  ['any', reduceBools('any')],
  ['all', reduceBools('all')],
  ['sqrt', squareRoot],
  [
    'floor',
    floatUnary(({ builder: { module: m } }) => ({
      scalar: (x) => m.f32.floor(x!()),
      simd: (x) => m.f32x4.floor(x!()),
    })),
  ],
  [
    'ceil',
    floatUnary(({ builder: { module: m } }) => ({ scalar: (x) => m.f32.ceil(x!()), simd: (x) => m.f32x4.ceil(x!()) })),
  ],
  [
    'trunc',
    floatUnary(({ builder: { module: m } }) => ({
      scalar: (x) => m.f32.trunc(x!()),
      simd: (x) => m.f32x4.trunc(x!()),
    })),
  ],
  [
    'round',
    floatUnary(({ builder: { module: m } }) => ({
      scalar: (x) => m.f32.nearest(x!()),
      simd: (x) => m.f32x4.nearest(x!()),
    })),
  ],
  [
    'fract',
    floatUnary(({ builder: { module: m } }) => ({
      scalar: (x) => m.f32.sub(x!(), m.f32.floor(x!())),
      simd: (x) => m.f32x4.sub(x!(), m.f32x4.floor(x!())),
    })),
  ],
  [
    'inverseSqrt',
    floatUnary(({ builder: { module: m } }) => ({
      scalar: (x) => m.f32.div(m.f32.const(1), m.f32.sqrt(x!())),
      simd: (x) => m.f32x4.div(m.f32x4.splat(m.f32.const(1)), m.f32x4.sqrt(x!())),
    })),
  ],
  ['degrees', (call) => compute(call, '*', readable(call)[0]!, constant(F32, [Math.fround(180 / Math.PI)]))],
  ['radians', (call) => compute(call, '*', readable(call)[0]!, constant(F32, [Math.fround(Math.PI / 180)]))],
  [
    'saturate',
    (call) => {
      const [x] = readable(call);
      const size = laneCount(x!.type as LaneType);
      return clamp(withOperands(call, x!, splat(call.builder, zero, size), splat(call.builder, one, size)));
    },
  ],
  [
    'step',
    (call) => {
      const [edge, x] = readable(call);
      const size = laneCount(x!.type as LaneType);
      return select(
        withOperands(
          call,
          splat(call.builder, zero, size),
          splat(call.builder, one, size),
          compute(call, '<=', edge!, x!),
        ),
      );
    },
  ],
  [
    'mix',
    (call) => {
      const [a, b, t] = readable(call);
      return compute(call, '+', compute(call, '*', a!, compute(call, '-', one, t!)), compute(call, '*', b!, t!));
    },
  ],
  ['smoothstep', smoothstep],
  [
    'dot',
    (call) => {
      const [a, b] = readable(call);
      return dotOf(call, a!, b!);
    },
  ],
  ['cross', cross],
  ['length', (call) => lengthOf(call, readable(call)[0]!)],
  [
    'distance',
    (call) => {
      const [a, b] = readable(call);
      return lengthOf(call, compute(call, '-', a!, b!));
    },
  ],
  [
    'normalize',
    (call) => {
      const [x] = readable(call);
      return compute(call, '/', x!, lengthOf(call, x!));
    },
  ],
  [
    'reflect',
    (call) => {
      const [incident, normal] = readable(call);
      return compute(
        call,
        '-',
        incident!,
        compute(call, '*', compute(call, '*', constant(F32, [2]), dotOf(call, normal!, incident!)), normal!),
      );
    },
  ],
  ['refract', refract],
  [
    'faceForward',
    (call) => {
      const [normal, incident, reference] = readable(call);
      const flipped = applyUnary(call.builder, '-', normal!);
      return select(withOperands(call, flipped, normal!, compute(call, '<', dotOf(call, reference!, incident!), zero)));
    },
  ],
  ...bitBuiltins,
]);
