import type { StructMember, StructType, Type } from './types.js';

// Alignment and size of types in memory: https://www.w3.org/TR/WGSL/#alignment-and-size

const roundUp = (bytes: number, align: number) => Math.ceil(bytes / align) * align;

/** Alignment in bytes. */
export function alignOf(type: Type): number {
  switch (type.kind) {
    case 'vector':
      return type.size === 2 ? 8 : 16;
    case 'struct':
      return type.align;
    case 'array':
      return alignOf(type.element);
    default:
      return 4;
  }
}

/** Size in bytes; a runtime-sized array counts as nothing. */
export function sizeOf(type: Type): number {
  switch (type.kind) {
    case 'vector':
      return 4 * type.size;
    case 'struct':
      return type.size;
    case 'array':
      return strideOf(type.element) * (type.count ?? 0);
    case 'void':
      return 0;
    default:
      return 4;
  }
}

/** Bytes from one element of an array to the next. */
export function strideOf(element: Type): number {
  return roundUp(sizeOf(element), alignOf(element));
}

/** Places the members of a struct; `align` and `size` are those of the attributes, where given. */
export function layOutStruct(
  name: string,
  members: { name: string; type: Type; align: number | undefined; size: number | undefined }[],
): StructType {
  const placed: StructMember[] = [];
  let end = 0;
  let structAlign = 1;
  for (const member of members) {
    const align = member.align ?? alignOf(member.type);
    const offset = roundUp(end, align);
    placed.push({ name: member.name, type: member.type, offset });
    end = offset + (member.size ?? sizeOf(member.type));
    structAlign = Math.max(structAlign, align);
  }
  return { kind: 'struct', name, members: placed, align: structAlign, size: roundUp(end, structAlign) };
}

/** One unit of a value as WebAssembly holds it: a scalar, or a vector of four lanes. */
export interface Slot {
  type: Extract<Type, { kind: 'scalar' | 'vector' }>;
  /** Bytes from the start of the value in memory. */
  offset: number;
}

/** The units that a value consists of, in order, with their places in memory. A pointer is one u32. */
export function slotsOf(type: Type, base = 0): Slot[] {
  switch (type.kind) {
    case 'scalar':
      return [{ type, offset: base }];
    case 'vector':
      if (type.size === 4) return [{ type, offset: base }];
      return Array.from({ length: type.size }, (_, lane) => ({
        type: { kind: 'scalar', name: type.element },
        offset: base + 4 * lane,
      }));
    case 'struct':
      return type.members.flatMap((member) => slotsOf(member.type, base + member.offset));
    case 'array': {
      const stride = strideOf(type.element);
      return Array.from({ length: type.count ?? 0 }, (_, index) => slotsOf(type.element, base + index * stride)).flat();
    }
    case 'pointer':
      return [{ type: { kind: 'scalar', name: 'u32' }, offset: base }];
    case 'void':
      return [];
  }
}

/** How many slots a value has. */
export function slotCount(type: Type): number {
  switch (type.kind) {
    case 'scalar':
    case 'pointer':
      return 1;
    case 'vector':
      return type.size === 4 ? 1 : type.size;
    case 'struct':
      return type.members.reduce((sum, member) => sum + slotCount(member.type), 0);
    case 'array':
      return slotCount(type.element) * (type.count ?? 0);
    case 'void':
      return 0;
  }
}
