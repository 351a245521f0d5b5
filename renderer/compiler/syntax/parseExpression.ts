import { CompileFault } from '../CompileFault.js';
import { parseLiteral } from './parseLiteral.js';
import type { BinaryOperator, Expression, TypeName } from './syntax.js';
import type { TokenReader } from './TokenReader.js';

// Names after which `<` opens a template list. Everywhere else it is "less than".
const TEMPLATED = new Set([
  'vec2',
  'vec3',
  'vec4',
  'array',
  'ptr',
  'bitcast',
  'atomic',
  ...[2, 3, 4].flatMap((columns) => [2, 3, 4].map((rows) => `mat${columns}x${rows}`)),
]);
const RELATIONAL = ['<', '<=', '>', '>=', '==', '!='];

/**
 * Reads one expression by WGSL's grammar, which asks for parentheses where C does not: `&`, `|`, `^` take only unary
 * operands, shifts too, relations do not chain, `&&` and `||` do not mix. What breaks that is left unread, so that
 * whoever called finds it.
 */
export function parseExpression(reader: TokenReader): Expression {
  const first = parseUnary(reader);
  for (const operator of ['&', '|', '^'] as const) {
    if (!reader.is(operator)) continue;
    let left = first;
    while (reader.take(operator)) left = binary(operator, left, parseUnary(reader));
    return left;
  }
  let left = parseRelation(reader, first);
  for (const operator of ['&&', '||'] as const) {
    if (!reader.is(operator)) continue;
    while (reader.take(operator)) left = binary(operator, left, parseRelation(reader, parseUnary(reader)));
    return left;
  }
  return left;
}

function binary(operator: BinaryOperator, left: Expression, right: Expression): Expression {
  return { kind: 'binary', operator, left, right, position: left.position };
}

function parseRelation(reader: TokenReader, first: Expression): Expression {
  const left = parseShift(reader, first);
  const operator = RELATIONAL.find((candidate) => reader.is(candidate));
  if (operator === undefined) return left;
  reader.advance();
  return binary(operator as BinaryOperator, left, parseShift(reader, parseUnary(reader)));
}

function parseShift(reader: TokenReader, first: Expression): Expression {
  for (const operator of ['<<', '>>'] as const)
    if (reader.take(operator)) return binary(operator, first, parseUnary(reader));
  return parseSum(reader, first);
}

function parseSum(reader: TokenReader, first: Expression): Expression {
  let left = parseProduct(reader, first);
  for (;;) {
    if (reader.take('+')) left = binary('+', left, parseProduct(reader, parseUnary(reader)));
    else if (reader.take('-')) left = binary('-', left, parseProduct(reader, parseUnary(reader)));
    else return left;
  }
}

function parseProduct(reader: TokenReader, first: Expression): Expression {
  let left = first;
  for (;;) {
    const operator = (['*', '/', '%'] as const).find((candidate) => reader.take(candidate));
    if (operator === undefined) return left;
    left = binary(operator, left, parseUnary(reader));
  }
}

/** A unary expression: also what stands left of an assignment. */
export function parseUnary(reader: TokenReader): Expression {
  const { position } = reader;
  for (const operator of ['-', '!', '~', '*', '&'] as const) {
    if (reader.take(operator)) return { kind: 'unary', operator, operand: parseUnary(reader), position };
  }
  return parsePostfix(reader, parsePrimary(reader));
}

function parsePostfix(reader: TokenReader, primary: Expression): Expression {
  let object = primary;
  for (;;) {
    const { position } = reader;
    if (reader.take('[')) {
      const index = parseExpression(reader);
      reader.expect(']');
      object = { kind: 'index', object, index, position };
    } else if (reader.take('.'))
      object = { kind: 'member', object, member: reader.expectIdentifier('a member name').text, position };
    else return object;
  }
}

function parsePrimary(reader: TokenReader): Expression {
  const { next, position } = reader;
  if (reader.take('(')) {
    const inner = parseExpression(reader);
    reader.expect(')');
    return inner;
  }
  if (next.kind === 'number') {
    reader.advance();
    return { kind: 'literal', literal: parseLiteral(next.text, position), position };
  }
  if (reader.take('true')) return { kind: 'literal', literal: { scalar: 'bool', value: true }, position };
  if (reader.take('false')) return { kind: 'literal', literal: { scalar: 'bool', value: false }, position };
  if (next.kind !== 'identifier') throw reader.unexpected('an expression');
  const type = parseTypeName(reader);
  return reader.is('(')
    ? { kind: 'call', callee: type, arguments: parseArguments(reader), position }
    : { kind: 'name', type, position };
}

/** Arguments in parentheses, a trailing comma allowed. */
export function parseArguments(reader: TokenReader): Expression[] {
  reader.expect('(');
  const list: Expression[] = [];
  while (!reader.is(')')) {
    list.push(parseExpression(reader));
    if (!reader.take(',')) break;
  }
  reader.expect(')');
  return list;
}

/** A name and its template list. */
export function parseTypeName(reader: TokenReader): TypeName {
  const { text: name, position } = reader.expectIdentifier('a type name');
  if (!TEMPLATED.has(name) || !reader.take('<')) return { name, templates: [], position };
  const templates: Expression[] = [];
  do templates.push(parseSum(reader, parseUnary(reader)));
  while (reader.take(','));
  reader.expectTemplateEnd();
  if (templates.length === 0) throw new CompileFault(`empty template list of ${name}`, position);
  return { name, templates, position };
}
