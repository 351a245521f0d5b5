import { CompileFault } from '../CompileFault.js';
import type { Position } from '../Position.js';

/** What a lane holds. The abstract ones exist only while constants are evaluated. */
export type ScalarName = 'f32' | 'i32' | 'u32' | 'bool' | 'abstract-int' | 'abstract-float';

export interface ScalarType {
  kind: 'scalar';
  name: ScalarName;
}
export interface VectorType {
  kind: 'vector';
  size: 2 | 3 | 4;
  element: ScalarName;
}
/** `count` is undefined for an array whose length the buffer decides. */
export interface ArrayType {
  kind: 'array';
  element: Type;
  count: number | undefined;
}
export interface StructMember {
  name: string;
  type: Type;
  /** Bytes from the start of the struct. */ offset: number;
}
/** `align` and `size` in bytes; a struct that ends in a runtime-sized array has the size without it. */
export interface StructType {
  kind: 'struct';
  name: string;
  members: StructMember[];
  align: number;
  size: number;
}
export interface PointerType {
  kind: 'pointer';
  space: 'function' | 'private';
  target: Type;
}
export interface VoidType {
  kind: 'void';
}
export type Type = ScalarType | VectorType | ArrayType | StructType | PointerType | VoidType;

/** A type whose lanes all hold the same scalar. */
export type LaneType = ScalarType | VectorType;

export const BOOL: ScalarType = { kind: 'scalar', name: 'bool' };
export const F32: ScalarType = { kind: 'scalar', name: 'f32' };
export const U32: ScalarType = { kind: 'scalar', name: 'u32' };

export function scalar(name: ScalarName): ScalarType {
  return { kind: 'scalar', name };
}

/** A vector of 2 to 4 lanes, or the scalar for one lane. */
export function lanes(size: number, element: ScalarName): LaneType {
  return size === 1 ? { kind: 'scalar', name: element } : { kind: 'vector', size: size as 2 | 3 | 4, element };
}

export function isLanes(type: Type): type is LaneType {
  return type.kind === 'scalar' || type.kind === 'vector';
}

/** The scalar that the lanes of a scalar or vector hold. */
export function elementOf(type: LaneType): ScalarName {
  return type.kind === 'scalar' ? type.name : type.element;
}

/** 1 for a scalar, the number of lanes of a vector. */
export function laneCount(type: LaneType): number {
  return type.kind === 'scalar' ? 1 : type.size;
}

/** A type as WGSL writes it, for errors and for comparing types. */
export function typeName(type: Type): string {
  switch (type.kind) {
    case 'scalar':
      return type.name;
    case 'vector':
      return `vec${type.size}<${type.element}>`;
    case 'array':
      return type.count === undefined
        ? `array<${typeName(type.element)}>`
        : `array<${typeName(type.element)}, ${type.count}>`;
    case 'struct':
      return type.name;
    case 'pointer':
      return `ptr<${type.space}, ${typeName(type.target)}>`;
    case 'void':
      return 'nothing';
  }
}

export function sameType(a: Type, b: Type): boolean {
  return a === b || typeName(a) === typeName(b);
}

export function isAbstract(type: Type): boolean {
  if (isLanes(type)) return elementOf(type).startsWith('abstract');
  return type.kind === 'array' && isAbstract(type.element);
}

/** Whether values of this type live in memory because they hold an array. */
export function holdsArray(type: Type): boolean {
  return type.kind === 'array' || (type.kind === 'struct' && type.members.some((member) => holdsArray(member.type)));
}

/** Vectors of four lanes are one SIMD register. */
export function isSimd(type: Type): type is VectorType {
  return type.kind === 'vector' && type.size === 4;
}

/** The scalar or vector that an operation needs, or an error that names the operation. */
export function expectLanes(type: Type, what: string, position: Position): LaneType {
  if (!isLanes(type)) throw new CompileFault(`${what} of ${typeName(type)}`, position);
  return type;
}
