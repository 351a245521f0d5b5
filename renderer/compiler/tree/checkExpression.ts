import { CompileFault } from '../CompileFault.js';
import type { Position } from '../Position.js';
import type { Expression as SyntaxExpression, Literal } from '../syntax/syntax.js';
import type { CheckContext } from './CheckContext.js';
import { checkBuiltin } from './checkBuiltin.js';
import { checkBitcast, checkConstructor, constantPart } from './checkConstructor.js';
import { checkBinary, checkUnary } from './checkOperator.js';
import {
  checkIndex,
  elementOfPlace,
  indexedType,
  loaded,
  memberIndex,
  memberOfPlace,
  rootOf,
  swizzled,
} from './checkPlace.js';
import { operandAtModuleScope } from './checkVariable.js';
import type { ModuleScope } from './ModuleScope.js';
import { concrete, constant, promote } from './promote.js';
import type { Operand } from './Scope.js';
import { Scope } from './Scope.js';
import type { Argument, Constant, Expression, FunctionTree, Place } from './tree.js';
import { typeOfParameter } from './tree.js';
import type { Type } from './types.js';
import { BOOL, U32, elementOf, isSimd, sameType, scalar, typeName } from './types.js';

const asValue = (value: Expression): Operand => ({ kind: 'value', value });
const asPlace = (place: Place): Operand => ({ kind: 'place', place });

/** The value of an expression. */
export function checkValue(context: CheckContext, expression: SyntaxExpression): Expression {
  const operand = checkOperand(context, expression);
  if (operand.kind === 'value') return operand.value;
  if (operand.kind === 'place') return loaded(operand.place, expression.position);
  throw new CompileFault('pointer where a value is needed', expression.position);
}

/** The value of an expression of a known type; `what` names the place for the error. */
export function checkValueAs(
  context: CheckContext,
  expression: SyntaxExpression,
  type: Type,
  what: string,
): Expression {
  return promote(checkValue(context, expression), type, what, expression.position);
}

/** An expression outside of functions. */
export function typeAtModuleScope(module: ModuleScope, expression: SyntaxExpression): Expression {
  return checkValue(
    {
      module,
      scope: new Scope(),
      within: undefined,
      result: { kind: 'void' },
      breakable: false,
      continuable: false,
    },
    expression,
  );
}

/**
 * What an expression stands for: a place where it names one, so that it can be written to or pointed at, else a value.
 */
export function checkOperand(context: CheckContext, expression: SyntaxExpression): Operand {
  const { position } = expression;
  switch (expression.kind) {
    case 'literal':
      return asValue(literalOf(expression.literal));
    case 'name': {
      const { name } = expression.type;
      const operand = context.scope.find(name) ?? operandAtModuleScope(context.module, name, position);
      if (operand === undefined || expression.type.templates.length > 0)
        throw new CompileFault(`unknown name ${name}`, position);
      return named(operand, position);
    }
    case 'unary':
      return unaryOf(context, expression);
    case 'binary': {
      const { operator, left, right } = expression;
      if (operator === '&&' || operator === '||') return asValue(shortCircuitOf(context, expression));
      const a = checkValue(context, left);
      return asValue(checkBinary(operator, a, checkValue(context, right), position));
    }
    case 'member':
      return memberOf(context, expression);
    case 'index':
      return elementOfOperand(context, expression);
    case 'call': {
      const value = checkCall(context, expression);
      if (value.type.kind === 'void') throw new CompileFault(`${expression.callee.name}() returns nothing`, position);
      return asValue(value);
    }
  }
}

/** What a name stands for, at the place in the text where it is used. */
function named(operand: Operand, position: Position): Operand {
  if (operand.kind === 'value')
    return operand.value.kind === 'constant' ? operand : asValue({ ...operand.value, position });
  return { ...operand, place: { ...operand.place, position } };
}

function literalOf(literal: Literal): Constant {
  const lane = typeof literal.value === 'boolean' ? BigInt(literal.value) : literal.value;
  return constant(scalar(literal.scalar), [lane]);
}

