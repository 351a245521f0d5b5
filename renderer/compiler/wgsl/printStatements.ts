import { CompileFault } from '../CompileFault.js';
import type { Expression, Loop, Place, Statement } from '../tree/tree.js';
import { isLanes, elementOf, typeName } from '../tree/types.js';
import type { PrintContext } from './printExpression.js';
import { expressionText, hideName, placeText, pointerText } from './printExpression.js';

/** What printing statements needs to know besides. */
export interface StatementContext extends PrintContext {
  /** Whether what an assignment with an operator computes is hidden. */
  isHiddenAssignment(statement: Statement): boolean;
}

/** Statements as lines of WGSL, indented. */
export function statementLines(context: StatementContext, statements: readonly Statement[], indent = '  '): string[] {
  return statements.flatMap((statement) => linesOf(context, statement).map((line) => `${indent}${line}`));
}

function linesOf(context: StatementContext, statement: Statement): string[] {
  const text = (expression: Expression): string => expressionText(context, expression);
  const block = (body: readonly Statement[]): string[] => statementLines(context, body);
  switch (statement.kind) {
    case 'if': {
      const lines = [`if (${text(statement.condition)}) {`, ...block(statement.body)];
      if (statement.otherwise !== undefined) lines.push('} else {', ...block(statement.otherwise));
      return [...lines, '}'];
    }
    case 'loop':
      return loopLines(context, statement.loop);
    case 'switch': {
      const lines = [`switch (${text(statement.selector)}) {`];
      const suffix = isLanes(statement.selector.type) && elementOf(statement.selector.type) === 'u32' ? 'u' : 'i';
      for (const { values, isDefault, body } of statement.cases) {
        const listed = values.map((value) => (value === -0x80000000n ? 'i32(0x80000000u)' : `${value}${suffix}`));
        if (isDefault) listed.push('default');
        lines.push(`  case ${listed.join(', ')}: {`, ...statementLines(context, body, '    '), '  }');
      }
      return [...lines, '}'];
    }
    case 'block':
      return ['{', ...block(statement.body), '}'];
    case 'break':
    case 'continue':
      return [`${statement.kind};`];
    case 'return':
      return [statement.value === undefined ? 'return;' : `return ${text(statement.value)};`];
    default:
      return [`${simpleText(context, statement)};`];
  }
}

/** A statement that may stand in the head of a loop. */
function simpleText(context: StatementContext, statement: Statement): string {
  const { nameOf } = context;
  const text = (expression: Expression): string => expressionText(context, expression);
  switch (statement.kind) {
    case 'let':
      return `let ${nameOf(statement.local.name)} = ${text(statement.value)}`;
    case 'pointer':
      return `let ${nameOf(statement.pointer.name)} = ${pointerText(context, statement.place)}`;
    case 'var': {
      const { name, type, initial } = statement.variable;
      const head = `var ${nameOf(name)}: ${typeName(type)}`;
      return initial === undefined ? head : `${head} = ${text(initial)}`;
    }
    case 'evaluate': {
      const { value } = statement;
      return value.kind !== 'constant' && value.type.kind === 'void' ? text(value) : `_ = ${text(value)}`;
    }
    case 'assign':
      return assignmentText(context, statement);
    default:
      throw new CompileFault(`${statement.kind} where one statement is needed`, statement.position);
  }
}

function assignmentText(context: StatementContext, statement: Statement & { kind: 'assign' }): string {
  const { place, operator, value, position } = statement;
  const target = placeText(context, place);
  const given = expressionText(context, value);
  if (operator === '=') return `${target} = ${given}`;
  if (!context.isHiddenAssignment(statement)) return `${target} ${operator}= ${given}`;
  // The place is written twice, so finding it may do nothing but find it.
  if (calls(place)) throw new CompileFault(`${operator}= on a place that a function is called for`, position);
  return `${target} = ${hideName(place.type)}(${target} ${operator} ${given})`;
}

/** Whether finding a place calls a function of the kernel. */
function calls(place: Place): boolean {
  if (place.kind === 'element' && callsIn(place.index)) return true;
  return 'object' in place && calls(place.object);
}

function callsIn(expression: Expression): boolean {
  if (expression.kind === 'call') return true;
  return Object.values(expression).some((inner: unknown) =>
    Array.isArray(inner)
      ? inner.some((each) => isExpression(each) && callsIn(each))
      : isExpression(inner) && callsIn(inner),
  );
}

function isExpression(value: unknown): value is Expression {
  return typeof value === 'object' && value !== null && 'kind' in value && 'position' in value;
}

function loopLines(context: StatementContext, loop: Loop): string[] {
  const { initial, condition, body, continuing, breakIf } = loop;
  const block = statementLines(context, body);
  const test = condition === undefined ? '' : expressionText(context, condition);
  if (breakIf === undefined && continuing.length === 0 && initial === undefined)
    return [condition === undefined ? 'loop {' : `while (${test}) {`, ...block, '}'];
  if (initial !== undefined || condition !== undefined) {
    const head = (each: Statement | undefined): string => (each === undefined ? '' : simpleText(context, each));
    return [`for (${head(initial)}; ${test}; ${head(continuing[0])}) {`, ...block, '}'];
  }
  const tail = statementLines(context, continuing, '    ');
  if (breakIf !== undefined) tail.push(`    break if ${expressionText(context, breakIf)};`);
  return ['loop {', ...block, '  continuing {', ...tail, '  }', '}'];
}
