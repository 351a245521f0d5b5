import type { CallExpression, Local, Pointer, Variable } from '../tree/tree.js';
import type { FunctionBuilder } from './FunctionBuilder.js';
import type { Place, Value } from './values.js';
import type { WasmKernel } from './WasmKernel.js';

/** What emitting an expression or a statement needs to know about where it stands. */
export interface FunctionContext {
  kernel: WasmKernel;
  builder: FunctionBuilder;
  /** What the names of the function stand for; an inlined call has its own. */
  values: Map<Local, Value>;
  pointers: Map<Pointer, Place>;
  variables: Map<Variable, Place>;
  /** Labels that `break` and `continue` go to, innermost last. A switch has no `continuing`. */
  targets: { breakTo: string; continueTo: string | undefined }[];
  /** How to return: a function of its own returns, an inlined one leaves its block. */
  leave(value: Value | undefined): void;
  /**
   * Calls one of the kernel's functions; undefined when it returns nothing. Given from outside because bodies hold
   * expressions and expressions call bodies.
   */
  callFunction(context: FunctionContext, expression: CallExpression): Value | undefined;
}
