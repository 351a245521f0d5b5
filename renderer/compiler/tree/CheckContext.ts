import type { ModuleScope } from './ModuleScope.js';
import type { Scope } from './Scope.js';
import type { FunctionTree } from './tree.js';
import type { Type } from './types.js';

/** What checking an expression or a statement needs to know about where it stands. */
export interface CheckContext {
  module: ModuleScope;
  scope: Scope;
  /** The function it stands in; undefined where only constants may be. */
  within: FunctionTree | undefined;
  /** What `return` returns. */
  result: Type;
  /** Whether there is something that `break` leaves, and that `continue` goes on with. */
  breakable: boolean;
  continuable: boolean;
}
