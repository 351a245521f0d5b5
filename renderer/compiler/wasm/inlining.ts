import { CompileFault } from '../CompileFault.js';
import type { FunctionTree } from '../tree/tree.js';
import type { WasmKernel } from './WasmKernel.js';

/**
 * Functions whose syntax tree has at most this many nodes, what they inline included, are put in place of their calls.
 * Binaryen inlines some more afterwards. Chosen by measuring kernels: larger limits grow the code and its spills.
 */
const INLINE_NODES = 160;

/** Whether calls of a function are replaced by its body. */
export function isInlined(kernel: WasmKernel, target: FunctionTree): boolean {
  return weightOf(kernel, target) <= INLINE_NODES;
}

/** Nodes of a function's syntax tree, those of what it inlines included. */
export function weightOf(kernel: WasmKernel, target: FunctionTree): number {
  const known = kernel.weights.get(target);
  if (known !== undefined) return known;
  let weight = target.nodes;
  for (const callee of target.callees) if (isInlined(kernel, callee)) weight += weightOf(kernel, callee);
  if (weight > 1_000_000) throw new CompileFault(`function ${target.name} is too large`, target.position);
  kernel.weights.set(target, weight);
  return weight;
}
