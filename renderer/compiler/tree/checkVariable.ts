import { CompileFault } from '../CompileFault.js';
import type { Position } from '../Position.js';
import type { VariableDeclaration } from '../syntax/syntax.js';
import type { ModuleScope } from './ModuleScope.js';
import { isRuntimeSized } from './ModuleScope.js';
import { concrete, flatScalars, promote } from './promote.js';
import type { Operand } from './Scope.js';
import type { Variable } from './tree.js';
import type { Type } from './types.js';
import { typeName } from './types.js';

/** What a name at module scope stands for in an expression; undefined for functions, types and unknown names. */
export function operandAtModuleScope(module: ModuleScope, name: string, position: Position): Operand | undefined {
  const known = module.operands.get(name);
  if (known !== undefined) return known;
  const declaration = module.declarations.get(name);
  if (declaration?.kind !== 'const' && declaration?.kind !== 'variable') return undefined;
  const operand = module.guard(name, position, (): Operand => {
    if (declaration.kind === 'variable') {
      const variable =
        declaration.space === 'storage' ? bindingOf(module, declaration) : privateOf(module, declaration);
      return { kind: 'place', place: { kind: 'variable', variable, type: variable.type, position } };
    }
    const value = module.constantOf(declaration.value);
    if (declaration.type === undefined) return { kind: 'value', value };
    const type = module.typeOf(declaration.type);
    return { kind: 'value', value: promote(value, type, `const ${name}`, declaration.position) };
  });
  module.operands.set(name, operand);
  return operand;
}

function bindingOf(module: ModuleScope, declaration: VariableDeclaration): Variable {
  const { name, position, writable } = declaration;
  if (declaration.type === undefined || declaration.value !== undefined)
    throw new CompileFault(`binding ${name} needs a type and no value`, position);
  const type = module.typeOf(declaration.type);
  if (scalarsOfBinding(type).includes('bool')) throw new CompileFault(`binding ${name} with a bool`, position);
  const group = numberOf(module, declaration, 'group');
  if (group !== 0) throw new CompileFault(`binding ${name} in group ${group}`, position);
  const binding = numberOf(module, declaration, 'binding');
  return { name, type, space: 'storage', writable, binding, initial: undefined, position };
}

function scalarsOfBinding(type: Type): string[] {
  if (type.kind === 'array') return scalarsOfBinding(type.element);
  if (type.kind === 'struct') return type.members.flatMap((member) => scalarsOfBinding(member.type));
  return flatScalars(type);
}

function numberOf(module: ModuleScope, declaration: VariableDeclaration, name: string): number {
  const attribute = declaration.attributes.find((candidate) => candidate.name === name);
  const lane = attribute?.arguments.length === 1 ? module.constantOf(attribute.arguments[0]!).lanes[0] : undefined;
  if (typeof lane !== 'bigint' || lane < 0n || lane > 1000n || declaration.attributes.length !== 2) {
    throw new CompileFault(`binding ${declaration.name} needs @group(0) @binding(n)`, declaration.position);
  }
  return Number(lane);
}

function privateOf(module: ModuleScope, declaration: VariableDeclaration): Variable {
  const { name, position, writable } = declaration;
  if (declaration.attributes.length > 0)
    throw new CompileFault(`attribute @${declaration.attributes[0]!.name} of var<private>`, position);
  const value = declaration.value === undefined ? undefined : module.constantOf(declaration.value);
  if (declaration.type === undefined && value === undefined)
    throw new CompileFault(`var ${name} without type and value`, position);
  const type = declaration.type === undefined ? concrete(value!, position).type : module.typeOf(declaration.type);
  if (isRuntimeSized(type) || type.kind === 'pointer')
    throw new CompileFault(`var<private> of ${typeName(type)}`, position);
  const initial = value === undefined ? undefined : promote(value, type, `var ${name}`, position);
  return { name, type, space: 'private', writable, binding: undefined, initial, position };
}
