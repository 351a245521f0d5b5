import binaryen from 'binaryen';
import { CompileFault } from '../CompileFault.js';
import { sizeOf } from '../tree/layout.js';
import { zeroOf } from '../tree/promote.js';
import type { FunctionTree, KernelTree } from '../tree/tree.js';
import { typeOfParameter } from '../tree/tree.js';
import type { Type } from '../tree/types.js';
import { U32 } from '../tree/types.js';
import { callOutOfLine } from './calls.js';
import { FunctionBuilder } from './FunctionBuilder.js';
import { load, store } from './places.js';
import { fillWithZero } from './statements.js';
import type { Operand, Place } from './values.js';
import type { WasmKernel } from './WasmKernel.js';

/**
 * How a function's arguments and result lie in memory, for calls from outside. Addresses in bytes from the static base.
 */
export interface CallableFunction {
  name: string;
  parameters: { name: string; type: Type; address: number }[];
  result: { type: Type; address: number };
}

/** Gives every private variable its initial value: each invocation has its own in WGSL. */
function resetPrivateVariables(kernel: WasmKernel, tree: KernelTree, builder: FunctionBuilder): void {
  for (const declaration of tree.declarations) {
    if (declaration.kind !== 'variable' || declaration.variable.space !== 'private') continue;
    const { variable } = declaration;
    const place = kernel.placeOf(variable);
    if (variable.initial?.kind !== 'constant' && place.kind === 'memory')
      fillWithZero({ builder, kernel }, place.offset, variable.type);
    else {
      const { initial, type, position } = variable;
      store(kernel, builder, place, initial?.kind === 'constant' ? initial : zeroOf(type, position));
    }
  }
}

/** Adds `run(begin, end)`, which calls the entry for every id from `begin` up to, not including, `end`. */
export function emitRun(kernel: WasmKernel, tree: KernelTree, entry: FunctionTree): void {
  const builder = new FunctionBuilder(kernel.wasm);
  const { module: m } = builder;
  const [begin, end] = [builder.parameter(U32), builder.parameter(U32)];
  const zero = () => m.i32.const(0);
  const iteration = builder.nested(() => {
    builder.emit(m.br('done', m.i32.ge_u(begin.read(), end.read())));
    resetPrivateVariables(kernel, tree, builder);
    builder.emit(m.call(entry.name, [begin.read(), zero(), zero()], binaryen.none));
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
export function emitCallable(kernel: WasmKernel, tree: KernelTree, name: string): CallableFunction {
  const target = tree.declarations.find(
    (declaration): declaration is FunctionTree => declaration.kind === 'function' && declaration.name === name,
  );
  if (target === undefined) throw new CompileFault(`no function ${name} to export`, undefined);
  const builder = new FunctionBuilder(kernel.wasm);
  const placed = (type: Type): Place & { kind: 'memory' } => ({
    kind: 'memory',
    type,
    base: kernel.staticBase,
    offset: kernel.memory.addressFor({}, Math.max(sizeOf(type), 4)),
    space: 'function',
  });
  const types = target.parameters.map(typeOfParameter);
  const places = types.map((type) => placed(type.kind === 'pointer' ? type.target : type));
  const resultPlace = placed(target.result);
  const body = builder.nested(() => {
    resetPrivateVariables(kernel, tree, builder);
    const operands = types.map((type, index): Operand => {
      const place = places[index]!;
      return type.kind === 'pointer'
        ? { kind: 'pointer', place }
        : { kind: 'value', value: load(kernel, builder, place) };
    });
    const value = callOutOfLine(kernel, builder, target, operands);
    // Whoever reads the result sees one NaN only, as with a storage binding.
    if (value !== undefined) store(kernel, builder, { ...resultPlace, space: 'storage' }, value);
  });
  const exported = `call_${name}`;
  kernel.wasm.addFunction(exported, binaryen.none, binaryen.none, [...builder.locals], body);
  kernel.wasm.addFunctionExport(exported, exported);
  return {
    name,
    parameters: target.parameters.map((parameter, index) => ({
      name: parameter.kind === 'local' ? parameter.local.name : parameter.pointer.name,
      type: types[index]!,
      address: places[index]!.offset,
    })),
    result: { type: target.result, address: resultPlace.offset },
  };
}
