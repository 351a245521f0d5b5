import { CompileFault } from '../CompileFault.js';
import type { Position } from '../Position.js';
import type { Lane } from './constants.js';
import { convertLane, promoteLane } from './constants.js';
import { slotsOf } from './layout.js';
import type { Constant, Expression } from './tree.js';
import type { LaneType, ScalarName, Type } from './types.js';
import { elementOf, isAbstract, isLanes, laneCount, lanes, sameType, typeName } from './types.js';

/** A constant, checked to have as many lanes as its type. */
export function constant(type: Type, values: Lane[]): Constant {
  return { kind: 'constant', type, lanes: values };
}

/** The scalar each flattened lane of a type holds. */
export function flatScalars(type: Type): ScalarName[] {
  return slotsOf(type).flatMap((slot) => Array.from({ length: laneCount(slot.type) }, () => elementOf(slot.type)));
}

/** The zero of a type. */
export function zeroOf(type: Type, position: Position): Constant {
  if (type.kind === 'void' || type.kind === 'pointer' || (type.kind === 'array' && type.count === undefined))
    throw new CompileFault(`zero of ${typeName(type)}`, position);
  return constant(
    type,
    flatScalars(type).map((element) => (element === 'f32' || element === 'abstract-float' ? 0 : 0n)),
  );
}

/** The type that an abstract one becomes when nothing else decides: i32, f32. */
export function concreteType(type: Type): Type {
  if (type.kind === 'array') return { ...type, element: concreteType(type.element) };
  if (!isLanes(type)) return type;
  const element = elementOf(type);
  return lanes(laneCount(type), element === 'abstract-int' ? 'i32' : element === 'abstract-float' ? 'f32' : element);
}

/**
 * A value of exactly this type, converting abstract constants where WGSL does; `what` names the place for the error.
 */
export function promote(value: Constant, type: Type, what: string, position: Position): Constant;
export function promote(value: Expression, type: Type, what: string, position: Position): Expression;
export function promote(value: Expression, type: Type, what: string, position: Position): Expression {
  if (sameType(value.type, type)) return value;
  if (value.kind === 'constant' && isAbstract(value.type)) {
    const from = flatScalars(value.type);
    const to = flatScalars(type);
    const sameShape = value.type.kind === type.kind && from.length === to.length;
    const converted = sameShape
      ? value.lanes.map((lane, index) => promoteLane(lane, from[index]!, to[index]!, position))
      : [];
    if (sameShape && converted.every((lane) => lane !== undefined)) return constant(type, converted as Lane[]);
  }
  throw new CompileFault(`${what}: expected ${typeName(type)}, found ${typeName(value.type)}`, position);
}

/** A value without abstract scalars. */
export function concrete(value: Constant, position: Position): Constant;
export function concrete(value: Expression, position: Position): Expression;
export function concrete(value: Expression, position: Position): Expression {
  return isAbstract(value.type) ? promote(value, concreteType(value.type), 'constant', position) : value;
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

/** A constant of other scalars, as a value constructor converts. */
export function convertConstant(value: Constant, to: ScalarName, position: Position): Constant {
  const from = elementOf(value.type as LaneType);
  return constant(
    lanes(laneCount(value.type as LaneType), to),
    value.lanes.map((lane) => convertLane(lane, from, to, position)),
  );
}

/** A scalar constant in every lane of a vector. */
export function splatConstant(value: Constant, size: number): Constant {
  return constant(
    lanes(size, elementOf(value.type as LaneType)),
    Array.from({ length: size }, () => value.lanes[0]!),
  );
}

/** The bits of a constant lane in 32 bits. */
export function laneBits(lane: Lane, element: ScalarName): number {
  if (element === 'f32') return new Int32Array(Float32Array.of(lane as number).buffer)[0]!;
  if (element === 'bool') return lane === 0n ? 0 : -1;
  return Number(BigInt.asIntN(32, lane as bigint));
}
