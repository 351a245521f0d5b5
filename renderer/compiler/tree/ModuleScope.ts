import { CompileFault } from '../CompileFault.js';
import type { Position } from '../Position.js';
import type {
  Attribute,
  Expression as SyntaxExpression,
  FunctionDeclaration,
  ModuleDeclaration,
  TypeName,
} from '../syntax/syntax.js';
import { layOutStruct } from './layout.js';
import type { Operand } from './Scope.js';
import type { Constant, Expression, FunctionTree } from './tree.js';
import type { ArrayType, ScalarName, StructType, Type } from './types.js';
import { lanes, typeName } from './types.js';

const SCALARS: ScalarName[] = ['f32', 'i32', 'u32', 'bool'];
const SUFFIXES: Record<string, ScalarName> = { f: 'f32', i: 'i32', u: 'u32' };
const RESERVED = new Set([
  'fn',
  'let',
  'var',
  'const',
  'if',
  'else',
  'for',
  'while',
  'loop',
  'switch',
  'case',
  'default',
  'break',
  'continue',
  'continuing',
  'return',
  'struct',
  'alias',
  'true',
  'false',
  'discard',
  'override',
  'enable',
  'requires',
  'diagnostic',
  'const_assert',
  '_',
]);

/** A function before its body is read. */
export interface DeclaredFunction {
  declaration: FunctionDeclaration;
  tree: FunctionTree;
}

/**
 * Types an expression outside of functions: the hook by which types reach the expressions that count their elements.
 */
type TypeExpression = (module: ModuleScope, expression: SyntaxExpression) => Expression;
/** What a function's parameters are in its tree. */
type DeclareFunction = (module: ModuleScope, declaration: FunctionDeclaration) => FunctionTree;

/** Everything at module scope: names resolved on demand, in any order, as WGSL allows. */
export class ModuleScope {
  readonly declarations = new Map<string, ModuleDeclaration>();
  /** What the names of constants, variables and bindings stand for, as far as anybody asked. */
  readonly operands = new Map<string, Operand>();
  readonly #functions = new Map<string, DeclaredFunction>();
  readonly #types = new Map<string, Type>();
  readonly #resolving = new Set<string>();
  readonly #typeExpression: TypeExpression;
  readonly #declareFunction: DeclareFunction;

  constructor(
    declarations: ModuleDeclaration[],
    hooks: { typeExpression: TypeExpression; declareFunction: DeclareFunction },
  ) {
    this.#typeExpression = hooks.typeExpression;
    this.#declareFunction = hooks.declareFunction;
    for (const declaration of declarations) {
      if (declaration.kind === 'assert') continue;
      refuseReserved(declaration.name, declaration.position);
      if (this.declarations.has(declaration.name))
        throw new CompileFault(`second declaration of ${declaration.name}`, declaration.position);
      this.declarations.set(declaration.name, declaration);
    }
  }

  /** A constant expression's value. */
  constantOf(expression: SyntaxExpression): Constant {
    const value = this.#typeExpression(this, expression);
    if (value.kind !== 'constant') throw new CompileFault('a constant expression is needed here', expression.position);
    return value;
  }

  /** A constant expression that is a whole number, for array counts and attributes. */
  countOf(expression: SyntaxExpression, what: string): number {
    const value = this.constantOf(expression);
    const lane = value.type.kind === 'scalar' ? value.lanes[0] : undefined;
    if (
      typeof lane !== 'bigint' ||
      value.type.kind !== 'scalar' ||
      value.type.name === 'bool' ||
      lane < 1n ||
      lane > 0x7fffffffn
    ) {
      throw new CompileFault(`${what} is not a positive whole number`, expression.position);
    }
    return Number(lane);
  }

