import type { Position } from '../Position.js';
import type { Lane } from '../tree/constants.js';
import { slotsOf } from '../tree/layout.js';
import { laneBits, splatConstant } from '../tree/promote.js';
import type { LaneType, ScalarName } from '../tree/types.js';
import { elementOf, isSimd, laneCount, lanes, scalar } from '../tree/types.js';
import type { FunctionBuilder } from './FunctionBuilder.js';
import type { Part, Read, RuntimeValue, Value } from './values.js';

/** A scalar in every lane of a vector. */
export function splat(builder: FunctionBuilder, value: Value, size: number): Value {
  const type = lanes(size, elementOf(value.type as LaneType));
  if (value.kind === 'constant') return splatConstant(value, size);
  const part = value.parts[0]!;
  return fromLanes(
    builder,
    type,
    Array.from({ length: size }, () => part),
  );
}

function constantPart(builder: FunctionBuilder, type: LaneType, values: Lane[]): Part {
  const { module } = builder;
  const element = elementOf(type);
  if (isSimd(type)) {
    const bytes = new Uint8Array(Int32Array.from(values, (lane) => laneBits(lane, element)).buffer);
    const part: Part = { read: () => module.v128.const(bytes) };
    if (values.every((lane) => Object.is(lane, values[0])))
      part.splat = constantPart(builder, scalar(element), [values[0]!]).read;
    return part;
  }
  const lane = values[0]!;
  if (element === 'f32') return { read: () => module.f32.const(lane as number) };
  return { read: () => module.i32.const(Number(BigInt.asIntN(32, lane as bigint))) };
}

/** A value as parts that code can read. */
export function runtime(builder: FunctionBuilder, value: Value): RuntimeValue {
  if (value.kind === 'runtime') return value;
  let at = 0;
  const parts = slotsOf(value.type).map((slot) => {
    const size = laneCount(slot.type);
    at += size;
    return constantPart(builder, slot.type, value.lanes.slice(at - size, at));
  });
  return { kind: 'runtime', type: value.type, parts };
}

/** Takes one lane out of a SIMD register. Lanes of a mask become 0 or 1. */
export function extractLane(builder: FunctionBuilder, part: Part, element: ScalarName, lane: number): Part {
  if (part.splat !== undefined) return { read: part.splat };
  const { module } = builder;
  if (element === 'f32') return builder.keep(scalar(element), module.f32x4.extract_lane(part.read(), lane));
  const extracted = module.i32x4.extract_lane(part.read(), lane);
  return builder.keep(scalar(element), element === 'bool' ? module.i32.and(extracted, module.i32.const(1)) : extracted);
}

/** What a scalar looks like inside a lane: booleans are all ones or all zeros. */
export function laneForm(builder: FunctionBuilder, element: ScalarName, read: Read): number {
  const { module } = builder;
  return element === 'bool' ? module.i32.sub(module.i32.const(0), read()) : read();
}

/** Puts a scalar in one lane of a SIMD register's value. */
export function replaceLane(
  builder: FunctionBuilder,
  vector: number,
  element: ScalarName,
  lane: number,
  read: Read,
): number {
  const { module } = builder;
  if (element === 'f32') return module.f32x4.replace_lane(vector, lane, read());
  return module.i32x4.replace_lane(vector, lane, laneForm(builder, element, read));
}

/** A SIMD register with one scalar in all lanes. */
export function splatPart(builder: FunctionBuilder, element: ScalarName, read: Read): Part {
  const { module } = builder;
  const expression =
    element === 'f32' ? module.f32x4.splat(read()) : module.i32x4.splat(laneForm(builder, element, read));
  return { ...builder.keep(lanes(4, element), expression), splat: read };
}

/** The lanes of a scalar or vector, one part each. */
export function laneParts(builder: FunctionBuilder, value: RuntimeValue): Part[] {
  const type = value.type as LaneType;
  if (!isSimd(type)) return value.parts;
  return [0, 1, 2, 3].map((lane) => extractLane(builder, value.parts[0]!, type.element, lane));
}

/** A scalar or vector put together from its lanes. */
export function fromLanes(builder: FunctionBuilder, type: LaneType, parts: Part[]): RuntimeValue {
  if (!isSimd(type)) return { kind: 'runtime', type, parts };
  const first = parts[0]!;
  const start = splatPart(builder, type.element, first.read);
  if (parts.every((part) => part === first)) return { kind: 'runtime', type, parts: [start] };
  const expression = parts
    .slice(1)
    .reduce((vector, part, index) => replaceLane(builder, vector, type.element, index + 1, part.read), start.read());
  return { kind: 'runtime', type, parts: [builder.keep(type, expression)] };
}

