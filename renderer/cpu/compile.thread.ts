import type { CompiledKernel, CompileOptions } from '../compiler/compileKernel.js';
import { compileKernel } from '../compiler/compileKernel.js';
import type { KernelFault } from '../compiler/KernelCompileError.js';
import { KernelCompileError } from '../compiler/KernelCompileError.js';

/** What comes back. An error would lose its class and fields between threads, so a fault of the source goes as data. */
export type Compilation = { compiled: CompiledKernel } | { fault: KernelFault };

/** Compiles on a thread of its own: it takes seconds, and the compiler's memory goes with the thread. */
export default function compile(options: CompileOptions): Compilation {
  try {
    return { compiled: compileKernel(options) };
  } catch (error) {
    if (error instanceof KernelCompileError) return { fault: error.fault };
    throw error;
  }
}
