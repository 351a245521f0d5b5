import { CompileFault } from '../CompileFault.js';
import type {
  Declaration,
  Expression as SyntaxExpression,
  Statement as SyntaxStatement,
  SwitchCase as SyntaxCase,
} from '../syntax/syntax.js';
import type { CheckContext } from './CheckContext.js';
import { checkCall, checkOperand, checkValue, checkValueAs } from './checkExpression.js';
import { checkBinary } from './checkOperator.js';
import { loaded, rootOf } from './checkPlace.js';
import { isRuntimeSized, refuseReserved } from './ModuleScope.js';
import { concrete, promote, zeroOf } from './promote.js';
import { Scope } from './Scope.js';
import type { Expression, Local, Loop, Pointer, Statement, SwitchCase, Variable } from './tree.js';
import type { Type } from './types.js';
import { BOOL, typeName } from './types.js';

/** Statements in the scope that is there. */
export function checkStatements(context: CheckContext, statements: SyntaxStatement[]): Statement[] {
  return statements.flatMap((statement) => checkStatement(context, statement) ?? []);
}

/** Statements in a block of their own. */
function checkBlock(context: CheckContext, statements: SyntaxStatement[]): Statement[] {
  return checkStatements({ ...context, scope: new Scope(context.scope) }, statements);
}

/** One statement; undefined where it is there for the compiler alone. */
function checkStatement(context: CheckContext, statement: SyntaxStatement): Statement | undefined {
  const { position } = statement;
  switch (statement.kind) {
    case 'declaration':
      return checkDeclaration(context, statement);
    case 'assign':
      return checkAssignment(context, statement);
    case 'ignore':
      return { kind: 'evaluate', value: checkValue(context, statement.value), position };
    case 'call':
      return { kind: 'evaluate', value: checkCall(context, statement.call), position };
    case 'assert':
      return checkAssertion(context, statement.condition);
    case 'block':
      return { kind: 'block', body: checkBlock(context, statement.body), position };
    case 'if': {
      const condition = conditionOf(context, statement.condition, 'if');
      const body = checkBlock(context, statement.body);
      const otherwise = statement.otherwise && checkBlock(context, statement.otherwise);
      return { kind: 'if', condition, body, otherwise, position };
    }
    case 'for':
    case 'while':
    case 'loop':
      return { kind: 'loop', loop: checkLoop(context, statement), position };
    case 'switch':
      return checkSwitch(context, statement);
    case 'break':
    case 'continue':
      if (!(statement.kind === 'break' ? context.breakable : context.continuable))
        throw new CompileFault(`${statement.kind} outside a loop`, position);
      return { kind: statement.kind, position };
    case 'return': {
      if ((statement.value === undefined) !== (context.result.kind === 'void'))
        throw new CompileFault(`return of ${typeName(context.result)} expected`, position);
      const value = statement.value && checkValueAs(context, statement.value, context.result, 'return');
      return { kind: 'return', value, position };
    }
  }
}

function conditionOf(context: CheckContext, condition: SyntaxExpression, what: string): Expression {
  return checkValueAs(context, condition, BOOL, `condition of ${what}`);
}

/** `const_assert`; also at module scope. */
export function checkAssertion(context: CheckContext, condition: SyntaxExpression): undefined {
  const value = checkValueAs(context, condition, BOOL, 'const_assert');
  if (value.kind !== 'constant') throw new CompileFault('const_assert of what is no constant', condition.position);
  if (value.lanes[0] !== 1n) throw new CompileFault('const_assert does not hold', condition.position);
}

function checkDeclaration(context: CheckContext, declaration: Declaration): Statement | undefined {
  const { keyword, name, position } = declaration;
  refuseReserved(name, position);
  const stated = declaration.type === undefined ? undefined : context.module.typeOf(declaration.type);
  const operand = declaration.value === undefined ? undefined : checkOperand(context, declaration.value);
  if (keyword === 'let' && stated === undefined && operand?.kind === 'pointer') {
    // A `let` may name a pointer: it stands for the same place.
    const { place } = operand;
    const { space } = rootOf(place);
    if (space === 'storage') throw new CompileFault('pointer into a storage binding', position);
    const pointer: Pointer = { name, type: { kind: 'pointer', space, target: place.type } };
    const pointee = { kind: 'pointee' as const, pointer, type: place.type, position };
    context.scope.declare(name, { kind: 'pointer', place: pointee }, position);
    return { kind: 'pointer', pointer, place, position };
  }
  if (operand?.kind === 'pointer')
    throw new CompileFault('pointer where a value is needed', declaration.value!.position);
  const given = operand?.kind === 'place' ? loaded(operand.place, declaration.value!.position) : operand?.value;
  const value =
    given === undefined || stated === undefined ? given : promote(given, stated, `${keyword} ${name}`, position);
  if (keyword === 'const') {
    if (value?.kind !== 'constant') throw new CompileFault(`const ${name} of what is no constant`, position);
    context.scope.declare(name, { kind: 'value', value }, position);
    return undefined;
  }
  if (keyword === 'let') return declareLet(context, name, concrete(value!, position), declaration);
  return declareVariable(context, name, value && concrete(value, position), stated, declaration);
}

