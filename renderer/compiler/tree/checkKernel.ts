import { CompileFault } from '../CompileFault.js';
import type { FunctionDeclaration, ModuleDeclaration } from '../syntax/syntax.js';
import type { CheckContext } from './CheckContext.js';
import { typeAtModuleScope } from './checkExpression.js';
import { checkAssertion, checkStatements } from './checkStatement.js';
import { operandAtModuleScope } from './checkVariable.js';
import { leavesAlways } from './leavesAlways.js';
import { ModuleScope, refuseReserved } from './ModuleScope.js';
import { Scope } from './Scope.js';
import type { FunctionParameter, FunctionTree, KernelTree, Variable } from './tree.js';
import { typeOfParameter } from './tree.js';
import type { StructType } from './types.js';
import { lanes, sameType } from './types.js';

/** The names at module scope of a kernel whose functions are not looked into. */
export function scopeOfKernel(declarations: ModuleDeclaration[]): ModuleScope {
  return new ModuleScope(declarations, { typeExpression: typeAtModuleScope, declareFunction });
}

/** Checks a whole kernel, also what nothing calls. */
export function checkKernel(declarations: ModuleDeclaration[]): KernelTree {
  const module = scopeOfKernel(declarations);
  const bindings = bindingsOf(module);
  const recursion = new RecursionCheck(module);
  const tree: KernelTree = { declarations: [], structs: [], bindings, entry: undefined, workgroup: [] };
  for (const declaration of declarations) {
    const { position } = declaration;
    switch (declaration.kind) {
      case 'assert':
        checkAssertion(contextAt(module), declaration.condition);
        break;
      case 'function':
        recursion.refuse(declaration);
        tree.declarations.push(checkFunction(module, declaration));
        break;
      case 'struct':
      case 'alias': {
        const type = module.typeOf({ name: declaration.name, templates: [], position });
        if (declaration.kind === 'struct') tree.structs.push(type as StructType);
        break;
      }
      case 'const':
        operandAtModuleScope(module, declaration.name, position);
        break;
      case 'variable':
        tree.declarations.push({ kind: 'variable', variable: variableOf(module, declaration.name) });
    }
  }
  tree.entry = entryOf(module);
  if (tree.entry !== undefined) tree.workgroup = workgroupOf(module, tree.entry);
  return tree;
}

function contextAt(module: ModuleScope): CheckContext {
  return {
    module,
    scope: new Scope(),
    within: undefined,
    result: { kind: 'void' },
    breakable: false,
    continuable: false,
  };
}

function variableOf(module: ModuleScope, name: string): Variable {
  const { position } = module.declarations.get(name)!;
  const operand = operandAtModuleScope(module, name, position);
  if (operand?.kind !== 'place' || operand.place.kind !== 'variable')
    throw new CompileFault(`${name} is no variable`, position);
  return operand.place.variable;
}

/** The bindings that a kernel declares, in order of their numbers. */
function bindingsOf(module: ModuleScope): Variable[] {
  const bindings: Variable[] = [];
  for (const declaration of module.declarations.values()) {
    if (declaration.kind !== 'variable' || declaration.space !== 'storage') continue;
    const variable = variableOf(module, declaration.name);
    if (bindings.some(({ binding }) => binding === variable.binding))
      throw new CompileFault(`second binding ${String(variable.binding)}`, declaration.position);
    bindings.push(variable);
  }
  return bindings.sort((a, b) => a.binding! - b.binding!);
}

/** A function without its body, for whoever calls it. */
function declareFunction(module: ModuleScope, declaration: FunctionDeclaration): FunctionTree {
  const { name, position } = declaration;
  const parameters = declaration.parameters.map((parameter): FunctionParameter => {
    const type = module.typeOf(parameter.type);
    return type.kind === 'pointer'
      ? { kind: 'pointer', pointer: { name: parameter.name, type } }
      : { kind: 'local', local: { name: parameter.name, type } };
  });
  const result = declaration.result === undefined ? ({ kind: 'void' } as const) : module.typeOf(declaration.result);
  return { kind: 'function', name, parameters, result, body: [], nodes: 0, callees: [], position };
}

