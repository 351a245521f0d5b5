import type binaryen from 'binaryen';
import type { EagerOperator } from '../tree/tree.js';
import type { LaneType, ScalarName } from '../tree/types.js';
import { elementOf, laneCount, lanes } from '../tree/types.js';
import type { FunctionBuilder } from './FunctionBuilder.js';
import type { LaneOperation } from './lanes.js';
import { lanewise, runtime, splat } from './lanes.js';
import type { RuntimeValue, Value } from './values.js';

type Module = binaryen.Module;
const COMPARISONS = ['==', '!=', '<', '<=', '>', '>='];

/** `-x`, `!x`, `~x` on a scalar or vector. */
export function applyUnary(builder: FunctionBuilder, operator: '-' | '!' | '~', given: Value): Value {
  const operand = runtime(builder, given);
  const element = elementOf(operand.type as LaneType);
  const { module: m } = builder;
  if (operator === '!')
    return lanewise(builder, element, [operand], { scalar: (x) => m.i32.eqz(x!()), simd: (x) => m.v128.not(x!()) });
  if (operator === '~')
    return lanewise(builder, element, [operand], {
      scalar: (x) => m.i32.xor(x!(), m.i32.const(-1)),
      simd: (x) => m.v128.not(x!()),
    });
  return lanewise(
    builder,
    element,
    [operand],
    element === 'f32'
      ? { scalar: (x) => m.f32.neg(x!()), simd: (x) => m.f32x4.neg(x!()) }
      : { scalar: (x) => m.i32.sub(m.i32.const(0), x!()), simd: (x) => m.i32x4.neg(x!()) },
  );
}

/** A binary operator other than `&&` and `||`; a scalar beside a vector stands for all its lanes. */
export function applyBinary(builder: FunctionBuilder, operator: EagerOperator, left: Value, right: Value): Value {
  const type = lanes(
    Math.max(laneCount(left.type as LaneType), laneCount(right.type as LaneType)),
    elementOf(left.type as LaneType),
  );
  const element = elementOf(type);
  const resultElement = COMPARISONS.includes(operator) ? 'bool' : element;
  const widened = [left, right].map((value) => widen(builder, value, laneCount(type)));
  const operands = widened.map((value) => runtime(builder, value));
  if (operator === '<<' || operator === '>>') {
    const amount = operands[1]!.parts[0]!;
    return lanewise(
      builder,
      element,
      operands,
      shift(builder.module, operator, element, laneCount(type) === 4 ? amount.splat : undefined),
    );
  }
  if (element === 'f32') return lanewise(builder, resultElement, operands, floatOperation(builder.module, operator));
  if (element === 'bool') return lanewise(builder, resultElement, operands, boolOperation(builder.module, operator));
  const result = lanewise(
    builder,
    resultElement,
    operands,
    integerOperation(builder.module, operator, element === 'i32'),
  );
  noteSigns(operator, widened, operands, result);
  return result;
}

/**
 * Marks `bits & 0x80000000` and `bitsOfFloat ^ signs`, so that turning the latter into a float again can skip the bits.
 */
function noteSigns(operator: EagerOperator, given: Value[], operands: RuntimeValue[], result: RuntimeValue): void {
  result.parts.forEach((part, index) => {
    const [left, right] = operands.map((operand) => operand.parts[index]!);
    if (
      operator === '&' &&
      given.some(
        (value) => value.kind === 'constant' && value.lanes.every((lane) => ((lane as bigint) & 0x7fffffffn) === 0n),
      )
    )
      part.signOnly = true;
    if (operator === '^' && left!.bitsOf !== undefined && right!.signOnly === true)
      part.flipped = { float: left!.bitsOf, signs: right!.read };
  });
}

/** A scalar in as many lanes as are asked for; a vector as it is. */
function widen(builder: FunctionBuilder, value: Value, size: number): Value {
  return laneCount(value.type as LaneType) === size ? value : splat(builder, value, size);
}

