import binaryen from 'binaryen';
import type { FunctionBuilder } from './FunctionBuilder.js';
import { DoubtWatch } from './DoubtWatch.js';
import { ConstantsOnlyBuilder } from './FunctionBuilder.js';
import { CompileFault } from '../CompileFault.js';
import { layOutStruct } from '../tree/layout.js';
import { StaticMemory } from './StaticMemory.js';
import type { Attribute, Expression, FunctionDeclaration, ModuleDeclaration, TypeName } from '../syntax/syntax.js';
import type { ArrayType, ScalarName, StructType, Type } from '../tree/types.js';
import { lanes, typeName } from '../tree/types.js';
import type { Operand, Read, Value } from './values.js';
import type { Position } from '../Position.js';

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

/** The global by which the host says where the static memory of an instance lies. */
export const STATIC_BASE = 'static_base';

/** A function of the kernel as WebAssembly sees it. */
export interface KernelFunction {
  declaration: FunctionDeclaration;
  parameters: { name: string; type: Type }[];
  result: Type;
}

/** Evaluates an expression where only constants may be: the hook by which types reach the expression compiler. */
export type EvaluateConstant = (module: KernelModule, expression: Expression, builder: FunctionBuilder) => Value;

/** Everything at module scope: names resolved on demand, in any order, as WGSL allows. */
export class KernelModule {
  readonly wasm = new binaryen.Module();
  readonly memory = new StaticMemory();
  /** Where the host puts the static memory of this instance, from which its addresses count. */
  readonly staticBase: Read = () => this.wasm.global.get(STATIC_BASE, binaryen.i32);
  /** Traps on an index out of range, instead of leaving it undefined. */
  readonly checks: boolean;
  /** Tells the host of every doubtful number. */
  readonly watch: DoubtWatch | undefined;
  /** Operands of names at module scope: constants, variables, bindings. */
  readonly operands = new Map<string, Operand>();
  readonly declarations = new Map<string, ModuleDeclaration>();
  readonly #functions = new Map<string, KernelFunction>();
  readonly #types = new Map<string, Type>();
  readonly #resolving = new Set<string>();
  readonly #evaluate: EvaluateConstant;

  constructor(
    declarations: ModuleDeclaration[],
    options: { checks: boolean; watchNumbers: boolean; evaluate: EvaluateConstant },
  ) {
    this.checks = options.checks;
    this.watch = options.watchNumbers ? new DoubtWatch(this.wasm) : undefined;
    this.#evaluate = options.evaluate;
    for (const declaration of declarations) {
      if (declaration.kind === 'assert') continue;
      refuseReserved(declaration.name, declaration.position);
      if (this.declarations.has(declaration.name))
        throw new CompileFault(`second declaration of ${declaration.name}`, declaration.position);
      this.declarations.set(declaration.name, declaration);
    }
  }

  /** A constant expression's value. */
  constantOf(expression: Expression): Value {
    return this.#evaluate(this, expression, new ConstantsOnlyBuilder(this.wasm, expression.position));
  }

  /** A constant expression that is a whole number, for array counts and attributes. */
  countOf(expression: Expression, what: string): number {
    const value = this.constantOf(expression);
    const lane = value.kind === 'constant' && value.type.kind === 'scalar' ? value.lanes[0] : undefined;
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
  findFunction(name: string): KernelFunction | undefined {
    const declaration = this.declarations.get(name);
    if (declaration?.kind !== 'function') return undefined;
    const known = this.#functions.get(name);
    if (known !== undefined) return known;
    const parameters = declaration.parameters.map((parameter) => ({
      name: parameter.name,
      type: this.typeOf(parameter.type),
    }));
    const result: Type = declaration.result === undefined ? { kind: 'void' } : this.typeOf(declaration.result);
    const created = { declaration, parameters, result };
    this.#functions.set(name, created);
    return created;
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
