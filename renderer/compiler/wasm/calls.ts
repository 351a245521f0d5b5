import binaryen from 'binaryen';
import { InvariantError } from '../../../protocol/errors.js';
import { MOVEMASK } from '../tree/checkExpression.js';
import { slotsOf } from '../tree/layout.js';
import type { CallExpression, FunctionTree } from '../tree/tree.js';
import { typeOfParameter } from '../tree/tree.js';
import type { LaneType, Type } from '../tree/types.js';
import { U32, holdsArray } from '../tree/types.js';
import { evaluate, locate } from './expressions.js';
import { FunctionBuilder, wasmType } from './FunctionBuilder.js';
import type { FunctionContext } from './FunctionContext.js';
import { isInlined, weightOf } from './inlining.js';
import { runtime } from './lanes.js';
import { load, store } from './places.js';
import { emitStatements } from './statements.js';
import type { Operand, Part, Place, Register, Value } from './values.js';
import type { WasmKernel } from './WasmKernel.js';

/**
 * Pointers to variables that hold no array are passed by value and handed back with the result. WGSL forbids aliasing,
 * so nobody can tell.
 */
function isHandedBack(type: Type): boolean {
  return type.kind === 'pointer' && !holdsArray(type.target);
}

/** The slots of a parameter. */
function parameterSlots(type: Type): LaneType[] {
  return slotsOf(type.kind === 'pointer' && isHandedBack(type) ? type.target : type).map((slot) => slot.type);
}

/** What a function's WebAssembly returns: its result, then the targets of the pointers it may have written. */
function returnedSlots({ parameters, result }: FunctionTree): LaneType[] {
  return [
    ...slotsOf(result).map((slot) => slot.type),
    ...parameters.map(typeOfParameter).filter(isHandedBack).flatMap(parameterSlots),
  ];
}

function wasmResult(slots: LaneType[]): number {
  if (slots.length === 0) return binaryen.none;
  return slots.length === 1 ? wasmType(slots[0]!) : binaryen.createType(slots.map(wasmType));
}

/** Calls one of the kernel's functions; undefined when it returns nothing. */
export function callFunction(
  context: FunctionContext,
  { target, arguments: given }: CallExpression,
): Value | undefined {
  const operands = given.map((argument): Operand =>
    argument.kind === 'value'
      ? { kind: 'value', value: evaluate(context, argument.value) }
      : { kind: 'pointer', place: locate(context, argument.place) },
  );
  if (target.name === MOVEMASK) return movemask(context, (operands[0] as Operand & { kind: 'value' }).value);
  if (isInlined(context.kernel, target)) return inline(context, target, operands);
  return callOutOfLine(context.kernel, context.builder, target, operands);
}

/** One instruction here; its own body on a GPU. */
function movemask({ builder }: FunctionContext, mask: Value): Value {
  const { parts } = runtime(builder, mask);
  return { kind: 'runtime', type: U32, parts: [builder.keep(U32, builder.module.i32x4.bitmask(parts[0]!.read()))] };
}

/** A function's names before its body: what it is called with. */
function contextOf(
  options: Pick<FunctionContext, 'kernel' | 'builder' | 'leave'>,
  { parameters }: FunctionTree,
  operands: Operand[],
): FunctionContext {
  const context = {
    ...options,
    values: new Map(),
    pointers: new Map(),
    variables: new Map(),
    targets: [],
    callFunction,
  };
  parameters.forEach((parameter, index) => {
    const operand = operands[index]!;
    if (parameter.kind === 'local' && operand.kind === 'value') context.values.set(parameter.local, operand.value);
    else if (parameter.kind === 'pointer' && operand.kind === 'pointer')
      context.pointers.set(parameter.pointer, operand.place);
    else throw new InvariantError({ what: 'argument of a call', expected: parameter.kind, actual: operand.kind });
  });
  return context;
}

/** Puts the function's body in place of the call. Pointers stand for the caller's variables themselves. */
function inline(caller: FunctionContext, target: FunctionTree, operands: Operand[]): Value | undefined {
  const { kernel, builder } = caller;
  const { result } = target;
  const end = builder.label('end');
  const registers = slotsOf(result).map((slot) => builder.local(slot.type));
  const leave = (value: Value | undefined) => {
    if (value !== undefined)
      runtime(builder, value).parts.forEach((part, index) => builder.emit(registers[index]!.write(part.read())));
    builder.emit(builder.module.br(end));
  };
  const context = contextOf({ kernel, builder, leave }, target, operands);
  builder.emit(builder.nested(() => emitStatements(context, target.body), end));
  if (result.kind === 'void') return undefined;
  // The result's registers are written again when the call stands in a loop, never while the result is in use.
  return { kind: 'runtime', type: result, parts: registers.map((register) => ({ read: register.read })) };
}