function floatOperation(m: Module, operator: EagerOperator): LaneOperation {
  switch (operator) {
    case '+':
      return { scalar: (a, b) => m.f32.add(a!(), b!()), simd: (a, b) => m.f32x4.add(a!(), b!()) };
    case '-':
      return { scalar: (a, b) => m.f32.sub(a!(), b!()), simd: (a, b) => m.f32x4.sub(a!(), b!()) };
    case '*':
      return { scalar: (a, b) => m.f32.mul(a!(), b!()), simd: (a, b) => m.f32x4.mul(a!(), b!()) };
    case '/':
      return { scalar: (a, b) => m.f32.div(a!(), b!()), simd: (a, b) => m.f32x4.div(a!(), b!()) };
    case '%':
      return {
        scalar: (a, b) => m.f32.sub(a!(), m.f32.mul(b!(), m.f32.trunc(m.f32.div(a!(), b!())))),
        simd: (a, b) => m.f32x4.sub(a!(), m.f32x4.mul(b!(), m.f32x4.trunc(m.f32x4.div(a!(), b!())))),
      };
    case '==':
      return { scalar: (a, b) => m.f32.eq(a!(), b!()), simd: (a, b) => m.f32x4.eq(a!(), b!()) };
    case '!=':
      return { scalar: (a, b) => m.f32.ne(a!(), b!()), simd: (a, b) => m.f32x4.ne(a!(), b!()) };
    case '<':
      return { scalar: (a, b) => m.f32.lt(a!(), b!()), simd: (a, b) => m.f32x4.lt(a!(), b!()) };
    case '<=':
      return { scalar: (a, b) => m.f32.le(a!(), b!()), simd: (a, b) => m.f32x4.le(a!(), b!()) };
    case '>':
      return { scalar: (a, b) => m.f32.gt(a!(), b!()), simd: (a, b) => m.f32x4.gt(a!(), b!()) };
    case '>=':
      return { scalar: (a, b) => m.f32.ge(a!(), b!()), simd: (a, b) => m.f32x4.ge(a!(), b!()) };
    default:
      throw new Error(`operator ${operator} is none of floats`);
  }
}

function boolOperation(m: Module, operator: EagerOperator): LaneOperation {
  switch (operator) {
    case '&':
      return { scalar: (a, b) => m.i32.and(a!(), b!()), simd: (a, b) => m.v128.and(a!(), b!()) };
    case '|':
      return { scalar: (a, b) => m.i32.or(a!(), b!()), simd: (a, b) => m.v128.or(a!(), b!()) };
    case '==':
      return { scalar: (a, b) => m.i32.eq(a!(), b!()), simd: (a, b) => m.i32x4.eq(a!(), b!()) };
    case '!=':
      return { scalar: (a, b) => m.i32.ne(a!(), b!()), simd: (a, b) => m.i32x4.ne(a!(), b!()) };
    default:
      throw new Error(`operator ${operator} is none of booleans`);
  }
}

