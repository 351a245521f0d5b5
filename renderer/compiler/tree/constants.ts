import { CompileFault } from '../CompileFault.js';
import type { BinaryOperator } from '../syntax/syntax.js';
import type { ScalarName } from './types.js';
import type { Position } from '../Position.js';

/** One lane of a constant: integers are bigint, booleans 0n or 1n, floats numbers. */
export type Lane = number | bigint;

const isFloat = (scalar: ScalarName) => scalar === 'f32' || scalar === 'abstract-float';

/**
 * Brings a result into its type: integers wrap (abstract ones must fit 64 bits), floats round and must be finite, as
 * WGSL asks of constants.
 */
export function settle(value: Lane, scalar: ScalarName, position: Position): Lane {
  switch (scalar) {
    case 'i32':
      return BigInt.asIntN(32, value as bigint);
    case 'u32':
      return BigInt.asUintN(32, value as bigint);
    case 'bool':
      return value;
    case 'abstract-int':
      if (BigInt.asIntN(64, value as bigint) !== value)
        throw new CompileFault('constant expression overflows 64 bits', position);
      return value;
    case 'f32':
    case 'abstract-float': {
      const rounded = scalar === 'f32' ? Math.fround(value as number) : (value as number);
      if (!Number.isFinite(rounded)) throw new CompileFault('constant expression is not a finite number', position);
      return rounded;
    }
  }
}

/**
 * Converts a constant lane as `T(value)` does: floats to integers towards zero and clamped, integers by their bits,
 * numbers to bool by `!= 0`.
 */
export function convertLane(value: Lane, from: ScalarName, to: ScalarName, position: Position): Lane {
  if (from === to) return value;
  if (to === 'bool') return Number(value) !== 0 ? 1n : 0n;
  if (isFloat(to)) {
    // An integer of up to 64 bits goes to float32 in one rounding; through float64 it would be two.
    if (typeof value === 'bigint' && to === 'f32') return settle(roundToFloat32(value), to, position);
    return settle(Number(value), to, position);
  }
  if (isFloat(from)) {
    const low = to === 'u32' ? 0 : -2147483648;
    const high = to === 'u32' ? 4294967295 : 2147483647;
    return BigInt(Math.min(Math.max(Math.trunc(value as number), low), high));
  }
  return settle(value, to, position);
}

function roundToFloat32(value: bigint): number {
  const magnitude = value < 0n ? -value : value;
  // Bits below the 32 leading ones only say whether the number is above or at a tie: fold them into a sticky bit, which
  // float64 holds.
  const excess = BigInt(Math.max(magnitude.toString(2).length - 32, 0));
  const sticky = (magnitude & ((1n << excess) - 1n)) === 0n ? 0n : 1n;
  const kept = Number(((magnitude >> excess) << 1n) | sticky) * 2 ** (Number(excess) - 1);
  return Math.fround(value < 0n ? -kept : kept);
}

/**
 * Converts a constant lane where WGSL does so by itself: an abstract integer to anything numeric, an abstract float to
 * f32. Undefined where it does not.
 */
export function promoteLane(value: Lane, from: ScalarName, to: ScalarName, position: Position): Lane | undefined {
  if (from === to) return value;
  if (from === 'abstract-float' && to === 'f32') return settle(value, to, position);
  if (from !== 'abstract-int' || to === 'bool') return undefined;
  if (isFloat(to)) return convertLane(value, from, to, position);
  const wrapped = settle(value, to, position);
  if (wrapped !== value) throw new CompileFault(`${value} is out of range of ${to}`, position);
  return wrapped;
}

/** A unary operator on a constant lane. */
export function foldUnary(operator: '-' | '!' | '~', value: Lane, scalar: ScalarName, position: Position): Lane {
  if (operator === '!') return value === 0n ? 1n : 0n;
  if (operator === '~') return settle(~(value as bigint), scalar, position);
  // -0.0 keeps its sign, which a subtraction from zero would lose.
  return settle(-value, scalar, position);
}

/**
 * A binary operator on two constant lanes of one scalar (the right operand of a shift is u32). Division by zero and
 * shifts by 32 or more are refused, as WGSL does for constants.
 */
export function foldBinary(operator: BinaryOperator, a: Lane, b: Lane, scalar: ScalarName, position: Position): Lane {
  switch (operator) {
    case '==':
      return a === b ? 1n : 0n;
    case '!=':
      return a !== b ? 1n : 0n;
    case '<':
      return a < b ? 1n : 0n;
    case '<=':
      return a <= b ? 1n : 0n;
    case '>':
      return a > b ? 1n : 0n;
    case '>=':
      return a >= b ? 1n : 0n;
    default:
      return settle(
        typeof a === 'bigint'
          ? foldInteger(operator, a, b as bigint, scalar, position)
          : foldFloat(operator, a, b as number, scalar),
        scalar,
        position,
      );
  }
}

function foldInteger(operator: BinaryOperator, a: bigint, b: bigint, scalar: ScalarName, position: Position): bigint {
  if ((operator === '/' || operator === '%') && b === 0n) throw new CompileFault('constant division by zero', position);
  if ((operator === '<<' || operator === '>>') && b >= (scalar === 'abstract-int' ? 64n : 32n))
    throw new CompileFault(`constant shift by ${b}`, position);
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    case '&':
    case '&&':
      return a & b;
    case '|':
    case '||':
      return a | b;
    case '^':
      return a ^ b;
    case '<<':
      return a << b;
    case '>>':
      return a >> b;
    default:
      throw new CompileFault(`constant operator ${operator}`, position);
  }
}

function foldFloat(operator: BinaryOperator, a: number, b: number, scalar: ScalarName): number {
  const round = scalar === 'f32' ? Math.fround : (value: number) => value;
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    // JavaScript's remainder is exact; WGSL's definition rounds after each step.
    case '%':
      return a - round(b * Math.trunc(round(a / b)));
    default:
      return NaN;
  }
}
