import type { Position } from '../Position.js';
import type { LaneType } from '../tree/types.js';
import { laneCount } from '../tree/types.js';
import type { FunctionBuilder } from './FunctionBuilder.js';
import { runtime, splat } from './lanes.js';
import type { RuntimeValue, Value } from './values.js';

/** What a built-in function is called with. */
export interface BuiltinCall {
  builder: FunctionBuilder;
  operands: Value[];
  position: Position;
}

/** Emits a call. */
export type Builtin = (call: BuiltinCall) => Value;

/** The operands as what code can read, all as wide as the first. */
export function readable({ builder, operands }: BuiltinCall): RuntimeValue[] {
  const size = laneCount(operands[0]!.type as LaneType);
  return operands.map((operand) =>
    runtime(builder, laneCount(operand.type as LaneType) === size ? operand : splat(builder, operand, size)),
  );
}