function checkFunction(module: ModuleScope, declaration: FunctionDeclaration): FunctionTree {
  const { tree } = module.findFunction(declaration.name)!;
  const { position, body } = declaration;
  const scope = new Scope();
  for (const parameter of tree.parameters) {
    if (parameter.kind === 'local') {
      const { local } = parameter;
      refuseReserved(local.name, position);
      const value = { kind: 'local' as const, local, type: local.type, position };
      scope.declare(local.name, { kind: 'value', value }, position);
    } else {
      const { pointer } = parameter;
      refuseReserved(pointer.name, position);
      const place = { kind: 'pointee' as const, pointer, type: pointer.type.target, position };
      scope.declare(pointer.name, { kind: 'pointer', place }, position);
    }
  }
  if (tree.result.kind !== 'void' && !leavesAlways(body))
    throw new CompileFault(`function ${tree.name} can end without a return`, position);
  tree.nodes = countNodes(body);
  // Parameters and the body's own variables share one block in WGSL.
  const context = { module, scope, within: tree, result: tree.result, breakable: false, continuable: false };
  tree.body = checkStatements(context, body);
  return tree;
}

/** Visits the nodes of a syntax tree. */
function visitNodes(node: unknown, visit: (node: { kind: string; callee?: { name: string } }) => void): void {
  if (typeof node !== 'object' || node === null) return;
  if (Array.isArray(node)) return node.forEach((each) => visitNodes(each, visit));
  if ('kind' in node) visit(node as { kind: string });
  for (const value of Object.values(node)) visitNodes(value, visit);
}

function countNodes(node: unknown): number {
  let count = 0;
  visitNodes(node, () => count++);
  return count;
}

/** Refuses functions that call themselves, directly or not, before anything follows their calls. */
class RecursionCheck {
  readonly #module: ModuleScope;
  readonly #known = new Set<string>();

  constructor(module: ModuleScope) {
    this.#module = module;
  }

  refuse({ name, position, body }: FunctionDeclaration): void {
    if (this.#known.has(name)) return;
    this.#module.guard(`function ${name}`, position, () =>
      visitNodes(body, ({ kind, callee }) => {
        const called = kind === 'call' && callee !== undefined ? this.#module.declarations.get(callee.name) : undefined;
        if (called?.kind === 'function') this.refuse(called);
      }),
    );
    this.#known.add(name);
  }
}

const KNOWN_ATTRIBUTES = ['compute', 'workgroup_size', 'must_use'];

/** The compute entry point, whose only parameter is the global invocation id; undefined where there is none. */
function entryOf(module: ModuleScope): FunctionTree | undefined {
  const functions = [...module.declarations.values()].filter(
    (declaration): declaration is FunctionDeclaration => declaration.kind === 'function',
  );
  for (const { attributes } of functions) {
    const unknown = attributes.find(({ name }) => !KNOWN_ATTRIBUTES.includes(name));
    if (unknown !== undefined) throw new CompileFault(`attribute @${unknown.name} of a function`, unknown.position);
  }
  const entries = functions.filter(({ attributes }) => attributes.some(({ name }) => name === 'compute'));
  for (const declaration of functions) {
    for (const parameter of declaration.parameters) {
      if (parameter.attributes.length > 0 && !entries.includes(declaration))
        throw new CompileFault(`attribute @${parameter.attributes[0]!.name} of a parameter`, parameter.position);
    }
  }
  const [entry] = entries;
  if (entry === undefined) return undefined;
  if (entries.length > 1) throw new CompileFault('a second compute entry point', entries[1]!.position);
  const { tree } = module.findFunction(entry.name)!;
  const [parameter] = entry.parameters;
  const attribute = parameter?.attributes[0];
  const builtin = attribute?.arguments[0];
  const isId =
    entry.parameters.length === 1 &&
    parameter!.attributes.length === 1 &&
    attribute!.name === 'builtin' &&
    builtin?.kind === 'name' &&
    builtin.type.name === 'global_invocation_id' &&
    sameType(typeOfParameter(tree.parameters[0]!), lanes(3, 'u32'));
  if (!isId || tree.result.kind !== 'void')
    throw new CompileFault(
      `entry ${entry.name} must be fn ${entry.name}(@builtin(global_invocation_id) id: vec3u)`,
      entry.position,
    );
  return tree;
}

function workgroupOf(module: ModuleScope, { name, position }: FunctionTree): number[] {
  const { attributes } = module.findFunction(name)!.declaration;
  const size = attributes.find((attribute) => attribute.name === 'workgroup_size');
  if (size === undefined || size.arguments.length < 1 || size.arguments.length > 3)
    throw new CompileFault(`entry ${name} needs @workgroup_size(n)`, position);
  return size.arguments.map((argument) => module.countOf(argument, '@workgroup_size'));
}