/** Calls the function that emitFunction() adds. */
export function callOutOfLine(
  kernel: WasmKernel,
  builder: FunctionBuilder,
  target: FunctionTree,
  operands: Operand[],
): Value | undefined {
  const { module: m } = builder;
  const passed: number[] = [];
  const handedBack: Place[] = [];
  operands.forEach((operand, index) => {
    const type = typeOfParameter(target.parameters[index]!);
    if (operand.kind === 'value') passed.push(...runtime(builder, operand.value).parts.map((part) => part.read()));
    else if (isHandedBack(type)) {
      passed.push(...runtime(builder, load(kernel, builder, operand.place)).parts.map((part) => part.read()));
      handedBack.push(operand.place);
    } else passed.push(addressOf(builder, operand.place));
  });
  const slots = returnedSlots(target);
  const call = m.call(target.name, passed, wasmResult(slots));
  const returned = spread(builder, call, slots);
  let at = slotsOf(target.result).length;
  const value: Value | undefined =
    target.result.kind === 'void' ? undefined : { kind: 'runtime', type: target.result, parts: returned.slice(0, at) };
  for (const place of handedBack) {
    const count = slotsOf(place.type).length;
    store(kernel, builder, place, { kind: 'runtime', type: place.type, parts: returned.slice(at, at + count) });
    at += count;
  }
  return value;
}

/** The results of a call, each in a local. */
function spread(builder: FunctionBuilder, call: number, slots: LaneType[]): Part[] {
  const { module: m } = builder;
  if (slots.length === 0) {
    builder.emit(call);
    return [];
  }
  if (slots.length === 1) return [builder.keep(slots[0]!, call)];
  const tuple = builder.tuple(slots.map(wasmType));
  builder.emit(tuple.write(call));
  return slots.map((slot, index) => builder.keep(slot, m.tuple.extract(tuple.read(), index)));
}

function addressOf(builder: FunctionBuilder, place: Place): number {
  const { module: m } = builder;
  if (place.kind !== 'memory')
    throw new InvariantError({ what: 'variable that holds an array', expected: 'memory', actual: place.kind });
  return m.i32.add(place.base(), m.i32.const(place.offset));
}

/** Adds one of the kernel's functions to the WebAssembly module. */
export function emitFunction(kernel: WasmKernel, target: FunctionTree): void {
  weightOf(kernel, target);
  const builder = new FunctionBuilder(kernel.wasm);
  builder.watch = kernel.watch;
  const { module: m } = builder;
  const { name, result } = target;
  const handedBack: Register[] = [];
  // Every parameter's registers come before the first local.
  const operands = target.parameters.map((parameter): Operand => {
    const type = typeOfParameter(parameter);
    const registers = parameterSlots(type).map((slot) => builder.parameter(slot));
    if (type.kind !== 'pointer')
      return {
        kind: 'value',
        value: { kind: 'runtime', type, parts: registers.map((register) => ({ read: register.read })) },
      };
    const { target: pointee, space } = type;
    if (!isHandedBack(type))
      return { kind: 'pointer', place: { kind: 'memory', type: pointee, base: registers[0]!.read, offset: 0, space } };
    handedBack.push(...registers);
    return { kind: 'pointer', place: { kind: 'registers', type: pointee, registers, space } };
  });
  const leave = (value: Value | undefined) => {
    const parts = [...(value === undefined ? [] : runtime(builder, value).parts), ...handedBack].map((part) =>
      part.read(),
    );
    builder.emit(parts.length === 0 ? m.return() : m.return(parts.length === 1 ? parts[0] : m.tuple.make(parts)));
  };
  const body = builder.nested(() => {
    emitStatements(contextOf({ kernel, builder, leave }, target, operands), target.body);
    if (result.kind === 'void') leave(undefined);
    else builder.emit(m.unreachable());
  });
  const results = wasmResult(returnedSlots(target));
  kernel.wasm.addFunction(name, binaryen.createType([...builder.parameters]), results, [...builder.locals], body);
}