/** A `let` is no constant expression in WGSL. Arrays stay constants, so that they can be tables. */
function declareLet(
  context: CheckContext,
  name: string,
  value: Expression,
  { position }: Declaration,
): Statement | undefined {
  if (value.kind === 'constant' && value.type.kind === 'array') {
    context.scope.declare(name, { kind: 'value', value }, position);
    return undefined;
  }
  const local: Local = { name, type: value.type };
  context.scope.declare(name, { kind: 'value', value: { kind: 'local', local, type: local.type, position } }, position);
  return { kind: 'let', local, value, position };
}

function declareVariable(
  context: CheckContext,
  name: string,
  initial: Expression | undefined,
  stated: Type | undefined,
  { position }: Declaration,
): Statement {
  const { type } = initial ?? zeroOf(stated!, position);
  if (isRuntimeSized(type) || type.kind === 'pointer') throw new CompileFault(`var of ${typeName(type)}`, position);
  const variable: Variable = { name, type, space: 'function', writable: true, binding: undefined, initial, position };
  context.scope.declare(name, { kind: 'place', place: { kind: 'variable', variable, type, position } }, position);
  return { kind: 'var', variable, position };
}

function checkAssignment(context: CheckContext, statement: SyntaxStatement & { kind: 'assign' }): Statement {
  const { target, operator, position } = statement;
  const operand = checkOperand(context, target);
  if (operand.kind !== 'place') throw new CompileFault('assignment to what is no variable', position);
  const { place } = operand;
  const given = checkValue(context, statement.value);
  if (!rootOf(place).writable) throw new CompileFault('assignment to something read-only', position);
  if (operator === '=')
    return { kind: 'assign', place, operator, value: promote(given, place.type, 'assignment', position), position };
  const result = checkBinary(operator, loaded(place, position), given, position);
  promote(result, place.type, 'assignment', position);
  return { kind: 'assign', place, operator, value: (result as Expression & { kind: 'binary' }).right, position };
}

function checkLoop(context: CheckContext, statement: SyntaxStatement & { kind: 'for' | 'while' | 'loop' }): Loop {
  const outer = { ...context, scope: new Scope(context.scope) };
  const initial =
    statement.kind === 'for' && statement.initial !== undefined ? checkStatement(outer, statement.initial) : undefined;
  const condition =
    statement.kind === 'loop' || statement.condition === undefined
      ? undefined
      : conditionOf(outer, statement.condition, 'a loop');
  // `continuing` sees the names of the body.
  const inner = { ...outer, scope: new Scope(outer.scope), breakable: true, continuable: true };
  const body = checkStatements(inner, statement.body);
  // The update of a `for` sees what stands around the body alone.
  const update = statement.kind === 'for' && statement.update !== undefined ? [statement.update] : [];
  const tail = statement.kind === 'loop' ? { ...inner, breakable: false, continuable: false } : outer;
  const continuing = checkStatements(tail, statement.kind === 'loop' ? statement.continuing : update);
  const breakIf =
    statement.kind === 'loop' && statement.breakIf !== undefined
      ? conditionOf(tail, statement.breakIf, 'break if')
      : undefined;
  return { initial, condition, body, continuing, breakIf };
}

function checkSwitch(context: CheckContext, statement: SyntaxStatement & { kind: 'switch' }): Statement {
  const { position } = statement;
  const selector = concrete(checkValue(context, statement.selector), position);
  const { type } = selector;
  if (type.kind !== 'scalar' || (type.name !== 'i32' && type.name !== 'u32'))
    throw new CompileFault(`switch on ${typeName(type)}`, position);
  const seen = new Set<bigint>();
  const valuesOf = ({ selectors }: SyntaxCase): bigint[] =>
    selectors.flatMap((each) => {
      if (each === 'default') return [];
      const value = checkValueAs(context, each, type, 'case');
      if (value.kind !== 'constant') throw new CompileFault('case of what is no constant', each.position);
      const lane = value.lanes[0] as bigint;
      if (seen.has(lane)) throw new CompileFault(`second case ${lane}`, each.position);
      seen.add(lane);
      return [lane];
    });
  const listed = statement.cases.map((each) => ({ values: valuesOf(each), each }));
  const defaults = statement.cases.filter(({ selectors }) => selectors.includes('default')).length;
  if (defaults !== 1) throw new CompileFault(`switch with ${defaults} defaults`, position);
  const inner = { ...context, breakable: true };
  const cases = listed.map(({ values, each }): SwitchCase => ({
    values,
    isDefault: each.selectors.includes('default'),
    body: checkBlock(inner, each.body),
  }));
  return { kind: 'switch', selector, cases, position };
}
