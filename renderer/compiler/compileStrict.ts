import type { Binding } from './bindings.js';
import { bindingOf } from './bindings.js';
import type { KernelSource } from './SourceText.js';
import { locatingFaults } from './SourceText.js';
import { parseModule } from './syntax/parseModule.js';
import { checkKernel } from './tree/checkKernel.js';
import { printStrict } from './wgsl/printStrict.js';

/** A kernel as strict WGSL, for a device. */
export interface StrictKernel {
  text: string;
  /** In order of their numbers, all of group 0. */
  bindings: Binding[];
  entry: string | undefined;
}

/**
 * Prints a kernel as strict WGSL, which gives on every device the bits that its WebAssembly gives. The host binds 16
 * zero bytes as a uniform buffer besides, see ZEROS in `wgsl/printStrict.ts`.
 * @throws KernelCompileError as compileKernel does.
 */
export function compileStrict(source: KernelSource): StrictKernel {
  return locatingFaults(source, (files) => {
    const tree = checkKernel(parseModule(files));
    return { text: printStrict(tree), bindings: tree.bindings.map(bindingOf), entry: tree.entry?.name };
  });
}
