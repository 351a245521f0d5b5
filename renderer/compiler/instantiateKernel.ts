import { BadInputError, InvariantError } from '../../protocol/errors.js';
import type { CompiledKernel } from './compileKernel.js';
import type { CallableFunction } from './entryPoint.js';
import type { HostValue } from './hostValues.js';
import { readHostValue, writeHostValue } from './hostValues.js';
import { baseGlobal, lengthGlobal } from './moduleScope.js';

const PAGE_BYTES = 65536;
/** Addresses are 32 bits, and a memory of 4 GiB less a page is what every engine grants. */
const MOST_PAGES = 65535;

/** A kernel ready to run on this thread, with a memory of its own. */
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

export interface InstantiateOptions {
  /** The compiled module, where it is at hand: compiling is the slow part. */
  module?: WebAssembly.Module;
  /** Bindings that start as that many zero bytes. */
  zeroed?: Record<string, number>;
  /** A memory to use again; grows as needed. Whatever was instantiated over it before is lost. */
  memory?: WebAssembly.Memory;
}

type Compiled = Omit<CompiledKernel, 'kernelHash' | 'entry'>;
type Buffers = Record<string, Uint8Array>;

/** Where the bindings lie in memory, and the first byte behind them. */
interface Placement {
  places: Map<string, { address: number; byteLength: number }>;
  end: number;
}

/**
 * Places buffers in a memory, each on a 16-byte boundary, and instantiates a kernel over it.
 * Bindings that are not given are empty; a kernel that reads one of those reads what lies behind.
 */
export function instantiateKernel(
  compiled: Compiled,
  buffers: Buffers,
  options: InstantiateOptions = {},
): KernelInstance {
  const { places, end } = placeBindings(compiled, buffers, options.zeroed ?? {});
  const memory = memoryOf(end, options.memory);
  const imports: Record<string, WebAssembly.ImportValue> = { memory };
  for (const [name, { address, byteLength }] of places) {
    imports[baseGlobal(name)] = new WebAssembly.Global({ value: 'i32', mutable: false }, address | 0);
    imports[lengthGlobal(name)] = new WebAssembly.Global({ value: 'i32', mutable: false }, byteLength | 0);
    const bytes = buffers[name];
    const place = new Uint8Array(memory.buffer, address, byteLength);
    if (bytes !== undefined) place.set(bytes);
    else place.fill(0);
  }
  const module = options.module ?? new WebAssembly.Module(compiled.wasm as BufferSource);
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
      const target = callableOf(compiled, name, values.length);
      const words = new DataView(memory.buffer);
      return callThroughMemory(target, values, words, exports[`call_${name}`] as () => void);
    },
  };
}

function placeBindings(compiled: Compiled, buffers: Buffers, zeroed: Record<string, number>): Placement {
  const places: Placement['places'] = new Map();
  let end = compiled.staticBytes;
  for (const { name } of compiled.bindings) {
    const byteLength = buffers[name]?.byteLength ?? zeroed[name] ?? 0;
    const address = Math.ceil(end / 16) * 16;
    places.set(name, { address, byteLength });
    end = address + byteLength;
  }
  for (const name of Object.keys(buffers))
    if (!places.has(name))
      throw new InvariantError({
        what: 'buffer for a kernel',
        expected: compiled.bindings.map((binding) => binding.name).join(', '),
        actual: name,
      });
  return { places, end };
}

/** A memory of at least so many bytes, the one to use again where there is one. */
function memoryOf(byteLength: number, again: WebAssembly.Memory | undefined): WebAssembly.Memory {
  // A SIMD load of an array's last element may reach up to 16 bytes on.
  const pages = Math.ceil((byteLength + 16) / PAGE_BYTES);
  if (pages > MOST_PAGES) {
    throw new BadInputError({
      message: `the scene needs ${byteLength} bytes of memory, more than a thread can have`,
      facts: { bytes: byteLength },
      advice: 'Use fewer triangles or smaller textures.',
    });
  }
  const memory = again ?? new WebAssembly.Memory({ initial: Math.max(pages, 1), maximum: 65536 });
  const present = memory.buffer.byteLength / PAGE_BYTES;
  if (present < pages) memory.grow(pages - present);
  return memory;
}

function callableOf(compiled: Compiled, name: string, argumentCount: number): CallableFunction {
  const target = compiled.functions.find((candidate) => candidate.name === name);
  if (target === undefined)
    throw new InvariantError({
      what: 'function of a kernel',
      expected: compiled.functions.map((each) => each.name).join(', '),
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
