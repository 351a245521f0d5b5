import type { Lane } from './constants.js';
import { convertLane, settle } from './constants.js';
import type { LaneType, ScalarName } from './types.js';
import { elementOf, laneCount, lanes } from './types.js';
import { commonElement, constant } from './promote.js';
import type { Constant, Expression } from './tree.js';
import type { Position } from '../Position.js';

const isInteger = (element: ScalarName) => element !== 'f32' && element !== 'abstract-float';
const least = (a: Lane, b: Lane) => (b < a ? b : a);
const greatest = (a: Lane, b: Lane) => (a < b ? b : a);

// Functions of constants that kernels build their own constants with. The rest of the built-in functions is computed at
// run time.
const FOLDS: Record<string, { count: number; floatOnly?: boolean; fold: (...values: Lane[]) => Lane }> = {
  abs: { count: 1, fold: (x) => (x! < 0 || Object.is(x, -0) ? -x! : x!) },
  min: { count: 2, fold: (a, b) => least(a!, b!) },
  max: { count: 2, fold: (a, b) => greatest(a!, b!) },
  clamp: { count: 3, fold: (x, low, high) => least(greatest(x!, low!), high!) },
  sqrt: { count: 1, floatOnly: true, fold: (x) => Math.sqrt(x as number) },
  floor: { count: 1, floatOnly: true, fold: (x) => Math.floor(x as number) },
  ceil: { count: 1, floatOnly: true, fold: (x) => Math.ceil(x as number) },
  trunc: { count: 1, floatOnly: true, fold: (x) => Math.trunc(x as number) },
};

/** The value of a built-in function whose operands are all constants; undefined where it is left to run time. */
export function foldBuiltin(name: string, operands: Expression[], position: Position): Constant | undefined {
  const rule = Object.hasOwn(FOLDS, name) ? FOLDS[name] : undefined;
  if (rule === undefined || operands.length !== rule.count || !operands.every((operand) => operand.kind === 'constant'))
    return undefined;
  const constants = operands as Constant[];
  const sizes = new Set(constants.map((operand) => laneCount(operand.type as LaneType)));
  let element = constants
    .map((operand) => elementOf(operand.type as LaneType))
    .reduce<ScalarName | undefined>(
      (a, b) => (a === undefined ? a : commonElement(a, b)),
      elementOf(constants[0]!.type as LaneType),
    );
  if (sizes.size !== 1 || element === undefined || element === 'bool') return undefined;
  if (rule.floatOnly === true && isInteger(element)) {
    if (element !== 'abstract-int') return undefined;
    element = 'abstract-float';
  }
  const result = element;
  const columns = constants.map((operand) =>
    operand.lanes.map((lane) => convertLane(lane, elementOf(operand.type as LaneType), result, position)),
  );
  const folded = columns[0]!.map((_, index) =>
    settle(rule.fold(...columns.map((column) => column[index]!)), result, position),
  );
  return constant(lanes(folded.length, result), folded);
}
