// The syntax tree of the WGSL subset. Every node carries the position it starts at.

import type { Position } from '../Position.js';

/** A name with its template list, as a type or as what is called: `vec3<f32>`, `array<Node, 4>`, `bitcast<u32>`. */
export interface TypeName {
  name: string;
  /** Types come as `name` expressions, counts as any expression. */
  templates: Expression[];
  position: Position;
}

/** A literal before it is converted: abstract ones hold what WGSL computes with, 64-bit integers and float64. */
export type Literal =
  | { scalar: 'abstract-int' | 'i32' | 'u32'; value: bigint }
  | { scalar: 'abstract-float' | 'f32'; value: number }
  | { scalar: 'bool'; value: boolean };

export type BinaryOperator =
  '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>' | '&&' | '||' | '==' | '!=' | '<' | '<=' | '>' | '>=';

export type Expression =
  | { kind: 'literal'; literal: Literal; position: Position }
  | { kind: 'name'; type: TypeName; position: Position }
  | { kind: 'unary'; operator: '-' | '!' | '~' | '&' | '*'; operand: Expression; position: Position }
  | { kind: 'binary'; operator: BinaryOperator; left: Expression; right: Expression; position: Position }
  | { kind: 'index'; object: Expression; index: Expression; position: Position }
  | { kind: 'member'; object: Expression; member: string; position: Position }
  | { kind: 'call'; callee: TypeName; arguments: Expression[]; position: Position };

export interface Declaration {
  kind: 'declaration';
  keyword: 'let' | 'var' | 'const';
  name: string;
  type: TypeName | undefined;
  value: Expression | undefined;
  position: Position;
}

export interface SwitchCase {
  /** Constant expressions; `default` stands among them or alone. */
  selectors: (Expression | 'default')[];
  body: Statement[];
  position: Position;
}

export type Statement =
  | Declaration
  | {
      kind: 'assign';
      target: Expression;
      operator: '=' | Exclude<BinaryOperator, '&&' | '||' | '==' | '!=' | '<' | '<=' | '>' | '>='>;
      value: Expression;
      position: Position;
    }
  | { kind: 'ignore'; value: Expression; position: Position }
  | { kind: 'call'; call: Expression & { kind: 'call' }; position: Position }
  | { kind: 'if'; condition: Expression; body: Statement[]; otherwise: Statement[] | undefined; position: Position }
  | {
      kind: 'for';
      initial: Statement | undefined;
      condition: Expression | undefined;
      update: Statement | undefined;
      body: Statement[];
      position: Position;
    }
  | { kind: 'while'; condition: Expression; body: Statement[]; position: Position }
  | { kind: 'loop'; body: Statement[]; continuing: Statement[]; breakIf: Expression | undefined; position: Position }
  | { kind: 'switch'; selector: Expression; cases: SwitchCase[]; position: Position }
  | { kind: 'break' | 'continue'; position: Position }
  | { kind: 'return'; value: Expression | undefined; position: Position }
  | { kind: 'block'; body: Statement[]; position: Position }
  | { kind: 'assert'; condition: Expression; position: Position };

export interface Attribute {
  name: string;
  arguments: Expression[];
  position: Position;
}

export interface Parameter {
  name: string;
  type: TypeName;
  attributes: Attribute[];
  position: Position;
}

export interface FunctionDeclaration {
  kind: 'function';
  name: string;
  attributes: Attribute[];
  parameters: Parameter[];
  result: TypeName | undefined;
  body: Statement[];
  position: Position;
}

export interface StructDeclaration {
  kind: 'struct';
  name: string;
  members: { name: string; type: TypeName; attributes: Attribute[]; position: Position }[];
  position: Position;
}

export interface VariableDeclaration {
  kind: 'variable';
  name: string;
  attributes: Attribute[];
  space: 'private' | 'storage';
  writable: boolean;
  type: TypeName | undefined;
  value: Expression | undefined;
  position: Position;
}

export type ModuleDeclaration =
  | FunctionDeclaration
  | StructDeclaration
  | VariableDeclaration
  | { kind: 'alias'; name: string; type: TypeName; position: Position }
  | { kind: 'const'; name: string; type: TypeName | undefined; value: Expression; position: Position }
  | { kind: 'assert'; condition: Expression; position: Position };
