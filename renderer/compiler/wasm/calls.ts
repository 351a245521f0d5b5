import binaryen from 'binaryen';
import { compileBody } from './statements.js';
import { evaluate, locate } from './expressions.js';
import type { FunctionContext } from './FunctionContext.js';
import { FunctionBuilder, wasmType } from './FunctionBuilder.js';
import { isInlined } from './inlining.js';
import { CompileFault } from '../CompileFault.js';
import type { KernelFunction, KernelModule } from './KernelModule.js';
import { promote, runtime } from './lanes.js';
import { slotsOf } from '../tree/layout.js';
import { load, store } from './places.js';
import { Scope } from '../tree/Scope.js';
import type { Expression } from '../syntax/syntax.js';
import type { LaneType, Type } from '../tree/types.js';
import { U32, elementOf, holdsArray, isSimd, sameType, typeName } from '../tree/types.js';
import type { Operand, Part, Place, Register, Value } from './values.js';
import type { Position } from '../Position.js';

/** The function that kernels declare to turn a mask into bits: one instruction here, its own body on a GPU. */
const MOVEMASK = 'movemask';

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
function returnedSlots({ parameters, result }: KernelFunction): LaneType[] {
  return [
    ...slotsOf(result).map((slot) => slot.type),
    ...parameters.filter(({ type }) => isHandedBack(type)).flatMap(({ type }) => parameterSlots(type)),
  ];
}

function wasmResult(slots: LaneType[]): number {
  if (slots.length === 0) return binaryen.none;
  return slots.length === 1 ? wasmType(slots[0]!) : binaryen.createType(slots.map(wasmType));
}

/** Calls one of the kernel's functions; undefined when it returns nothing. */
export function callFunction(context: FunctionContext, expression: Expression & { kind: 'call' }): Value | undefined {
  const { kernel } = context;
  const { callee, position } = expression;
  const target = kernel.findFunction(callee.name)!;
  if (expression.arguments.length !== target.parameters.length || callee.templates.length > 0) {
    throw new CompileFault(
      `${callee.name}() with ${expression.arguments.length} arguments instead of ${target.parameters.length}`,
      position,
    );
  }
  const operands = expression.arguments.map((argument, index) =>
    argumentOf(context, argument, target.parameters[index]!.type, callee.name),
  );
  if (callee.name === MOVEMASK) return movemask(context, target, operands, position);
  if (isInlined(kernel, callee.name))
    return kernel.guard(`${callee.name}()`, position, () => inline(context, target, operands));
  return callOutOfLine(context.builder, target, operands, position);
}

/** An argument, as a value of the parameter's type or as a pointer. */
function argumentOf(context: FunctionContext, argument: Expression, type: Type, callee: string): Operand {
  const { position } = argument;
  if (type.kind !== 'pointer')
    return { kind: 'value', value: promote(evaluate(context, argument), type, `argument of ${callee}()`, position) };
  const operand = locate(context, argument);
  if (operand.kind !== 'pointer') throw new CompileFault(`argument of ${callee}(): expected a pointer`, position);
  if (!sameType(operand.place.type, type.target) || operand.space !== type.space) {
    throw new CompileFault(
      `argument of ${callee}(): expected ${typeName(type)}, found ptr<${operand.space}, ${typeName(operand.place.type)}>`,
      position,
    );
  }
  return operand;
}

function movemask(context: FunctionContext, target: KernelFunction, operands: Operand[], position: Position): Value {
  const [parameter] = target.parameters;
  const type = parameter?.type;
  if (
    target.parameters.length !== 1 ||
    type === undefined ||
    type.kind !== 'vector' ||
    !isSimd(type) ||
    elementOf(type) !== 'bool' ||
    !sameType(target.result, U32)
  ) {
    throw new CompileFault('movemask() must be fn movemask(m: vec4<bool>) -> u32', target.declaration.position);
  }
  const { builder } = context;
  const mask = runtime(builder, (operands[0] as Operand & { kind: 'value' }).value, position);
  return {
    kind: 'runtime',
    type: U32,
    parts: [builder.keep(U32, builder.module.i32x4.bitmask(mask.parts[0]!.read()))],
  };
}

