import type { FunctionBuilder } from './FunctionBuilder.js';
import { CompileFault } from '../CompileFault.js';
import { promote, runtime, splat } from './lanes.js';
import { commonElement } from './operators.js';
import type { LaneType, ScalarName } from '../tree/types.js';
import { elementOf, laneCount, lanes, typeName } from '../tree/types.js';
import type { RuntimeValue, Value } from './values.js';
import type { Position } from '../Position.js';

/** What a built-in function is called with. */
export interface BuiltinCall {
  builder: FunctionBuilder;
  name: string;
  operands: Value[];
  position: Position;
}

/** Emits a call; the operands are scalars or vectors, not checked further. */
export type Builtin = (call: BuiltinCall) => Value;

/**
 * The operands, as many as stated, brought to one scalar out of `allowed` and to equal shapes; operands at the places
 * in `scalars` may be scalars beside vectors.
 */
export function matched(
  call: BuiltinCall,
  count: number,
  allowed: ScalarName[],
  scalars: number[] = [],
): RuntimeValue[] {
  const { builder, name, operands, position } = call;
  const refuse = () =>
    new CompileFault(`${name}(${operands.map((operand) => typeName(operand.type)).join(', ')})`, position);
  if (operands.length !== count) throw refuse();
  let element: ScalarName | undefined = elementOf(operands[0]!.type as LaneType);
  for (const operand of operands)
    element = element === undefined ? undefined : commonElement(element, elementOf(operand.type as LaneType));
  if (element === 'abstract-int') element = allowed.includes('i32') ? 'i32' : 'f32';
  if (element === 'abstract-float') element = 'f32';
  if (element === undefined || !allowed.includes(element)) throw refuse();
  const size = laneCount(operands[0]!.type as LaneType);
  return operands.map((operand, index) => {
    const operandSize = laneCount(operand.type as LaneType);
    const promoted = promote(operand, lanes(operandSize, element), `${name}()`, position);
    if (operandSize === size) return runtime(builder, promoted, position);
    if (operandSize !== 1 || !scalars.includes(index)) throw refuse();
    return runtime(builder, splat(builder, promoted, size), position);
  });
}