/** Emits one operation for a scalar (`m` is the module), and, where SIMD has it, for four lanes at once. */
export interface LaneOperation {
  scalar(...operands: Read[]): number;
  simd?: ((...operands: Read[]) => number) | undefined;
}

/** Applies an operation lane by lane to operands of equal shape; `element` is the scalar of the result. */
export function lanewise(
  builder: FunctionBuilder,
  element: ScalarName,
  operands: RuntimeValue[],
  operation: LaneOperation,
): RuntimeValue {
  const size = laneCount(operands[0]!.type as LaneType);
  const type = lanes(size, element);
  const watched = builder.watch !== undefined && operands.some((operand) => isFloat(operand.type as LaneType));
  if (size === 4 && operation.simd !== undefined && !watched) {
    return {
      kind: 'runtime',
      type,
      parts: [builder.keep(type, operation.simd(...operands.map((operand) => operand.parts[0]!.read)))],
    };
  }
  const columns = operands.map((operand) => laneParts(builder, operand));
  const results = Array.from({ length: size }, (_, lane) => {
    const reads = columns.map((column) => column[lane]!.read);
    const result = builder.keep(scalar(element), operation.scalar(...reads));
    if (watched) {
      const floats = reads.filter((_read, index) => isFloat(operands[index]!.type as LaneType));
      const { scalar: operate } = operation;
      builder.emit(
        builder.watch!.result({
          floats,
          operands: reads,
          result: result.read,
          resultIsFloat: element === 'f32',
          operation: operate,
          position: builder.position,
        }),
      );
    }
    return result;
  });
  return fromLanes(builder, type, results);
}

function isFloat(type: LaneType): boolean {
  return elementOf(type) === 'f32';
}

/** Converts between scalars as a value constructor does, lane by lane. */
export function convert(builder: FunctionBuilder, given: Value, to: ScalarName, position: Position): Value {
  const value = runtime(builder, given);
  const from = elementOf(value.type as LaneType);
  const type = lanes(laneCount(value.type as LaneType), to);
  if (from === to) return value;
  const { module: m } = builder;
  const integers = (element: ScalarName) => element === 'i32' || element === 'u32';
  if (integers(from) && integers(to)) return { ...value, type };
  if (builder.watch !== undefined && (integers(from) || integers(to)) && from !== 'bool' && to !== 'bool')
    for (const { read } of laneParts(builder, value))
      builder.emit(builder.watch.conversion(read, from as 'f32', to as 'f32', position));
  if (to === 'bool') {
    return lanewise(
      builder,
      to,
      [value],
      from === 'f32'
        ? {
            scalar: (x) => m.f32.ne(x!(), m.f32.const(0)),
            simd: (x) => m.f32x4.ne(x!(), m.f32x4.splat(m.f32.const(0))),
          }
        : {
            scalar: (x) => m.i32.ne(x!(), m.i32.const(0)),
            simd: (x) => m.i32x4.ne(x!(), m.i32x4.splat(m.i32.const(0))),
          },
    );
  }
  if (from === 'bool') {
    return lanewise(
      builder,
      to,
      [value],
      to === 'f32'
        ? { scalar: (x) => m.f32.convert_u.i32(x!()), simd: (x) => m.v128.and(x!(), m.f32x4.splat(m.f32.const(1))) }
        : { scalar: (x) => x!(), simd: (x) => m.v128.and(x!(), m.i32x4.splat(m.i32.const(1))) },
    );
  }
  if (to === 'f32') {
    return lanewise(
      builder,
      to,
      [value],
      from === 'i32'
        ? { scalar: (x) => m.f32.convert_s.i32(x!()), simd: (x) => m.f32x4.convert_i32x4_s(x!()) }
        : { scalar: (x) => m.f32.convert_u.i32(x!()), simd: (x) => m.f32x4.convert_i32x4_u(x!()) },
    );
  }
  return lanewise(
    builder,
    to,
    [value],
    to === 'i32'
      ? { scalar: (x) => m.i32.trunc_s_sat.f32(x!()), simd: (x) => m.i32x4.trunc_sat_f32x4_s(x!()) }
      : { scalar: (x) => m.i32.trunc_u_sat.f32(x!()), simd: (x) => m.i32x4.trunc_sat_f32x4_u(x!()) },
  );
}
