import type { CompiledKernel, CompileOptions } from '../compiler/compileKernel.js';
import { compileKernel } from '../compiler/compileKernel.js';

/** Compiles on a thread of its own: it takes seconds, and the compiler's memory goes with the thread. */
export default function compile(options: CompileOptions): CompiledKernel {
  return compileKernel(options);
}