function integerOperation(m: Module, operator: EagerOperator, signed: boolean): LaneOperation {
  switch (operator) {
    case '+':
      return { scalar: (a, b) => m.i32.add(a!(), b!()), simd: (a, b) => m.i32x4.add(a!(), b!()) };
    case '-':
      return { scalar: (a, b) => m.i32.sub(a!(), b!()), simd: (a, b) => m.i32x4.sub(a!(), b!()) };
    case '*':
      return { scalar: (a, b) => m.i32.mul(a!(), b!()), simd: (a, b) => m.i32x4.mul(a!(), b!()) };
    case '/':
      return { scalar: (a, b) => divide(m, signed, a!, b!) };
    case '%':
      return { scalar: (a, b) => remainder(m, signed, a!, b!) };
    case '&':
      return { scalar: (a, b) => m.i32.and(a!(), b!()), simd: (a, b) => m.v128.and(a!(), b!()) };
    case '|':
      return { scalar: (a, b) => m.i32.or(a!(), b!()), simd: (a, b) => m.v128.or(a!(), b!()) };
    case '^':
      return { scalar: (a, b) => m.i32.xor(a!(), b!()), simd: (a, b) => m.v128.xor(a!(), b!()) };
    case '==':
      return { scalar: (a, b) => m.i32.eq(a!(), b!()), simd: (a, b) => m.i32x4.eq(a!(), b!()) };
    case '!=':
      return { scalar: (a, b) => m.i32.ne(a!(), b!()), simd: (a, b) => m.i32x4.ne(a!(), b!()) };
    case '<':
      return signed
        ? { scalar: (a, b) => m.i32.lt_s(a!(), b!()), simd: (a, b) => m.i32x4.lt_s(a!(), b!()) }
        : { scalar: (a, b) => m.i32.lt_u(a!(), b!()), simd: (a, b) => m.i32x4.lt_u(a!(), b!()) };
    case '<=':
      return signed
        ? { scalar: (a, b) => m.i32.le_s(a!(), b!()), simd: (a, b) => m.i32x4.le_s(a!(), b!()) }
        : { scalar: (a, b) => m.i32.le_u(a!(), b!()), simd: (a, b) => m.i32x4.le_u(a!(), b!()) };
    case '>':
      return signed
        ? { scalar: (a, b) => m.i32.gt_s(a!(), b!()), simd: (a, b) => m.i32x4.gt_s(a!(), b!()) }
        : { scalar: (a, b) => m.i32.gt_u(a!(), b!()), simd: (a, b) => m.i32x4.gt_u(a!(), b!()) };
    case '>=':
      return signed
        ? { scalar: (a, b) => m.i32.ge_s(a!(), b!()), simd: (a, b) => m.i32x4.ge_s(a!(), b!()) }
        : { scalar: (a, b) => m.i32.ge_u(a!(), b!()), simd: (a, b) => m.i32x4.ge_u(a!(), b!()) };
    default:
      throw new Error(`operator ${operator} is none of integers`);
  }
}

/** Whether a signed division overflows: the least i32 by -1. */
function overflows(m: Module, a: () => number, b: () => number): number {
  return m.i32.and(m.i32.eq(a(), m.i32.const(-0x80000000)), m.i32.eq(b(), m.i32.const(-1)));
}

/**
 * A divisor that cannot trap: 1 in place of 0, and of -1 where that overflows. Dividing by it gives WGSL's result in
 * both cases.
 */
function safeDivisor(m: Module, signed: boolean, a: () => number, b: () => number): number {
  const isUnsafe = signed ? m.i32.or(m.i32.eqz(b()), overflows(m, a, b)) : m.i32.eqz(b());
  return m.select(isUnsafe, m.i32.const(1), b());
}

function divide(m: Module, signed: boolean, a: () => number, b: () => number): number {
  return signed ? m.i32.div_s(a(), safeDivisor(m, signed, a, b)) : m.i32.div_u(a(), safeDivisor(m, signed, a, b));
}

function remainder(m: Module, signed: boolean, a: () => number, b: () => number): number {
  return signed ? m.i32.rem_s(a(), safeDivisor(m, signed, a, b)) : m.i32.rem_u(a(), safeDivisor(m, signed, a, b));
}

/**
 * WebAssembly's shifts take the amount modulo 32, as WGSL's do. SIMD shifts all lanes by one amount, so it needs a
 * splat.
 */
function shift(
  m: Module,
  operator: '<<' | '>>',
  element: ScalarName,
  amount: (() => number) | undefined,
): LaneOperation {
  if (operator === '<<')
    return { scalar: (a, b) => m.i32.shl(a!(), b!()), simd: amount && ((a) => m.i32x4.shl(a!(), amount())) };
  return element === 'i32'
    ? { scalar: (a, b) => m.i32.shr_s(a!(), b!()), simd: amount && ((a) => m.i32x4.shr_s(a!(), amount())) }
    : { scalar: (a, b) => m.i32.shr_u(a!(), b!()), simd: amount && ((a) => m.i32x4.shr_u(a!(), amount())) };
}
