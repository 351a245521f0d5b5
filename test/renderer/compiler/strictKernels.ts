import { compileKernel } from '../../../renderer/compiler/compileKernel.js';
import { compileStrict } from '../../../renderer/compiler/compileStrict.js';
import { instantiateKernel } from '../../../renderer/compiler/instantiateKernel.js';
import type { KernelInstance } from '../../../renderer/compiler/linkKernel.js';
import type { KernelSource } from '../../../renderer/compiler/SourceText.js';
import { withoutHostZeros } from '../../../renderer/compiler/wgsl/auditStrict.js';

/** A kernel printed as strict WGSL, in the language of the kernels: with a constant in place of the host's zeros. */
export function strictSource(source: KernelSource): string {
  return withoutHostZeros(compileStrict(source).text);
}

/** Functions of the kernels' language as they are, and printed as strict WGSL, both as WebAssembly. */
export function bothWays(source: string, names: string[]): { plain: KernelInstance; strict: KernelInstance } {
  const instanceOf = (text: string): KernelInstance =>
    instantiateKernel(compileKernel({ source: text, functions: names, optimize: false }), {});
  return { plain: instanceOf(source), strict: instanceOf(strictSource(source)) };
}