function unaryOf(context: CheckContext, expression: SyntaxExpression & { kind: 'unary' }): Operand {
  const { operator, operand: inner, position } = expression;
  if (operator === '*') {
    const operand = checkOperand(context, inner);
    if (operand.kind !== 'pointer') throw new CompileFault('* of what is no pointer', position);
    return asPlace(operand.place);
  }
  if (operator === '&') {
    const operand = checkOperand(context, inner);
    if (operand.kind !== 'place') throw new CompileFault('& of what is no variable', position);
    const { place } = operand;
    if (place.kind === 'component' || (place.kind === 'element' && place.object.type.kind === 'vector'))
      throw new CompileFault('& of a component of a vector', position);
    if (place.kind === 'table') throw new CompileFault('& of what is no variable', position);
    if (rootOf(place).space === 'storage') throw new CompileFault('pointer into a storage binding', position);
    return { kind: 'pointer', place };
  }
  return asValue(checkUnary(operator, checkValue(context, inner), position));
}

/** What is not evaluated must still be well typed. */
function shortCircuitOf(context: CheckContext, expression: SyntaxExpression & { kind: 'binary' }): Expression {
  const { left, right, position } = expression;
  const operator = expression.operator as '&&' | '||';
  const what = `operator ${operator}`;
  const a = checkValueAs(context, left, BOOL, what);
  const b = checkValueAs(context, right, BOOL, what);
  if (a.kind === 'constant') {
    const decided = operator === '&&' ? a.lanes[0] === 0n : a.lanes[0] === 1n;
    return decided ? a : b;
  }
  return { kind: 'shortCircuit', operator, left: a, right: b, type: BOOL, position };
}

/** The place behind a pointer, for `p.member` and `p[i]`. */
function dereferenced(operand: Operand): Operand {
  return operand.kind === 'pointer' ? asPlace(operand.place) : operand;
}

function memberOf(context: CheckContext, expression: SyntaxExpression & { kind: 'member' }): Operand {
  const { member, position } = expression;
  const object = dereferenced(checkOperand(context, expression.object));
  if (object.kind === 'place') return memberOfPlace(object.place, member, position);
  const { value } = object as Operand & { kind: 'value' };
  if (value.type.kind === 'vector') return asValue(swizzled(value, member, position));
  if (value.type.kind !== 'struct') throw new CompileFault(`member ${member} of ${typeName(value.type)}`, position);
  const index = memberIndex(value.type, member, position);
  if (value.kind === 'constant') return asValue(constantPart(value, index));
  return asValue({ kind: 'member', object: value, index, type: value.type.members[index]!.type, position });
}

function elementOfOperand(context: CheckContext, expression: SyntaxExpression & { kind: 'index' }): Operand {
  const { position } = expression;
  const object = dereferenced(checkOperand(context, expression.object));
  const index = checkValue(context, expression.index);
  if (object.kind === 'place') return asPlace(elementOfPlace(object.place, index, position));
  const { value } = object as Operand & { kind: 'value' };
  if (value.kind === 'constant' && value.type.kind === 'array' && index.kind !== 'constant') {
    // A table of constants has a place in memory; other values are picked apart.
    const table = concrete(value, position);
    return asPlace(elementOfPlace({ kind: 'table', table, type: table.type, position }, index, position));
  }
  return asValue(elementOfValue(value, index, position));
}

function elementOfValue(value: Expression, given: Expression, position: Position): Expression {
  const { element, count } = indexedType(value.type, position);
  const index = checkIndex(given, count, position);
  if (index.kind === 'constant') {
    const at = Number(index.lanes[0]);
    if (value.type.kind === 'vector') return swizzled(value, 'xyzw'[at]!, position);
    if (value.kind === 'constant') return constantPart(value, at);
  } else if (value.type.kind !== 'vector')
    throw new CompileFault('computed index into an array that is no variable: give it a var', position);
  const object = value.kind === 'constant' ? concrete(value, position) : value;
  return {
    kind: 'element',
    object,
    index,
    type: object === value ? element : indexedType(object.type, position).element,
    position,
  };
}

