// The typed tree of a kernel: names are resolved, calls bound, every expression has a type, and what is known while
// compiling is a constant. Whatever prints or emits a kernel starts here and can take for granted that it is right.

import type { Position } from '../Position.js';
import type { BinaryOperator } from '../syntax/syntax.js';
import type { Lane } from './constants.js';
import type { PointerType, StructType, Type } from './types.js';

/** A value known while compiling: one number per lane, flattened in order. Integers are bigint, booleans 0n or 1n. */
export interface Constant {
  kind: 'constant';
  type: Type;
  lanes: Lane[];
}

/** What is computed: a type, and where it stands in the text. */
interface Computed {
  type: Type;
  position: Position;
}

/** The operators that evaluate both operands. */
export type EagerOperator = Exclude<BinaryOperator, '&&' | '||'>;

export type Expression =
  | Constant
  /** A parameter or `let`. */
  | (Computed & { kind: 'local'; local: Local })
  /** What a place holds. */
  | (Computed & { kind: 'load'; place: Place })
  | (Computed & { kind: 'unary'; operator: '-' | '!' | '~'; operand: Expression })
  /** Of operands of one scalar; arithmetic may take a vector with a scalar. */
  | (Computed & { kind: 'binary'; operator: EagerOperator; left: Expression; right: Expression })
  /** Evaluates the right operand only when the left does not decide. */
  | (Computed & { kind: 'shortCircuit'; operator: '&&' | '||'; left: Expression; right: Expression })
  /** Lanes of a vector, by number. */
  | (Computed & { kind: 'swizzle'; object: Expression; lanes: number[] })
  /** A member of a struct, by number. */
  | (Computed & { kind: 'member'; object: Expression; index: number })
  /** An element of an array by a constant index, or a lane of a vector by a computed one. */
  | (Computed & { kind: 'element'; object: Expression; index: Expression })
  | (Computed & { kind: 'splat'; operand: Expression })
  | (Computed & { kind: 'convert'; operand: Expression })
  | (Computed & { kind: 'bitcast'; operand: Expression })
  /** A vector of its parts in order, or an array or struct of its members. */
  | (Computed & { kind: 'construct'; operands: Expression[] })
  | (Computed & { kind: 'builtin'; name: string; operands: Expression[] })
  | (Computed & { kind: 'arrayLength'; place: Place })
  | CallExpression;

export type CallExpression = Computed & { kind: 'call'; target: FunctionTree; arguments: Argument[] };

export type Argument = { kind: 'value'; value: Expression } | { kind: 'pointer'; place: Place };

/** Where a variable, or a part of one, lives. */
export type Place = Computed &
  (
    | { kind: 'variable'; variable: Variable }
    /** What a pointer points at. */
    | { kind: 'pointee'; pointer: Pointer }
    | { kind: 'member'; object: Place; index: number }
    /** A lane of a vector, by a number that is known. */
    | { kind: 'component'; object: Place; lane: number }
    /** An element of an array, or a lane of a vector by a computed index. */
    | { kind: 'element'; object: Place; index: Expression }
    /** A constant array that is indexed by what is computed. */
    | { kind: 'table'; table: Constant }
  );

/** A name for a value that never changes: a parameter, or `let`. */
export interface Local {
  name: string;
  type: Type;
}

/** A name for a pointer: a parameter, or `let`. */
export interface Pointer {
  name: string;
  type: PointerType;
}

export interface Variable {
  name: string;
  type: Type;
  space: 'function' | 'private' | 'storage';
  writable: boolean;
  /** Of a binding. */
  binding: number | undefined;
  /** What it holds at first: of private ones always a constant; zero where undefined. */
  initial: Expression | undefined;
  position: Position;
}

export type Statement = { position: Position } & (
  | { kind: 'let'; local: Local; value: Expression }
  | { kind: 'pointer'; pointer: Pointer; place: Place }
  | { kind: 'var'; variable: Variable }
  | { kind: 'assign'; place: Place; operator: '=' | EagerOperator; value: Expression }
  /** An expression evaluated for what it does. */
  | { kind: 'evaluate'; value: Expression }
  | { kind: 'if'; condition: Expression; body: Statement[]; otherwise: Statement[] | undefined }
  | { kind: 'loop'; loop: Loop }
  | { kind: 'switch'; selector: Expression; cases: SwitchCase[] }
  | { kind: 'break' | 'continue' }
  | { kind: 'return'; value: Expression | undefined }
  | { kind: 'block'; body: Statement[] }
);

/** `for`, `while` and `loop`. */
export interface Loop {
  /** Runs once, before, in a scope around the loop. */
  initial: Statement | undefined;
  condition: Expression | undefined;
  body: Statement[];
  /** Runs behind each round; sees the names of the body. */
  continuing: Statement[];
  breakIf: Expression | undefined;
}

export interface SwitchCase {
  values: bigint[];
  isDefault: boolean;
  body: Statement[];
}

export type FunctionParameter = { kind: 'local'; local: Local } | { kind: 'pointer'; pointer: Pointer };

export interface FunctionTree {
  kind: 'function';
  name: string;
  parameters: FunctionParameter[];
  result: Type;
  body: Statement[];
  /** Nodes of its syntax tree, and the functions it calls, one for each call. */
  nodes: number;
  callees: FunctionTree[];
  position: Position;
}

/** A kernel, checked. */
export interface KernelTree {
  /** What runs or holds something, in the order of the text. */
  declarations: (FunctionTree | { kind: 'variable'; variable: Variable })[];
  structs: StructType[];
  /** In order of their numbers. */
  bindings: Variable[];
  /** The compute entry point, whose only parameter is the global invocation id. */
  entry: FunctionTree | undefined;
  /** Invocations of a workgroup of the entry, along one to three axes. */
  workgroup: number[];
}

/** The type of a parameter. */
export function typeOfParameter(parameter: FunctionParameter): Type {
  return parameter.kind === 'local' ? parameter.local.type : parameter.pointer.type;
}
