import type { Position } from '../Position.js';
import { slotsOf } from '../tree/layout.js';
import type { LaneType, Type } from '../tree/types.js';
import { elementOf, isLanes, isSimd } from '../tree/types.js';
import type { FunctionBuilder } from './FunctionBuilder.js';
import { fromLanes, laneParts, runtime } from './lanes.js';
import { canonical } from './places.js';
import type { Part, Value } from './values.js';

/** A vector put together from its parts, or an array or struct from its members. */
export function construct(builder: FunctionBuilder, type: Type, operands: Value[]): Value {
  if (isLanes(type))
    return fromLanes(
      builder,
      type,
      operands.flatMap((operand) => laneParts(builder, runtime(builder, operand))),
    );
  return { kind: 'runtime', type, parts: operands.flatMap((operand) => runtime(builder, operand).parts) };
}

/** The same bits as another type. A NaN shows one bit pattern only. */
export function reinterpret(builder: FunctionBuilder, type: LaneType, operand: Value, position: Position): Value {
  const given = runtime(builder, operand);
  const [from, to] = [elementOf(given.type as LaneType), elementOf(type)];
  if ((from === 'f32') === (to === 'f32')) return { ...given, type };
  const { module: m } = builder;
  const simd = isSimd(given.type as LaneType);
  if (to === 'f32') {
    const parts = given.parts.map((part): Part => {
      if (part.flipped === undefined)
        return builder.keep(slotTypeOf(type), simd ? part.read() : m.f32.reinterpret(part.read()));
      const { float, signs } = part.flipped;
      return builder.keep(
        slotTypeOf(type),
        simd ? m.v128.xor(float(), signs()) : m.f32.reinterpret(m.i32.xor(m.i32.reinterpret(float()), signs())),
      );
    });
    return { kind: 'runtime', type, parts };
  }
  if (builder.watch !== undefined)
    for (const { read } of laneParts(builder, given)) builder.emit(builder.watch.bits(read, position));
  const slot = slotTypeOf(given.type as LaneType);
  const parts = given.parts.map((part): Part => {
    const bits = canonical(builder, slot, part.read);
    return { ...builder.keep(slotTypeOf(type), simd ? bits : m.i32.reinterpret(bits)), bitsOf: part.read };
  });
  return { kind: 'runtime', type, parts };
}

/** What one part of a scalar or vector holds. */
function slotTypeOf(type: LaneType): LaneType {
  return slotsOf(type)[0]!.type;
}
