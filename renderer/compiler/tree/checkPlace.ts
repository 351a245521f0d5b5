import { CompileFault } from '../CompileFault.js';
import type { Position } from '../Position.js';
import type { Operand } from './Scope.js';
import { concrete } from './promote.js';
import type { Expression, Place, Variable } from './tree.js';
import type { LaneType, Type } from './types.js';
import { lanes, scalar, typeName } from './types.js';

/** The variable that a place is a part of, or what is known of it: where it is, and whether it can be written to. */
export function rootOf(place: Place): Pick<Variable, 'space' | 'writable'> {
  switch (place.kind) {
    case 'variable':
      return place.variable;
    case 'pointee':
      return { space: place.pointer.type.space, writable: true };
    case 'table':
      return { space: 'private', writable: false };
    default:
      return rootOf(place.object);
  }
}

/** The value that a place holds. */
export function loaded(place: Place, position: Position): Expression {
  const { type } = place;
  if (type.kind === 'array' && type.count === undefined) throw new CompileFault(`value of ${typeName(type)}`, position);
  return { kind: 'load', place, type, position };
}

const COMPONENTS = ['xyzw', 'rgba'];

/** The lanes that a swizzle names, in order. */
export function swizzleLanes(type: LaneType, member: string, position: Position): number[] {
  const set = COMPONENTS.find((letters) => [...member].every((letter) => letters.includes(letter)));
  const picked = set === undefined || type.kind !== 'vector' ? [] : [...member].map((letter) => set.indexOf(letter));
  if (type.kind !== 'vector' || picked.length < 1 || picked.length > 4 || picked.some((lane) => lane >= type.size)) {
    throw new CompileFault(`.${member} of ${typeName(type)}`, position);
  }
  return picked;
}

/** The components that a swizzle names, of a value. */
export function swizzled(value: Expression, member: string, position: Position): Expression {
  const type = value.type as LaneType & { kind: 'vector' };
  const picked = swizzleLanes(type, member, position);
  const result = lanes(picked.length, type.element);
  if (value.kind === 'constant')
    return { kind: 'constant', type: result, lanes: picked.map((lane) => value.lanes[lane]!) };
  return { kind: 'swizzle', object: value, lanes: picked, type: result, position };
}

/** The number of a member of this name. */
export function memberIndex(type: Type & { kind: 'struct' }, member: string, position: Position): number {
  const index = type.members.findIndex(({ name }) => name === member);
  if (index < 0) throw new CompileFault(`member ${member} of ${type.name}`, position);
  return index;
}

/** A member of a struct, or components of a vector, of what has a place. Several components have none. */
export function memberOfPlace(place: Place, member: string, position: Position): Operand {
  const { type } = place;
  if (type.kind === 'struct') {
    const index = memberIndex(type, member, position);
    return {
      kind: 'place',
      place: { kind: 'member', object: place, index, type: type.members[index]!.type, position },
    };
  }
  if (type.kind !== 'vector') throw new CompileFault(`member ${member} of ${typeName(type)}`, position);
  const picked = swizzleLanes(type, member, position);
  if (picked.length > 1) return { kind: 'value', value: swizzled(loaded(place, position), member, position) };
  const part: Place = { kind: 'component', object: place, lane: picked[0]!, type: scalar(type.element), position };
  return { kind: 'place', place: part };
}

/** The element type of what can be indexed, and how many there are where that is known. */
export function indexedType(type: Type, position: Position): { element: Type; count: number | undefined } {
  if (type.kind === 'array') return { element: type.element, count: type.count };
  if (type.kind === 'vector') return { element: scalar(type.element), count: type.size };
  throw new CompileFault(`index into ${typeName(type)}`, position);
}

/** An index, of i32 or u32; where it is constant, it is checked against the count where there is one. */
export function checkIndex(index: Expression, count: number | undefined, position: Position): Expression {
  const { type } = index;
  const integer = type.kind === 'scalar' && ['i32', 'u32', 'abstract-int'].includes(type.name);
  if (!integer) throw new CompileFault(`index of type ${typeName(type)}`, position);
  if (index.kind !== 'constant') return index;
  const lane = index.lanes[0] as bigint;
  if (lane < 0n || (count !== undefined && lane >= BigInt(count)))
    throw new CompileFault(`index ${lane} out of range`, position);
  return concrete(index, position);
}

/** The place of an element, at a constant or computed index. */
export function elementOfPlace(place: Place, given: Expression, position: Position): Place {
  const { element, count } = indexedType(place.type, position);
  const index = checkIndex(given, count, position);
  if (index.kind === 'constant' && place.type.kind === 'vector')
    return { kind: 'component', object: place, lane: Number(index.lanes[0]), type: element, position };
  return { kind: 'element', object: place, index, type: element, position };
}
