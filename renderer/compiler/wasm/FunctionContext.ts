import type { FunctionBuilder } from './FunctionBuilder.js';
import type { KernelModule } from './KernelModule.js';
import type { Scope } from '../tree/Scope.js';
import type { Expression } from '../syntax/syntax.js';
import type { Type } from '../tree/types.js';
import type { Value } from './values.js';
import type { Position } from '../Position.js';

/** What compiling an expression or a statement needs to know about where it stands. */
export interface FunctionContext {
  kernel: KernelModule;
  builder: FunctionBuilder;
  scope: Scope;
  /** Labels that `break` and `continue` go to, innermost last. A switch has no `continuing`. */
  targets: { breakTo: string; continueTo: string | undefined }[];
  /** The type to return, and how: a function of its own returns, an inlined one leaves its block. */
  result: Type;
  leave(value: Value | undefined, position: Position): void;
  /**
   * Calls one of the kernel's functions; undefined when it returns nothing. Given from outside because bodies hold
   * expressions and expressions call bodies.
   */
  callFunction(context: FunctionContext, expression: Expression & { kind: 'call' }): Value | undefined;
}
