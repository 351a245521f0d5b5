import { CompileFault } from '../CompileFault.js';
import type { Position } from '../Position.js';
import { foldBinary, foldUnary } from './constants.js';
import { commonElement, concrete, constant, promote, splatConstant } from './promote.js';
import type { EagerOperator, Expression } from './tree.js';
import type { LaneType, ScalarName } from './types.js';
import { elementOf, expectLanes, laneCount, lanes, typeName } from './types.js';

const COMPARISONS = ['==', '!=', '<', '<=', '>', '>='];
const ARITHMETIC = ['+', '-', '*', '/', '%'];

/** Which scalars an operator takes. */
function takes(operator: EagerOperator, element: ScalarName): boolean {
  const isBool = element === 'bool';
  const isInteger = element === 'i32' || element === 'u32' || element === 'abstract-int';
  if (operator === '==' || operator === '!=') return true;
  if (operator === '&' || operator === '|') return isBool || isInteger;
  if (operator === '^' || operator === '<<' || operator === '>>') return isInteger;
  return !isBool;
}

/** `-x`, `!x`, `~x` on a scalar or vector. */
export function checkUnary(operator: '-' | '!' | '~', operand: Expression, position: Position): Expression {
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
  return { kind: 'unary', operator, operand, type, position };
}

/** A binary operator other than `&&` and `||`. */
export function checkBinary(
  operator: EagerOperator,
  left: Expression,
  right: Expression,
  position: Position,
): Expression {
  expectLanes(left.type, `operator ${operator}`, position);
  expectLanes(right.type, `operator ${operator}`, position);
  const [a, b] =
    operator === '<<' || operator === '>>'
      ? shiftOperands(left, right, operator, position)
      : unify(left, right, operator, position);
  const element = elementOf(a.type as LaneType);
  const size = Math.max(laneCount(a.type as LaneType), laneCount(b.type as LaneType));
  if (!takes(operator, element))
    throw new CompileFault(`operator ${operator} on ${typeName(lanes(size, element))}`, position);
  const type = lanes(size, COMPARISONS.includes(operator) ? 'bool' : element);
  if (a.kind === 'constant' && b.kind === 'constant') {
    const [x, y] = [a, b].map((each) => (each.lanes.length === size ? each : splatConstant(each, size)));
    return constant(
      type,
      x!.lanes.map((lane, index) => foldBinary(operator, lane, y!.lanes[index]!, element, position)),
    );
  }
  refuseConstantMisuse(operator, b, element, position);
  return { kind: 'binary', operator, left: concrete(a, position), right: concrete(b, position), type, position };
}

/**
 * WGSL refuses a constant zero divisor and constant shifts of 32 or more also where the left operand is not constant.
 */
function refuseConstantMisuse(
  operator: EagerOperator,
  right: Expression,
  element: ScalarName,
  position: Position,
): void {
  if (right.kind !== 'constant') return;
  if ((operator === '/' || operator === '%') && element !== 'f32' && right.lanes.includes(0n))
    throw new CompileFault('division by a constant zero', position);
  if ((operator === '<<' || operator === '>>') && right.lanes.some((lane) => (lane as bigint) > 31n))
    throw new CompileFault('shift by a constant of 32 or more', position);
}

function shiftOperands(
  left: Expression,
  right: Expression,
  operator: EagerOperator,
  position: Position,
): [Expression, Expression] {
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
 * Brings two operands to one scalar: abstract constants take the other's. Arithmetic takes a vector with a scalar, all
 * else wants equal widths.
 */
function unify(
  left: Expression,
  right: Expression,
  operator: EagerOperator,
  position: Position,
): [Expression, Expression] {
  const mismatch = () =>
    new CompileFault(`operator ${operator} on ${typeName(left.type)} and ${typeName(right.type)}`, position);
  const [leftType, rightType] = [left.type as LaneType, right.type as LaneType];
  const element = commonElement(elementOf(leftType), elementOf(rightType));
  if (element === undefined) throw mismatch();
  const [leftSize, rightSize] = [laneCount(leftType), laneCount(rightType)];
  if (leftSize !== rightSize && !(ARITHMETIC.includes(operator) && (leftSize === 1 || rightSize === 1)))
    throw mismatch();
  const brought = (value: Expression, size: number) =>
    promote(value, lanes(size, element), `operator ${operator}`, position);
  return [brought(left, leftSize), brought(right, rightSize)];
}
