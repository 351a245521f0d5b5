import { CompileFault } from '../CompileFault.js';
import type { KernelModule } from './KernelModule.js';
import type { FunctionDeclaration } from '../syntax/syntax.js';

/**
 * Functions whose syntax tree has at most this many nodes, what they inline included, are put in place of their calls.
 * Binaryen inlines some more afterwards. Chosen by measuring kernels: larger limits grow the code and its spills.
 */
const INLINE_NODES = 160;

interface Shape {
  /** Nodes of the syntax tree, those of inlined callees included. */
  nodes: number;
  inlined: boolean;
}

const shapes = new WeakMap<KernelModule, Map<string, Shape>>();

/** Whether calls of a function are replaced by its body. */
export function isInlined(kernel: KernelModule, name: string): boolean {
  return shapeOf(kernel, name).inlined;
}

/** Refuses functions that call themselves, directly or not. */
export function refuseRecursion(kernel: KernelModule, declaration: FunctionDeclaration): void {
  shapeOf(kernel, declaration.name);
}

function shapeOf(kernel: KernelModule, name: string): Shape {
  let known = shapes.get(kernel);
  if (known === undefined) shapes.set(kernel, (known = new Map()));
  const found = known.get(name);
  if (found !== undefined) return found;
  const declaration = kernel.declarations.get(name) as FunctionDeclaration;
  let nodes = 0;
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if (Array.isArray(node)) return node.forEach(visit);
    const record = node as { kind?: string; callee?: { name: string } };
    if (record.kind !== undefined) nodes++;
    if (
      record.kind === 'call' &&
      record.callee !== undefined &&
      kernel.declarations.get(record.callee.name)?.kind === 'function'
    ) {
      const callee = record.callee.name;
      const shape = shapeOf(kernel, callee);
      if (shape.inlined) nodes += shape.nodes;
    }
    Object.values(node).forEach(visit);
  };
  kernel.guard(`function ${name}`, declaration.position, () => visit(declaration.body));
  if (nodes > 1_000_000) throw new CompileFault(`function ${name} is too large`, declaration.position);
  const shape = { nodes, inlined: nodes <= INLINE_NODES };
  known.set(name, shape);
  return shape;
}
