import binaryen from 'binaryen';
import { promote } from './lanes.js';
import { FunctionBuilder } from './FunctionBuilder.js';
import { evaluateConstant } from './expressions.js';
import { CompileFault } from '../CompileFault.js';
import type { KernelFunction, KernelModule } from './KernelModule.js';
import { callOutOfLine } from './calls.js';
import { sizeOf } from '../tree/layout.js';
import { operandAtModuleScope, privateType } from './moduleScope.js';
import { load, store } from './places.js';
import { fillWithZero } from './statements.js';
import { zeroValue } from './constructors.js';
import type { FunctionDeclaration } from '../syntax/syntax.js';
import type { Type } from '../tree/types.js';
import { U32, holdsArray, lanes, sameType } from '../tree/types.js';
import type { Operand, Place } from './values.js';

/** How a function's arguments and result lie in memory, for calls from outside. Addresses in bytes from the static base. */
export interface CallableFunction {
  name: string;
  parameters: { name: string; type: Type; address: number }[];
  result: { type: Type; address: number };
}

const KNOWN_ATTRIBUTES = ['compute', 'workgroup_size', 'must_use'];

/** The compute entry point, whose only parameter is the global invocation id; undefined where there is none. */
export function entryOf(kernel: KernelModule): KernelFunction | undefined {
  const functions = [...kernel.declarations.values()].filter(
    (declaration): declaration is FunctionDeclaration => declaration.kind === 'function',
  );
  for (const { attributes } of functions) {
    const unknown = attributes.find(({ name }) => !KNOWN_ATTRIBUTES.includes(name));
    if (unknown !== undefined) throw new CompileFault(`attribute @${unknown.name} of a function`, unknown.position);
  }
  const entries = functions.filter(({ attributes }) => attributes.some(({ name }) => name === 'compute'));
  for (const declaration of functions) {
    for (const parameter of declaration.parameters) {
      if (parameter.attributes.length > 0 && !entries.includes(declaration))
        throw new CompileFault(`attribute @${parameter.attributes[0]!.name} of a parameter`, parameter.position);
    }
  }
  const [entry] = entries;
  if (entry === undefined) return undefined;
  if (entries.length > 1) throw new CompileFault('a second compute entry point', entries[1]!.position);
  const target = kernel.findFunction(entry.name)!;
  const [parameter] = entry.parameters;
  const attribute = parameter?.attributes[0];
  const builtin = attribute?.arguments[0];
  const isId =
    entry.parameters.length === 1 &&
    parameter!.attributes.length === 1 &&
    attribute!.name === 'builtin' &&
    builtin?.kind === 'name' &&
    builtin.type.name === 'global_invocation_id' &&
    sameType(target.parameters[0]!.type, lanes(3, 'u32'));
  if (!isId || target.result.kind !== 'void')
    throw new CompileFault(
      `entry ${entry.name} must be fn ${entry.name}(@builtin(global_invocation_id) id: vec3u)`,
      entry.position,
    );
  return target;
}

/** Gives every private variable its initial value: each invocation has its own in WGSL. */
function resetPrivateVariables(kernel: KernelModule, builder: FunctionBuilder): void {
  for (const declaration of kernel.declarations.values()) {
    if (declaration.kind !== 'variable' || declaration.space !== 'private') continue;
    const { name, position } = declaration;
    const type = privateType(kernel, declaration);
    const { place } = operandAtModuleScope(kernel, name, position) as Operand & { kind: 'place' };
    if (declaration.value === undefined && holdsArray(type))
      fillWithZero({ builder, kernel }, (place as Place & { kind: 'memory' }).offset, type);
    else {
      const value =
        declaration.value === undefined
          ? zeroValue(type, position)
          : promote(evaluateConstant(kernel, declaration.value, builder), type, `var ${name}`, position);
      store(builder, place, value, position);
    }
  }
}

/** Adds `run(begin, end)`, which calls the entry for every id from `begin` up to, not including, `end`. */
export function emitRun(kernel: KernelModule, entry: KernelFunction): void {
  const builder = new FunctionBuilder(kernel.wasm);
  const { module: m } = builder;
  const [begin, end] = [builder.parameter(U32), builder.parameter(U32)];
  const zero = () => m.i32.const(0);
  const iteration = builder.nested(() => {
    builder.emit(m.br('done', m.i32.ge_u(begin.read(), end.read())));
    resetPrivateVariables(kernel, builder);
    builder.emit(m.call(entry.declaration.name, [begin.read(), zero(), zero()], binaryen.none));
    builder.emit(begin.write(m.i32.add(begin.read(), m.i32.const(1))));
    builder.emit(m.br('next'));
  });
  const body = m.block('done', [m.loop('next', iteration)]);
  kernel.wasm.addFunction(
    'run',
    binaryen.createType([...builder.parameters]),
    binaryen.none,
    [...builder.locals],
    body,
  );
  kernel.wasm.addFunctionExport('run', 'run');
}

/** Adds `call_NAME()`, which takes a function's arguments from memory and leaves its result there. */
export function emitCallable(kernel: KernelModule, name: string): CallableFunction {
  const target = kernel.findFunction(name);
  if (target === undefined) throw new CompileFault(`no function ${name} to export`, undefined);
  const { position } = target.declaration;
  const builder = new FunctionBuilder(kernel.wasm);
  const placed = (type: Type): Place & { kind: 'memory' } => ({
    kind: 'memory',
    type,
    base: kernel.staticBase,
    offset: kernel.memory.addressFor({}, Math.max(sizeOf(type), 4)),
    writable: true,
    space: 'function',
  });
  const places = target.parameters.map(({ type }) => placed(type.kind === 'pointer' ? type.target : type));
  const resultPlace = placed(target.result);
  const body = builder.nested(() => {
    resetPrivateVariables(kernel, builder);
    const operands = target.parameters.map(({ type }, index): Operand => {
      const place = places[index]!;
      return type.kind === 'pointer'
        ? { kind: 'pointer', place, space: type.space }
        : { kind: 'value', value: load(builder, place, position) };
    });
    const value = callOutOfLine(builder, target, operands, position);
    // Whoever reads the result sees one NaN only, as with a storage binding.
    if (value !== undefined) store(builder, { ...resultPlace, space: 'storage' }, value, position);
  });
  const exported = `call_${name}`;
  kernel.wasm.addFunction(exported, binaryen.none, binaryen.none, [...builder.locals], body);
  kernel.wasm.addFunctionExport(exported, exported);
  return {
    name,
    parameters: target.parameters.map((parameter, index) => ({ ...parameter, address: places[index]!.offset })),
    result: { type: target.result, address: resultPlace.offset },
  };
}