/** Puts the function's body in place of the call. Pointers stand for the caller's variables themselves. */
function inline(context: FunctionContext, target: KernelFunction, operands: Operand[]): Value | undefined {
  const { kernel, builder } = context;
  const { declaration, result } = target;
  const scope = new Scope();
  target.parameters.forEach(({ name }, index) => scope.declare(name, operands[index]!, declaration.position));
  const end = builder.label('end');
  const registers = slotsOf(result).map((slot) => builder.local(slot.type));
  const leave = (value: Value | undefined, position: Position) => {
    if (value !== undefined)
      runtime(builder, value, position).parts.forEach((part, index) =>
        builder.emit(registers[index]!.write(part.read())),
      );
    builder.emit(builder.module.br(end));
  };
  const body = builder.nested(
    () => compileBody({ kernel, builder, scope, targets: [], result, leave, callFunction }, declaration),
    end,
  );
  builder.emit(body);
  if (result.kind === 'void') return undefined;
  // The result's registers are written again when the call stands in a loop, never while the result is in use.
  return { kind: 'runtime', type: result, parts: registers.map((register) => ({ read: register.read })) };
}

/** Calls the function that emitFunction() adds. */
export function callOutOfLine(
  builder: FunctionBuilder,
  target: KernelFunction,
  operands: Operand[],
  position: Position,
): Value | undefined {
  const { module: m } = builder;
  const passed: number[] = [];
  const handedBack: Place[] = [];
  operands.forEach((operand, index) => {
    const { type } = target.parameters[index]!;
    if (operand.kind === 'value')
      passed.push(...runtime(builder, operand.value, position).parts.map((part) => part.read()));
    else if (isHandedBack(type)) {
      passed.push(
        ...runtime(builder, load(builder, operand.place, position), position).parts.map((part) => part.read()),
      );
      handedBack.push(operand.place);
    } else passed.push(addressOf(builder, operand.place));
  });
  const slots = returnedSlots(target);
  const call = m.call(target.declaration.name, passed, wasmResult(slots));
  const returned = spread(builder, call, slots);
  let at = slotsOf(target.result).length;
  const value: Value | undefined =
    target.result.kind === 'void' ? undefined : { kind: 'runtime', type: target.result, parts: returned.slice(0, at) };
  for (const place of handedBack) {
    const count = slotsOf(place.type).length;
    store(builder, place, { kind: 'runtime', type: place.type, parts: returned.slice(at, at + count) }, position);
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
  if (place.kind !== 'memory') throw new Error('a variable that holds an array is not in memory');
  return m.i32.add(place.base(), m.i32.const(place.offset));
}

/** Adds one of the kernel's functions to the WebAssembly module. */
export function emitFunction(kernel: KernelModule, target: KernelFunction): void {
  const builder = new FunctionBuilder(kernel.wasm);
  builder.watch = kernel.watch;
  const { module: m } = builder;
  const { declaration, result } = target;
  const scope = new Scope();
  const handedBack: Register[] = [];
  // Every parameter's registers come before the first local.
  for (const { name, type } of target.parameters) {
    const registers = parameterSlots(type).map((slot) => builder.parameter(slot));
    if (type.kind === 'pointer' && isHandedBack(type)) {
      handedBack.push(...registers);
      scope.declare(
        name,
        {
          kind: 'pointer',
          space: type.space,
          place: { kind: 'registers', type: type.target, registers, writable: true, space: type.space },
        },
        declaration.position,
      );
    } else if (type.kind === 'pointer') {
      const place: Place = {
        kind: 'memory',
        type: type.target,
        base: registers[0]!.read,
        offset: 0,
        writable: true,
        space: type.space,
      };
      scope.declare(name, { kind: 'pointer', space: type.space, place }, declaration.position);
    } else
      scope.declare(
        name,
        {
          kind: 'value',
          value: { kind: 'runtime', type, parts: registers.map((register) => ({ read: register.read })) },
        },
        declaration.position,
      );
  }
  const leave = (value: Value | undefined, position: Position) => {
    const parts = [...(value === undefined ? [] : runtime(builder, value, position).parts), ...handedBack].map((part) =>
      part.read(),
    );
    builder.emit(parts.length === 0 ? m.return() : m.return(parts.length === 1 ? parts[0] : m.tuple.make(parts)));
  };
  const slots = returnedSlots(target);
  const body = builder.nested(() => {
    compileBody({ kernel, builder, scope, targets: [], result, leave, callFunction }, declaration);
    if (result.kind === 'void') leave(undefined, declaration.position);
    else builder.emit(m.unreachable());
  });
  kernel.wasm.addFunction(
    declaration.name,
    binaryen.createType([...builder.parameters]),
    wasmResult(slots),
    [...builder.locals],
    body,
  );
}
