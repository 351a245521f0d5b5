import { BadInputError, InvariantError } from '../../protocol/errors.js';
import type { CompiledKernel } from './compileKernel.js';
import type { Binding } from './bindings.js';
import { type KernelInstance, linkKernel, type MemoryPlace, type OnDoubt } from './linkKernel.js';

export const PAGE_BYTES = 65536;
/** Addresses are 32 bits, and a memory of 4 GiB less a page is what every engine grants. */
export const MOST_PAGES = 65535;

export interface InstantiateOptions {
  /** The compiled module, where it is at hand: compiling is the slow part. */
  module?: WebAssembly.Module;
  /** Bindings that start as that many zero bytes. */
  zeroed?: Record<string, number>;
  /** For kernels compiled with `watchNumbers`. */
  onDoubt?: OnDoubt;
}

type Compiled = Omit<CompiledKernel, 'kernelHash' | 'entry'>;
type Buffers = Record<string, Uint8Array>;

/**
 * Instantiates a kernel with a memory of its own that no thread shares, and buffers copied into it.
 * Bindings that are not given are empty; a kernel that reads one of those reads what lies behind.
 */
export function instantiateKernel(
  compiled: Compiled,
  buffers: Buffers,
  options: InstantiateOptions = {},
): KernelInstance {
  const { zeroed = {} } = options;
  refuseUnbound(compiled.bindings, buffers);
  const byteLengths = compiled.bindings.map(({ name }): [string, number] => [
    name,
    buffers[name]?.byteLength ?? zeroed[name] ?? 0,
  ]);
  const { places, end } = placeBehind(compiled.staticBytes, byteLengths);
  const memory = new WebAssembly.Memory({ initial: pagesFor(end), maximum: 65536 });
  for (const [name, { address }] of places) {
    const bytes = buffers[name];
    if (bytes !== undefined) new Uint8Array(memory.buffer).set(bytes, address);
  }
  const module = options.module ?? new WebAssembly.Module(compiled.wasm as BufferSource);
  return linkKernel({ module, memory, staticBase: 0, places, functions: compiled.functions, onDoubt: options.onDoubt });
}

/** Places buffers behind one another, each on a 16-byte boundary, and says where the last ends. */
export function placeBehind(
  begin: number,
  byteLengths: Iterable<readonly [name: string, byteLength: number]>,
): { places: Map<string, MemoryPlace>; end: number } {
  const places = new Map<string, MemoryPlace>();
  let end = begin;
  for (const [name, byteLength] of byteLengths) {
    const address = Math.ceil(end / 16) * 16;
    places.set(name, { address, byteLength });
    end = address + byteLength;
  }
  return { places, end };
}

/** Refuses buffers that no binding of the kernel stands for. */
export function refuseUnbound(bindings: readonly Pick<Binding, 'name'>[], buffers: Buffers): void {
  for (const actual of Object.keys(buffers))
    if (!bindings.some(({ name }) => name === actual))
      throw new InvariantError({
        what: 'buffer for a kernel',
        expected: bindings.map(({ name }) => name).join(', '),
        actual,
      });
}

/** Pages of a memory of so many bytes. Throws BadInputError where no memory has as many. */
export function pagesFor(byteLength: number): number {
  // A SIMD load of an array's last element may reach up to 16 bytes on.
  const pages = Math.ceil((byteLength + 16) / PAGE_BYTES);
  if (pages > MOST_PAGES)
    throw new BadInputError({
      message: `the scene needs ${byteLength} bytes of memory, more than a thread can have`,
      facts: { bytes: byteLength },
      advice: 'Use fewer triangles or smaller textures.',
    });
  return pages;
}
