// The syntax tree of the WGSL subset. Every node carries the line it starts on.

/** A name with its template list, as a type or as what is called: `vec3<f32>`, `array<Node, 4>`, `bitcast<u32>`. */
export interface TypeName {
  name: string;
  /** Types come as `name` expressions, counts as any expression. */
  templates: Expression[];
  position: number;
}

/** A literal before it is converted: abstract ones hold what WGSL computes with, 64-bit integers and float64. */
export type Literal =
  | { scalar: 'abstract-int' | 'i32' | 'u32'; value: bigint }
  | { scalar: 'abstract-float' | 'f32'; value: number }
  | { scalar: 'bool'; value: boolean };

export type BinaryOperator =
  '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>' | '&&' | '||' | '==' | '!=' | '<' | '<=' | '>' | '>=';

export type Expression =
  | { kind: 'literal'; literal: Literal; position: number }
  | { kind: 'name'; type: TypeName; position: number }
  | { kind: 'unary'; operator: '-' | '!' | '~' | '&' | '*'; operand: Expression; position: number }
  | { kind: 'binary'; operator: BinaryOperator; left: Expression; right: Expression; position: number }
  | { kind: 'index'; object: Expression; index: Expression; position: number }
  | { kind: 'member'; object: Expression; member: string; position: number }
  | { kind: 'call'; callee: TypeName; arguments: Expression[]; position: number };

export interface Declaration {
  kind: 'declaration';
  keyword: 'let' | 'var' | 'const';
  name: string;
  type: TypeName | undefined;
  value: Expression | undefined;
  position: number;
}

export interface SwitchCase {
  /** Constant expressions; `default` stands among them or alone. */
  selectors: (Expression | 'default')[];
  body: Statement[];
  position: number;
}

export type Statement =
  | Declaration
  | {
      kind: 'assign';
      target: Expression;
      operator: '=' | Exclude<BinaryOperator, '&&' | '||' | '==' | '!=' | '<' | '<=' | '>' | '>='>;
      value: Expression;
      position: number;
    }
  | { kind: 'ignore'; value: Expression; position: number }
  | { kind: 'call'; call: Expression & { kind: 'call' }; position: number }
  | { kind: 'if'; condition: Expression; body: Statement[]; otherwise: Statement[] | undefined; position: number }
  | {
      kind: 'for';
      initial: Statement | undefined;
      condition: Expression | undefined;
      update: Statement | undefined;
      body: Statement[];
      position: number;
    }
  | { kind: 'while'; condition: Expression; body: Statement[]; position: number }
  | { kind: 'loop'; body: Statement[]; continuing: Statement[]; breakIf: Expression | undefined; position: number }
  | { kind: 'switch'; selector: Expression; cases: SwitchCase[]; position: number }
  | { kind: 'break' | 'continue'; position: number }
  | { kind: 'return'; value: Expression | undefined; position: number }
  | { kind: 'block'; body: Statement[]; position: number }
  | { kind: 'assert'; condition: Expression; position: number };

export interface Attribute {
  name: string;
  arguments: Expression[];
  position: number;
}

export interface Parameter {
  name: string;
  type: TypeName;
  attributes: Attribute[];
  position: number;
}

export interface FunctionDeclaration {
  kind: 'function';
  name: string;
  attributes: Attribute[];
  parameters: Parameter[];
  result: TypeName | undefined;
  body: Statement[];
  position: number;
}

export interface StructDeclaration {
  kind: 'struct';
  name: string;
  members: { name: string; type: TypeName; attributes: Attribute[]; position: number }[];
  position: number;
}

export interface VariableDeclaration {
  kind: 'variable';
  name: string;
  attributes: Attribute[];
  space: 'private' | 'storage';
  writable: boolean;
  type: TypeName | undefined;
  value: Expression | undefined;
  position: number;
}

export type ModuleDeclaration =
  | FunctionDeclaration
  | StructDeclaration
  | VariableDeclaration
  | { kind: 'alias'; name: string; type: TypeName; position: number }
  | { kind: 'const'; name: string; type: TypeName | undefined; value: Expression; position: number }
  | { kind: 'assert'; condition: Expression; position: number };
