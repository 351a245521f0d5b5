import { type Bytes32, bytes32Of } from '../../protocol/ids.js';
import { sha256 } from '../../protocol/sha256.js';
import type { Binding } from './bindings.js';
import { bindingOf } from './bindings.js';
import { CompileFault } from './CompileFault.js';
import { COMPILER_VERSION } from './compilerVersion.js';
import type { KernelSource, PlacedFile } from './SourceText.js';
import { joinSource, locatingFaults } from './SourceText.js';
import { parseModule } from './syntax/parseModule.js';
import { checkKernel } from './tree/checkKernel.js';
import { emitKernel } from './wasm/emitKernel.js';
import type { CallableFunction } from './wasm/entryPoint.js';

export interface CompileOptions {
  /** The kernel in WGSL, see renderer/kernels/README.md. Errors name its files. */
  source: KernelSource;
  /** Runs binaryen's optimiser. Changes the speed, never a bit of the results. Default true. */
  optimize?: boolean;
  /** Traps where an index is out of range. For tests: the kernel's hash is another one. Default false. */
  checks?: boolean;
  /**
   * Tells the host (`onDoubt` of instantiateKernel) of every number that the rules for numbers forbid. For tests: slow,
   * and the kernel's hash is another one. Default false.
   */
  watchNumbers?: boolean;
  /** Functions that can be called on their own besides the entry, see instantiateKernel. Default none. */
  functions?: string[];
}

/** A kernel as WebAssembly. JSON-serialisable but for the bytes. */
export interface CompiledKernel {
  wasm: Uint8Array;
  /** In order of their numbers. */
  bindings: Binding[];
  functions: CallableFunction[];
  /** SHA-256 over the compiler's version, the source and the WebAssembly. */
  kernelHash: Bytes32;
  /**
   * Name of the compute entry point, which `run(begin, end)` calls. A source without one can be compiled for its
   * functions only.
   */
  entry: string | undefined;
  /** Bytes that each instance has to itself, on a 16-byte boundary wherever the host likes. */
  staticBytes: number;
}

/**
 * Compiles a kernel.
 * @throws KernelCompileError at the first thing that is no valid WGSL or outside the subset.
 */
export function compileKernel(options: CompileOptions): CompiledKernel {
  return locatingFaults(options.source, (files) => compileFiles(files, options));
}

function compileFiles(files: readonly PlacedFile[], options: CompileOptions): CompiledKernel {
  const { functions = [] } = options;
  const tree = checkKernel(parseModule(files));
  if (tree.entry === undefined && functions.length === 0) throw new CompileFault('no compute entry point', undefined);
  const { wasm, callable, staticBytes } = emitKernel(tree, options);
  return {
    wasm,
    bindings: tree.bindings.map(bindingOf),
    functions: callable,
    kernelHash: hashKernel(joinSource(files), wasm),
    entry: tree.entry?.name,
    staticBytes,
  };
}

function hashKernel(text: string, wasm: Uint8Array): Bytes32 {
  const encoder = new TextEncoder();
  const parts = [encoder.encode(COMPILER_VERSION), encoder.encode(text), wasm];
  return bytes32Of(sha256(...parts.map((part) => sha256(part))));
}