/** A call of a constructor, a built-in or one of the kernel's functions; of type void when it returns nothing. */
export function checkCall(context: CheckContext, expression: SyntaxExpression & { kind: 'call' }): Expression {
  const { callee, position } = expression;
  const { module } = context;
  if (context.scope.find(callee.name) !== undefined)
    throw new CompileFault(`call of ${callee.name}, which is no function`, position);
  if (module.declarations.get(callee.name)?.kind === 'function') return callOf(context, expression);
  if (callee.name === 'arrayLength') return arrayLengthOf(context, expression);
  const operands = expression.arguments.map((argument) => checkValue(context, argument));
  if (callee.name === 'bitcast') return checkBitcast(module, callee, operands, position);
  if (/^(vec[234]|array)$/.test(callee.name) || module.findType(callee) !== undefined)
    return checkConstructor(module, callee, operands, position);
  const value = checkBuiltin({ name: callee.name, operands, position });
  if (value === undefined) throw new CompileFault(`function ${callee.name}()`, position);
  return value;
}

function arrayLengthOf(context: CheckContext, expression: SyntaxExpression & { kind: 'call' }): Expression {
  const { position } = expression;
  const [argument] = expression.arguments;
  if (argument?.kind !== 'unary' || argument.operator !== '&' || expression.arguments.length !== 1)
    throw new CompileFault('arrayLength() of what is no &array', position);
  const operand = checkOperand(context, argument.operand);
  if (operand.kind !== 'place' || operand.place.type.kind !== 'array' || operand.place.type.count !== undefined) {
    throw new CompileFault('arrayLength() of what is no runtime-sized array', position);
  }
  return { kind: 'arrayLength', place: operand.place, type: U32, position };
}

/** The function that back ends turn a mask into bits with. */
export const MOVEMASK = 'movemask';

/** Calls one of the kernel's functions. */
function callOf(context: CheckContext, expression: SyntaxExpression & { kind: 'call' }): Expression {
  const { callee, position } = expression;
  if (context.within === undefined)
    throw new CompileFault('a function of the kernel in a constant expression', position);
  const target = context.module.findFunction(callee.name)!.tree;
  const given = expression.arguments;
  if (given.length !== target.parameters.length || callee.templates.length > 0) {
    throw new CompileFault(
      `${callee.name}() with ${given.length} arguments instead of ${target.parameters.length}`,
      position,
    );
  }
  if (callee.name === MOVEMASK) refuseOtherMovemask(target);
  context.within.callees.push(target);
  const passed = given.map((argument, index) =>
    argumentOf(context, argument, typeOfParameter(target.parameters[index]!), callee.name),
  );
  return { kind: 'call', target, arguments: passed, type: target.result, position };
}

/** An argument, as a value of the parameter's type or as a pointer. */
function argumentOf(context: CheckContext, argument: SyntaxExpression, type: Type, callee: string): Argument {
  const { position } = argument;
  const what = `argument of ${callee}()`;
  if (type.kind !== 'pointer') return { kind: 'value', value: checkValueAs(context, argument, type, what) };
  const operand = checkOperand(context, argument);
  if (operand.kind !== 'pointer') throw new CompileFault(`${what}: expected a pointer`, position);
  const { place } = operand;
  const found = `ptr<${rootOf(place).space}, ${typeName(place.type)}>`;
  if (found !== typeName(type)) throw new CompileFault(`${what}: expected ${typeName(type)}, found ${found}`, position);
  return { kind: 'pointer', place };
}

function refuseOtherMovemask(target: FunctionTree): void {
  const [parameter] = target.parameters;
  const type = parameter?.kind === 'local' ? parameter.local.type : undefined;
  const known =
    target.parameters.length === 1 &&
    type !== undefined &&
    isSimd(type) &&
    elementOf(type) === 'bool' &&
    sameType(target.result, U32);
  if (!known) throw new CompileFault('movemask() must be fn movemask(m: vec4<bool>) -> u32', target.position);
}