  /** Runs a lookup that must not come back to itself. */
  guard<T>(name: string, position: Position, resolve: () => T): T {
    if (this.#resolving.has(name)) throw new CompileFault(`${name} refers to itself`, position);
    this.#resolving.add(name);
    try {
      return resolve();
    } finally {
      this.#resolving.delete(name);
    }
  }

  /** The type that a name stands for, or an error. */
  typeOf(name: TypeName): Type {
    const type = this.findType(name);
    if (type === undefined) throw new CompileFault(`type ${name.name}`, name.position);
    return type;
  }

  /** The type that a name stands for; undefined when it names none (or a vector or array without its element type). */
  findType(type: TypeName): Type | undefined {
    const { name, templates, position } = type;
    if (SCALARS.includes(name as ScalarName)) return lanes(1, name as ScalarName);
    const vector = /^vec([234])([fiu])?$/.exec(name);
    if (vector !== null) {
      if (vector[2] !== undefined) return lanes(Number(vector[1]), SUFFIXES[vector[2]]!);
      if (templates.length === 0) return undefined;
      const element = this.#templateType(type, 0);
      if (templates.length !== 1 || element.kind !== 'scalar')
        throw new CompileFault(`type ${name} of ${typeName(element)}`, position);
      return lanes(Number(vector[1]), element.name);
    }
    if (name === 'array') return templates.length === 0 ? undefined : this.#arrayType(type);
    if (name === 'ptr') return this.#pointerType(type);
    const declaration = this.declarations.get(name);
    if (declaration?.kind !== 'struct' && declaration?.kind !== 'alias') return undefined;
    const known = this.#types.get(name);
    if (known !== undefined) return known;
    const resolved = this.guard(name, position, () =>
      declaration.kind === 'alias' ? this.typeOf(declaration.type) : this.#structType(declaration),
    );
    this.#types.set(name, resolved);
    return resolved;
  }

  #templateType(type: TypeName, index: number): Type {
    const argument = type.templates[index];
    if (argument?.kind !== 'name') throw new CompileFault(`type ${type.name} without an element type`, type.position);
    return this.typeOf(argument.type);
  }

  #arrayType(type: TypeName): ArrayType {
    if (type.templates.length > 2)
      throw new CompileFault('array with more than an element type and a count', type.position);
    const element = this.#templateType(type, 0);
    if (element.kind === 'pointer' || (element.kind === 'array' && element.count === undefined))
      throw new CompileFault(`array of ${typeName(element)}`, type.position);
    const count = type.templates[1];
    return {
      kind: 'array',
      element,
      count: count === undefined ? undefined : this.countOf(count, 'count of an array'),
    };
  }

  #pointerType(type: TypeName): Type {
    const space = type.templates[0];
    const spaceName = space?.kind === 'name' ? space.type.name : '';
    if ((spaceName !== 'function' && spaceName !== 'private') || type.templates.length !== 2)
      throw new CompileFault(`ptr<${spaceName}>`, type.position);
    const target = this.#templateType(type, 1);
    if (target.kind === 'pointer' || (target.kind === 'array' && target.count === undefined))
      throw new CompileFault(`pointer to ${typeName(target)}`, type.position);
    return { kind: 'pointer', space: spaceName, target };
  }

  #structType(declaration: ModuleDeclaration & { kind: 'struct' }): StructType {
    if (declaration.members.length === 0)
      throw new CompileFault(`struct ${declaration.name} without members`, declaration.position);
    const names = new Set<string>();
    const members = declaration.members.map((member, index) => {
      if (names.has(member.name))
        throw new CompileFault(`second member ${member.name} of ${declaration.name}`, member.position);
      names.add(member.name);
      const type = this.typeOf(member.type);
      const isLast = index === declaration.members.length - 1;
      if (type.kind === 'pointer' || (isRuntimeSized(type) && !isLast))
        throw new CompileFault(`member ${member.name} of type ${typeName(type)}`, member.position);
      return { name: member.name, type, ...this.#layoutAttributes(member.attributes) };
    });
    return layOutStruct(declaration.name, members);
  }

  #layoutAttributes(attributes: Attribute[]): { align: number | undefined; size: number | undefined } {
    const found: { align: number | undefined; size: number | undefined } = { align: undefined, size: undefined };
    for (const attribute of attributes) {
      const { name, position } = attribute;
      const argument = attribute.arguments[0];
      if ((name !== 'align' && name !== 'size') || argument === undefined || attribute.arguments.length !== 1)
        throw new CompileFault(`attribute @${name} of a member`, position);
      found[name] = this.countOf(argument, `@${name}`);
      if (name === 'align' && !Number.isInteger(Math.log2(found[name])))
        throw new CompileFault('@align that is no power of two', position);
    }
    return found;
  }

  /** The function of this name; undefined when there is none. */
  findFunction(name: string): DeclaredFunction | undefined {
    const declaration = this.declarations.get(name);
    if (declaration?.kind !== 'function') return undefined;
    const known = this.#functions.get(name);
    if (known !== undefined) return known;
    const declared = { declaration, tree: this.#declareFunction(this, declaration) };
    this.#functions.set(name, declared);
    return declared;
  }
}

/** Whether the size of a type depends on the buffer. */
export function isRuntimeSized(type: Type): boolean {
  if (type.kind === 'array') return type.count === undefined;
  return type.kind === 'struct' && isRuntimeSized(type.members.at(-1)!.type);
}

/** A keyword cannot name anything. */
export function refuseReserved(name: string, position: Position): void {
  if (RESERVED.has(name) || name.startsWith('__')) throw new CompileFault(`the name ${name}`, position);
}
