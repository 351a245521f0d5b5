import binaryen from 'binaryen';
import { CompileFault } from '../CompileFault.js';
import type { KernelModule } from './KernelModule.js';
import { isRuntimeSized } from './KernelModule.js';
import { wasmType } from './FunctionBuilder.js';
import { concrete, laneBits, promote } from './lanes.js';
import { sizeOf, slotsOf, strideOf } from '../tree/layout.js';
import type { Attribute, VariableDeclaration } from '../syntax/syntax.js';
import type { Type } from '../tree/types.js';
import { elementOf, holdsArray, isSimd, laneCount, typeName } from '../tree/types.js';
import type { ConstantValue, Operand, Place, Register } from './values.js';
import { flatScalars } from './values.js';
import type { Position } from '../Position.js';

/** What a name at module scope stands for in an expression; undefined for functions, types and unknown names. */
export function operandAtModuleScope(kernel: KernelModule, name: string, position: Position): Operand | undefined {
  const known = kernel.operands.get(name);
  if (known !== undefined) return known;
  const declaration = kernel.declarations.get(name);
  if (declaration?.kind !== 'const' && declaration?.kind !== 'variable') return undefined;
  const operand = kernel.guard(name, position, (): Operand => {
    if (declaration.kind === 'variable') return { kind: 'place', place: variablePlace(kernel, declaration) };
    const value = kernel.constantOf(declaration.value);
    if (declaration.type === undefined) return { kind: 'value', value };
    return {
      kind: 'value',
      value: promote(value, kernel.typeOf(declaration.type), `const ${name}`, declaration.position),
    };
  });
  kernel.operands.set(name, operand);
  return operand;
}

/** A binding of the kernel: a buffer that the host places in memory. */
export interface Binding {
  name: string;
  binding: number;
  type: Type;
  writable: boolean;
  /** Bytes from one element of the array to the next; of a struct that holds no array, its size. */
  elementStride: number;
}

/** The names of the globals by which the host says where a binding lies and how many bytes it has. */
export const baseGlobal = (name: string) => `base_${name}`;
export const lengthGlobal = (name: string) => `length_${name}`;

/** The bindings that a kernel declares, in order of their numbers. */
export function bindingsOf(kernel: KernelModule): Binding[] {
  const bindings: Binding[] = [];
  for (const declaration of kernel.declarations.values()) {
    if (declaration.kind !== 'variable' || declaration.space !== 'storage') continue;
    const { name, position, writable } = declaration;
    if (declaration.type === undefined || declaration.value !== undefined)
      throw new CompileFault(`binding ${name} needs a type and no value`, position);
    const type = kernel.typeOf(declaration.type);
    if (flatScalarsOfBinding(type).includes('bool')) throw new CompileFault(`binding ${name} with a bool`, position);
    const group = numberOf(kernel, declaration, 'group');
    if (group !== 0) throw new CompileFault(`binding ${name} in group ${group}`, position);
    const binding = numberOf(kernel, declaration, 'binding');
    if (bindings.some((other) => other.binding === binding))
      throw new CompileFault(`second binding ${binding}`, position);
    bindings.push({
      name,
      binding,
      type,
      writable,
      elementStride: type.kind === 'array' ? strideOf(type.element) : sizeOf(type),
    });
  }
  return bindings.sort((a, b) => a.binding - b.binding);
}

function flatScalarsOfBinding(type: Type): string[] {
  if (type.kind === 'array') return flatScalarsOfBinding(type.element);
  if (type.kind === 'struct') return type.members.flatMap((member) => flatScalarsOfBinding(member.type));
  return flatScalars(type);
}

function numberOf(kernel: KernelModule, declaration: VariableDeclaration, name: string): number {
  const attribute: Attribute | undefined = declaration.attributes.find((candidate) => candidate.name === name);
  const value = attribute?.arguments.length === 1 ? kernel.constantOf(attribute.arguments[0]!) : undefined;
  const lane = value?.kind === 'constant' ? value.lanes[0] : undefined;
  if (typeof lane !== 'bigint' || lane < 0n || lane > 1000n || declaration.attributes.length !== 2) {
    throw new CompileFault(`binding ${declaration.name} needs @group(0) @binding(n)`, declaration.position);
  }
  return Number(lane);
}

function variablePlace(kernel: KernelModule, declaration: VariableDeclaration): Place {
  const { wasm } = kernel;
  const { name, writable, position } = declaration;
  if (declaration.space === 'storage') {
    const type = kernel.typeOf(declaration.type!);
    const base = () => wasm.global.get(baseGlobal(name), binaryen.i32);
    const byteLength = () => wasm.global.get(lengthGlobal(name), binaryen.i32);
    return { kind: 'memory', type, base, offset: 0, writable, space: 'storage', byteLength };
  }
  const type = privateType(kernel, declaration);
  if (isRuntimeSized(type)) throw new CompileFault(`var<private> of ${typeName(type)}`, position);
  if (declaration.value !== undefined) promote(kernel.constantOf(declaration.value), type, `var ${name}`, position);
  if (holdsArray(type)) {
    return {
      kind: 'memory',
      type,
      base: kernel.staticBase,
      offset: kernel.memory.addressFor(declaration, sizeOf(type)),
      writable,
      space: 'private',
    };
  }
  const registers = slotsOf(type).map((slot, index): Register => {
    const global = `private_${name}_${index}`;
    const wasmSlot = wasmType(slot.type);
    const zero = isSimd(slot.type)
      ? wasm.v128.const(new Uint8Array(16))
      : elementOf(slot.type) === 'f32'
        ? wasm.f32.const(0)
        : wasm.i32.const(0);
    wasm.addGlobal(global, wasmSlot, true, zero);
    return { read: () => wasm.global.get(global, wasmSlot), write: (value) => wasm.global.set(global, value) };
  });
  return { kind: 'registers', type, registers, writable, space: 'private' };
}

/** The type of a private variable, stated or that of its initial value. */
export function privateType(kernel: KernelModule, declaration: VariableDeclaration): Type {
  if (declaration.attributes.length > 0)
    throw new CompileFault(`attribute @${declaration.attributes[0]!.name} of var<private>`, declaration.position);
  if (declaration.type !== undefined) return kernel.typeOf(declaration.type);
  if (declaration.value === undefined)
    throw new CompileFault(`var ${declaration.name} without type and value`, declaration.position);
  return concrete(kernel.constantOf(declaration.value), declaration.position).type;
}

/** A constant array laid out in memory, where it can be indexed with what is computed. */
export function tablePlace(kernel: KernelModule, table: ConstantValue, position: Position): Place {
  const settled = concrete(table, position) as ConstantValue;
  const bytes = new Uint8Array(sizeOf(settled.type));
  const words = new DataView(bytes.buffer);
  let lane = 0;
  for (const slot of slotsOf(settled.type)) {
    for (let component = 0; component < laneCount(slot.type); component++, lane++) {
      const element = elementOf(slot.type);
      const bits = laneBits(settled.lanes[lane]!, element);
      // A boolean on its own is 0 or 1, in a mask all ones.
      words.setInt32(slot.offset + 4 * component, element === 'bool' && !isSimd(slot.type) ? -bits : bits, true);
    }
  }
  const address = kernel.memory.addressFor(table, bytes.length, bytes);
  return {
    kind: 'memory',
    type: settled.type,
    base: kernel.staticBase,
    offset: address,
    writable: false,
    space: 'private',
  };
}
