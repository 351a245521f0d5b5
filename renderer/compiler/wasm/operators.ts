import type binaryen from 'binaryen';
import { foldBinary, foldUnary } from '../tree/constants.js';
import type { FunctionBuilder } from './FunctionBuilder.js';
import { CompileFault } from '../CompileFault.js';
import type { LaneOperation } from './lanes.js';
import { concrete, lanewise, promote, runtime, splat } from './lanes.js';
import type { BinaryOperator } from '../syntax/syntax.js';
import type { LaneType, ScalarName } from '../tree/types.js';
import { elementOf, expectLanes, isAbstract, laneCount, lanes, typeName } from '../tree/types.js';
import type { RuntimeValue, Value } from './values.js';
import { constant } from './values.js';
import type { Position } from '../Position.js';

type Module = binaryen.Module;
const COMPARISONS = ['==', '!=', '<', '<=', '>', '>='];
const ARITHMETIC = ['+', '-', '*', '/', '%'];

/** Which scalars an operator takes. */
function takes(operator: BinaryOperator, element: ScalarName): boolean {
  const isBool = element === 'bool';
  const isInteger = element === 'i32' || element === 'u32' || element === 'abstract-int';
  if (operator === '==' || operator === '!=') return true;
  if (operator === '&' || operator === '|') return isBool || isInteger;
  if (operator === '^' || operator === '<<' || operator === '>>') return isInteger;
  return !isBool;
}

/** `-x`, `!x`, `~x` on a scalar or vector. */
export function applyUnary(
  builder: FunctionBuilder,
  operator: '-' | '!' | '~',
  operand: Value,
  position: Position,
): Value {
  const type = expectLanes(operand.type, `operator ${operator}`, position);
  const element = elementOf(type);
  const fits =
    operator === '!'
      ? element === 'bool'
      : operator === '~'
        ? ['i32', 'u32', 'abstract-int'].includes(element)
        : element !== 'bool' && element !== 'u32';
  if (!fits) throw new CompileFault(`operator ${operator} on ${typeName(type)}`, position);
  if (operand.kind === 'constant')
    return constant(
      type,
      operand.lanes.map((lane) => foldUnary(operator, lane, element, position)),
    );

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

/** A binary operator other than `&&` and `||`, which decide what is evaluated. */
export function applyBinary(
  builder: FunctionBuilder,
  operator: BinaryOperator,
  left: Value,
  right: Value,
  position: Position,
): Value {
  expectLanes(left.type, `operator ${operator}`, position);
  expectLanes(right.type, `operator ${operator}`, position);
  const [a, b] =
    operator === '<<' || operator === '>>'
      ? shiftOperands(left, right, operator, position)
      : unify(builder, left, right, operator, position);
  const type = a.type as LaneType;
  const element = elementOf(type);
  if (!takes(operator, element)) throw new CompileFault(`operator ${operator} on ${typeName(type)}`, position);
  const resultElement = COMPARISONS.includes(operator) ? 'bool' : element;
  if (a.kind === 'constant' && b.kind === 'constant') {
    return constant(
      lanes(laneCount(type), resultElement),
      a.lanes.map((lane, index) => foldBinary(operator, lane, b.lanes[index]!, element, position)),
    );
  }
  refuseConstantMisuse(operator, b, element, position);
  const operands = [runtime(builder, a, position), runtime(builder, b, position)];
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
  noteSigns(operator, [a, b], operands, result);
  return result;
}

/**
 * Marks `bits & 0x80000000` and `bitsOfFloat ^ signs`, so that turning the latter into a float again can skip the bits.
 */
function noteSigns(operator: BinaryOperator, given: Value[], operands: RuntimeValue[], result: RuntimeValue): void {
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

/**
 * WGSL refuses a constant zero divisor and constant shifts of 32 or more also where the left operand is not constant.
 */
function refuseConstantMisuse(operator: BinaryOperator, right: Value, element: ScalarName, position: Position): void {
  if (right.kind !== 'constant') return;
  if ((operator === '/' || operator === '%') && element !== 'f32' && right.lanes.includes(0n))
    throw new CompileFault('division by a constant zero', position);
  if ((operator === '<<' || operator === '>>') && right.lanes.some((lane) => (lane as bigint) > 31n))
    throw new CompileFault('shift by a constant of 32 or more', position);
}

function shiftOperands(left: Value, right: Value, operator: BinaryOperator, position: Position): [Value, Value] {
  const amount = promote(
    right,
    lanes(laneCount(right.type as LaneType), 'u32'),
    `right operand of ${operator}`,
    position,
  );
  const value = amount.kind === 'constant' && left.kind === 'constant' ? left : concrete(left, position);
  if (laneCount(value.type as LaneType) !== laneCount(amount.type as LaneType)) {
    throw new CompileFault(`operator ${operator} on ${typeName(left.type)} and ${typeName(right.type)}`, position);
  }
  return [value, amount];
}

/**
 * Brings two operands to one type: abstract constants take the other's scalar, and arithmetic takes a vector with a
 * scalar.
 */
export function unify(
  builder: FunctionBuilder,
  left: Value,
  right: Value,
  operator: string,
  position: Position,
): [Value, Value] {
  const mismatch = () =>
    new CompileFault(`operator ${operator} on ${typeName(left.type)} and ${typeName(right.type)}`, position);
  const [leftType, rightType] = [left.type as LaneType, right.type as LaneType];
  const element = commonElement(elementOf(leftType), elementOf(rightType));
  if (element === undefined) throw mismatch();
  const [leftSize, rightSize] = [laneCount(leftType), laneCount(rightType)];
  if (leftSize !== rightSize && !(ARITHMETIC.includes(operator) && (leftSize === 1 || rightSize === 1)))
    throw mismatch();
  const size = Math.max(leftSize, rightSize);
  const brought = (value: Value, valueSize: number) => {
    const promoted = promote(value, lanes(valueSize, element), `operator ${operator}`, position);
    return valueSize === size ? promoted : splat(builder, promoted, size);
  };
  return [brought(left, leftSize), brought(right, rightSize)];
}

/** The scalar that both convert to by themselves. */
export function commonElement(a: ScalarName, b: ScalarName): ScalarName | undefined {
  if (a === b) return a;
  const rank: ScalarName[] = ['abstract-int', 'abstract-float'];
  if (!rank.includes(a) && !rank.includes(b)) return undefined;
  const [lower, higher] = !rank.includes(a) || (a === 'abstract-float' && rank.includes(b)) ? [b, a] : [a, b];
  if (higher === 'bool') return undefined;
  return lower === 'abstract-float' && higher !== 'f32' && !isAbstract({ kind: 'scalar', name: higher })
    ? undefined
    : higher;
}

function floatOperation(m: Module, operator: BinaryOperator): LaneOperation {
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

function boolOperation(m: Module, operator: BinaryOperator): LaneOperation {
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

function integerOperation(m: Module, operator: BinaryOperator, signed: boolean): LaneOperation {
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
