import { InvariantError } from '../../protocol/errors.js';
import type { CallableFunction } from './wasm/entryPoint.js';
import type { HostValue } from './hostValues.js';
import { readHostValue, writeHostValue } from './hostValues.js';
import { DOUBT } from './wasm/DoubtWatch.js';
import { baseGlobal, lengthGlobal, STATIC_BASE } from './wasm/globals.js';

/** A kernel ready to run on this thread. */
export interface KernelInstance {
  /** Holds everything: the kernel's own part, then the bindings. */
  memory: WebAssembly.Memory;
  /** Calls the entry for every invocation id from `begin` up to, not including, `end`. */
  run(begin: number, end: number): void;
  /**
   * Calls one of the functions named when compiling. A pointer parameter takes `{ value }`, which is updated. Returns
   * undefined where the function does.
   */
  call(name: string, ...values: (HostValue | PointerArgument)[]): HostValue | undefined;
  /** The bytes of a binding in the kernel's memory. */
  view(binding: string): Uint8Array;
}

/** Stands for a variable that a pointer parameter points at. */
export interface PointerArgument {
  value: HostValue;
}

/**
 * Is told of each number that the rules forbid, by a kernel compiled with `watchNumbers`.
 * @param doubt index into DOUBTS.
 * @param position in the kernel's joined text.
 */
export type OnDoubt = (doubt: number, position: number) => void;

/** Where something lies in a kernel's memory, bytes. */
export interface MemoryPlace {
  address: number;
  byteLength: number;
}

/**
 * A kernel's instance over a memory whose owner decided what lies where: several instances may share what none of them
 * writes to.
 * @param module compiled for the kind of memory that `memory` is, see `forSharedMemory`.
 * @param staticBase where the instance's own `staticBytes` lie, a multiple of 16.
 * @param places of all bindings, by name.
 */
export function linkKernel(options: {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  staticBase: number;
  places: ReadonlyMap<string, MemoryPlace>;
  functions: CallableFunction[];
  onDoubt?: OnDoubt | undefined;
}): KernelInstance {
  const { module, memory, staticBase, places, functions, onDoubt } = options;
  const constant = (value: number): WebAssembly.Global =>
    new WebAssembly.Global({ value: 'i32', mutable: false }, value | 0);
  const imports: Record<string, WebAssembly.ImportValue> = { memory, [STATIC_BASE]: constant(staticBase) };
  if (onDoubt !== undefined) imports[DOUBT] = onDoubt;
  for (const [name, { address, byteLength }] of places) {
    imports[baseGlobal(name)] = constant(address);
    imports[lengthGlobal(name)] = constant(byteLength);
  }
  const { exports } = new WebAssembly.Instance(module, { env: imports });
  return {
    memory,
    run: exports['run'] as (begin: number, end: number) => void,
    view(binding) {
      const place = places.get(binding);
      if (place === undefined)
        throw new InvariantError({
          what: 'binding of a kernel',
          expected: [...places.keys()].join(', '),
          actual: binding,
        });
      return new Uint8Array(memory.buffer, place.address, place.byteLength);
    },
    call(name, ...values) {
      const target = callableOf(functions, name, values.length);
      const words = new DataView(memory.buffer, staticBase);
      return callThroughMemory(target, values, words, exports[`call_${name}`] as () => void);
    },
  };
}

function callableOf(functions: CallableFunction[], name: string, argumentCount: number): CallableFunction {
  const target = functions.find((candidate) => candidate.name === name);
  if (target === undefined)
    throw new InvariantError({
      what: 'function of a kernel',
      expected: functions.map((each) => each.name).join(', '),
      actual: name,
    });
  if (argumentCount !== target.parameters.length)
    throw new InvariantError({
      what: `arguments of ${name}()`,
      expected: target.parameters.length,
      actual: argumentCount,
    });
  return target;
}

/** Writes the arguments to their places, runs the call, and reads what it left. */
function callThroughMemory(
  target: CallableFunction,
  values: (HostValue | PointerArgument)[],
  words: DataView,
  run: () => void,
): HostValue | undefined {
  target.parameters.forEach(({ type, address }, index) => {
    const isPointer = type.kind === 'pointer';
    writeHostValue(
      words,
      address,
      isPointer ? type.target : type,
      isPointer ? (values[index] as PointerArgument).value : (values[index] as HostValue),
    );
  });
  run();
  target.parameters.forEach(({ type, address }, index) => {
    if (type.kind === 'pointer') (values[index] as PointerArgument).value = readHostValue(words, address, type.target);
  });
  const { type, address } = target.result;
  return type.kind === 'void' ? undefined : readHostValue(words, address, type);
}
