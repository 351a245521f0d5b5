import { InvariantError } from '../../protocol/errors.js';
import { strideOf } from './tree/layout.js';
import type { ScalarName, Type } from './tree/types.js';
import { isSimd, typeName } from './tree/types.js';

/**
 * A value of the kernel as JavaScript sees it: numbers, booleans, arrays for vectors and arrays, objects for structs.
 */
export type HostValue = number | boolean | HostValue[] | { [member: string]: HostValue };

/** Writes a value into memory by the layout of its type. */
export function writeHostValue(memory: DataView, address: number, type: Type, value: HostValue): void {
  switch (type.kind) {
    case 'scalar':
      return writeScalar(memory, address, type.name, value, false);
    case 'vector': {
      const lanes = expectArray(value, type.size, type);
      return lanes.forEach((lane, index) => writeScalar(memory, address + 4 * index, type.element, lane, isSimd(type)));
    }
    case 'array': {
      const stride = strideOf(type.element);
      return expectArray(value, type.count ?? 0, type).forEach((element, index) =>
        writeHostValue(memory, address + index * stride, type.element, element),
      );
    }
    case 'struct':
      for (const member of type.members)
        writeHostValue(
          memory,
          address + member.offset,
          member.type,
          (value as Record<string, HostValue>)[member.name] ?? 0,
        );
      return;
    default:
      throw new InvariantError({
        what: 'a value handed to a kernel',
        expected: 'a scalar, vector, array or struct',
        actual: typeName(type),
      });
  }
}

function expectArray(value: HostValue, count: number, type: Type): HostValue[] {
  if (!Array.isArray(value) || value.length !== count)
    throw new InvariantError({
      what: 'a value handed to a kernel',
      expected: typeName(type),
      actual: JSON.stringify(value),
    });
  return value;
}

/** Booleans are 0 or 1 on their own, all ones or zeros as lanes of a mask. */
function writeScalar(memory: DataView, address: number, scalar: ScalarName, value: HostValue, isMask: boolean): void {
  if (typeof value !== 'number' && typeof value !== 'boolean')
    throw new InvariantError({ what: 'a value handed to a kernel', expected: scalar, actual: JSON.stringify(value) });
  if (scalar === 'f32') memory.setFloat32(address, Number(value), true);
  else if (scalar === 'bool') memory.setInt32(address, value ? (isMask ? -1 : 1) : 0, true);
  else memory.setInt32(address, Number(value) | 0, true);
}

/** Reads a value from memory by the layout of its type. */
export function readHostValue(memory: DataView, address: number, type: Type): HostValue {
  switch (type.kind) {
    case 'scalar':
      return readScalar(memory, address, type.name);
    case 'vector':
      return Array.from({ length: type.size }, (_, lane) => readScalar(memory, address + 4 * lane, type.element));
    case 'array': {
      const stride = strideOf(type.element);
      return Array.from({ length: type.count ?? 0 }, (_, index) =>
        readHostValue(memory, address + index * stride, type.element),
      );
    }
    case 'struct':
      return Object.fromEntries(
        type.members.map((member) => [member.name, readHostValue(memory, address + member.offset, member.type)]),
      );
    default:
      throw new InvariantError({
        what: 'a value read from a kernel',
        expected: 'a scalar, vector, array or struct',
        actual: typeName(type),
      });
  }
}

function readScalar(memory: DataView, address: number, scalar: ScalarName): number | boolean {
  if (scalar === 'f32') return memory.getFloat32(address, true);
  if (scalar === 'i32') return memory.getInt32(address, true);
  return scalar === 'u32' ? memory.getUint32(address, true) : memory.getInt32(address, true) !== 0;
}
