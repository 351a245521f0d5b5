// The syntax tree of the WGSL subset. Every node carries the line it starts on.

/** A name with its template list, as a type or as what is called: `vec3<f32>`, `array<Node, 4>`, `bitcast<u32>`. */
export interface TypeName {
  name: string;
  /** Types come as `name` expressions, counts as any expression. */
  templates: Expression[];
  line: number;
}

/** A literal before it is converted: abstract ones hold what WGSL computes with, 64-bit integers and float64. */
export type Literal =
  | { scalar: 'abstract-int' | 'i32' | 'u32'; value: bigint }
  | { scalar: 'abstract-float' | 'f32'; value: number }
  | { scalar: 'bool'; value: boolean };

export type BinaryOperator =
  '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>' | '&&' | '||' | '==' | '!=' | '<' | '<=' | '>' | '>=';

export type Expression =
  | { kind: 'literal'; literal: Literal; line: number }
  | { kind: 'name'; type: TypeName; line: number }
  | { kind: 'unary'; operator: '-' | '!' | '~' | '&' | '*'; operand: Expression; line: number }
  | { kind: 'binary'; operator: BinaryOperator; left: Expression; right: Expression; line: number }
  | { kind: 'index'; object: Expression; index: Expression; line: number }
  | { kind: 'member'; object: Expression; member: string; line: number }
  | { kind: 'call'; callee: TypeName; arguments: Expression[]; line: number };

export interface Declaration {
  kind: 'declaration';
  keyword: 'let' | 'var' | 'const';
  name: string;
  type: TypeName | undefined;
  value: Expression | undefined;
  line: number;
}

export interface SwitchCase {
  /** Constant expressions; `default` stands among them or alone. */
  selectors: (Expression | 'default')[];
  body: Statement[];
  line: number;
}

export type Statement =
  | Declaration
  | {
      kind: 'assign';
      target: Expression;
      operator: '=' | Exclude<BinaryOperator, '&&' | '||' | '==' | '!=' | '<' | '<=' | '>' | '>='>;
      value: Expression;
      line: number;
    }
  | { kind: 'ignore'; value: Expression; line: number }
  | { kind: 'call'; call: Expression & { kind: 'call' }; line: number }
  | { kind: 'if'; condition: Expression; body: Statement[]; otherwise: Statement[] | undefined; line: number }
  | {
      kind: 'for';
      initial: Statement | undefined;
      condition: Expression | undefined;
      update: Statement | undefined;
      body: Statement[];
      line: number;
    }
  | { kind: 'while'; condition: Expression; body: Statement[]; line: number }
  | { kind: 'loop'; body: Statement[]; continuing: Statement[]; breakIf: Expression | undefined; line: number }
  | { kind: 'switch'; selector: Expression; cases: SwitchCase[]; line: number }
  | { kind: 'break' | 'continue'; line: number }
  | { kind: 'return'; value: Expression | undefined; line: number }
  | { kind: 'block'; body: Statement[]; line: number }
  | { kind: 'assert'; condition: Expression; line: number };

export interface Attribute {
  name: string;
  arguments: Expression[];
  line: number;
}

export interface Parameter {
  name: string;
  type: TypeName;
  attributes: Attribute[];
  line: number;
}

export interface FunctionDeclaration {
  kind: 'function';
  name: string;
  attributes: Attribute[];
  parameters: Parameter[];
  result: TypeName | undefined;
  body: Statement[];
  line: number;
}

export interface StructDeclaration {
  kind: 'struct';
  name: string;
  members: { name: string; type: TypeName; attributes: Attribute[]; line: number }[];
  line: number;
}

export interface VariableDeclaration {
  kind: 'variable';
  name: string;
  attributes: Attribute[];
  space: 'private' | 'storage';
  writable: boolean;
  type: TypeName | undefined;
  value: Expression | undefined;
  line: number;
}

export type ModuleDeclaration =
  | FunctionDeclaration
  | StructDeclaration
  | VariableDeclaration
  | { kind: 'alias'; name: string; type: TypeName; line: number }
  | { kind: 'const'; name: string; type: TypeName | undefined; value: Expression; line: number }
  | { kind: 'assert'; condition: Expression; line: number };
