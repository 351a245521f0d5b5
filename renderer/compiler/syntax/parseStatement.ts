import { CompileFault } from '../CompileFault.js';
import { parseExpression, parseTypeName, parseUnary } from './parseExpression.js';
import type { Expression, Statement, SwitchCase } from './syntax.js';
import type { TokenReader } from './TokenReader.js';
import type { Position } from '../Position.js';

const ASSIGNMENTS = ['+', '-', '*', '/', '%', '&', '|', '^', '<<', '>>'] as const;
const REFUSED = ['discard', 'enable', 'override', 'fallthrough'];

/** Statements in braces. Lone semicolons are dropped. */
export function parseBlock(reader: TokenReader): Statement[] {
  reader.expect('{');
  const statements: Statement[] = [];
  while (!reader.take('}')) {
    if (reader.take(';')) continue;
    statements.push(parseStatement(reader));
  }
  return statements;
}

function parseStatement(reader: TokenReader): Statement {
  const { position, next } = reader;
  if (next.kind === 'symbol' && next.text === '@') throw new CompileFault('attribute of a statement', position);
  if (reader.is('{')) return { kind: 'block', body: parseBlock(reader), position };
  if (reader.take('if')) return parseIf(reader, position);
  if (reader.take('for')) return parseFor(reader, position);
  if (reader.take('while'))
    return { kind: 'while', condition: parseExpression(reader), body: parseBlock(reader), position };
  if (reader.take('loop')) return parseLoop(reader, position);
  if (reader.take('switch')) return parseSwitch(reader, position);
  for (const word of REFUSED) if (reader.is(word)) throw new CompileFault(`statement ${word}`, position);
  const statement = parseSimple(reader);
  reader.expect(';');
  return statement;
}

/** A statement that ends with a semicolon, without it. */
function parseSimple(reader: TokenReader): Statement {
  const { position } = reader;
  if (reader.take('break')) {
    if (reader.is('if')) throw new CompileFault('break if outside the end of a continuing block', position);
    return { kind: 'break', position };
  }
  if (reader.take('continue')) return { kind: 'continue', position };
  if (reader.take('return'))
    return { kind: 'return', value: reader.is(';') ? undefined : parseExpression(reader), position };
  if (reader.take('const_assert')) return { kind: 'assert', condition: parseExpression(reader), position };
  for (const keyword of ['let', 'var', 'const'] as const)
    if (reader.take(keyword)) return parseDeclaration(reader, keyword, position);
  return parseAssignment(reader);
}

function parseDeclaration(reader: TokenReader, keyword: 'let' | 'var' | 'const', position: Position): Statement {
  if (reader.is('<')) throw new CompileFault('address space of a variable in a function', position);
  const name = reader.expectIdentifier('a name').text;
  const type = reader.take(':') ? parseTypeName(reader) : undefined;
  const value = reader.take('=') ? parseExpression(reader) : undefined;
  if (value === undefined && (keyword !== 'var' || type === undefined))
    throw new CompileFault(`${keyword} ${name} without a value`, position);
  return { kind: 'declaration', keyword, name, type, value, position };
}

function parseAssignment(reader: TokenReader): Statement {
  const { position } = reader;
  if (reader.is('_')) {
    reader.advance();
    reader.expect('=');
    return { kind: 'ignore', value: parseExpression(reader), position };
  }
  const target = parseUnary(reader);
  if (reader.take('++')) return { kind: 'assign', target, operator: '+', value: one(position), position };
  if (reader.take('--')) return { kind: 'assign', target, operator: '-', value: one(position), position };
  if (reader.take('=')) return { kind: 'assign', target, operator: '=', value: parseExpression(reader), position };
  for (const operator of ASSIGNMENTS) {
    if (reader.take(`${operator}=`))
      return { kind: 'assign', target, operator, value: parseExpression(reader), position };
  }
  if (target.kind === 'call') return { kind: 'call', call: target, position };
  throw reader.unexpected('an assignment or a call');
}

const one = (position: Position): Expression => ({
  kind: 'literal',
  literal: { scalar: 'abstract-int', value: 1n },
  position,
});

function parseIf(reader: TokenReader, position: Position): Statement {
  const condition = parseExpression(reader);
  const body = parseBlock(reader);
  if (!reader.take('else')) return { kind: 'if', condition, body, otherwise: undefined, position };
  const elsePosition = reader.position;
  const otherwise = reader.take('if') ? [parseIf(reader, elsePosition)] : parseBlock(reader);
  return { kind: 'if', condition, body, otherwise, position };
}

function parseFor(reader: TokenReader, position: Position): Statement {
  reader.expect('(');
  const initial = reader.is(';') ? undefined : parseSimple(reader);
  reader.expect(';');
  const condition = reader.is(';') ? undefined : parseExpression(reader);
  reader.expect(';');
  const update = reader.is(')') ? undefined : parseAssignment(reader);
  reader.expect(')');
  return { kind: 'for', initial, condition, update, body: parseBlock(reader), position };
}

function parseLoop(reader: TokenReader, position: Position): Statement {
  reader.expect('{');
  const body: Statement[] = [];
  const continuing: Statement[] = [];
  let breakIf: Expression | undefined;
  while (!reader.take('}')) {
    if (reader.take(';')) continue;
    if (!reader.take('continuing')) {
      body.push(parseStatement(reader));
      continue;
    }
    // `continuing` is the last thing in a loop, and `break if` the last thing in it.
    reader.expect('{');
    while (!reader.take('}')) {
      if (reader.take(';')) continue;
      const breakPosition = reader.position;
      if (reader.take('break')) {
        if (!reader.take('if')) throw new CompileFault('break inside continuing without if', breakPosition);
        breakIf = parseExpression(reader);
        reader.expect(';');
        reader.expect('}');
        break;
      }
      continuing.push(parseStatement(reader));
    }
    reader.expect('}');
    break;
  }
  return { kind: 'loop', body, continuing, breakIf, position };
}

function parseSwitch(reader: TokenReader, position: Position): Statement {
  const selector = parseExpression(reader);
  reader.expect('{');
  const cases: SwitchCase[] = [];
  while (!reader.take('}')) {
    const casePosition = reader.position;
    const selectors: (Expression | 'default')[] = [];
    if (reader.take('default')) selectors.push('default');
    else {
      reader.expect('case');
      do {
        if (reader.is(':') || reader.is('{')) break;
        selectors.push(reader.take('default') ? 'default' : parseExpression(reader));
      } while (reader.take(','));
      if (selectors.length === 0) throw reader.unexpected('a case selector');
    }
    reader.take(':');
    cases.push({ selectors, body: parseBlock(reader), position: casePosition });
  }
  return { kind: 'switch', selector, cases, position };
}
