import { CompileFault } from '../CompileFault.js';
import { parseArguments, parseExpression, parseTypeName } from './parseExpression.js';
import { parseBlock } from './parseStatement.js';
import type { PlacedFile } from '../SourceText.js';
import type {
  Attribute,
  FunctionDeclaration,
  ModuleDeclaration,
  Parameter,
  StructDeclaration,
  VariableDeclaration,
} from './syntax.js';
import { TokenReader } from './TokenReader.js';
import { scanTokens } from './tokens.js';
import type { Position } from '../Position.js';

// Why a parser of our own: wgsl_reflect 1.6.0 silently reads other programs than were written. It drops the statements
// of a switch case after the second, takes (o.b).c for o.c and a local for a module constant of its name, reads 0x1p-3
// as 0, counts array<f32, N * M> as one element, and cannot read our kernel at all. The tests use it as a second
// opinion on layouts (test/renderer/compiler/layout.test.ts).

/**
 * Reads a whole kernel. Names are not resolved yet and types not checked. No declaration goes from one file into the
 * next, so that what is missing is missing in its own file.
 */
export function parseModule(files: readonly PlacedFile[]): ModuleDeclaration[] {
  return files.flatMap(parseFile);
}

function parseFile(file: PlacedFile): ModuleDeclaration[] {
  const reader = new TokenReader(scanTokens(file));
  const declarations: ModuleDeclaration[] = [];
  while (reader.next.kind !== 'end') if (!reader.take(';')) declarations.push(parseDeclaration(reader));
  return declarations;
}

function parseDeclaration(reader: TokenReader): ModuleDeclaration {
  const attributes = parseAttributes(reader);
  const { position } = reader;
  const unattributed = () => {
    if (attributes.length > 0) throw new CompileFault(`attribute @${attributes[0]!.name} here`, position);
  };
  if (reader.take('fn')) return parseFunction(reader, attributes, position);
  if (reader.take('var')) return parseVariable(reader, attributes, position);
  unattributed();
  if (reader.take('struct')) return parseStruct(reader, position);
  if (reader.take('alias')) {
    const name = reader.expectIdentifier('a name').text;
    reader.expect('=');
    const type = parseTypeName(reader);
    reader.expect(';');
    return { kind: 'alias', name, type, position };
  }
  if (reader.take('const')) {
    const name = reader.expectIdentifier('a name').text;
    const type = reader.take(':') ? parseTypeName(reader) : undefined;
    reader.expect('=');
    const value = parseExpression(reader);
    reader.expect(';');
    return { kind: 'const', name, type, value, position };
  }
  if (reader.take('const_assert')) {
    const condition = parseExpression(reader);
    reader.expect(';');
    return { kind: 'assert', condition, position };
  }
  for (const word of ['override', 'enable', 'requires', 'diagnostic', 'let'])
    if (reader.is(word)) throw new CompileFault(`${word} at module scope`, position);
  throw reader.unexpected('a declaration');
}

function parseAttributes(reader: TokenReader): Attribute[] {
  const attributes: Attribute[] = [];
  while (reader.take('@')) {
    const { text: name, position } = reader.expectIdentifier('an attribute name');
    attributes.push({ name, arguments: reader.is('(') ? parseArguments(reader) : [], position });
  }
  return attributes;
}

function parseFunction(reader: TokenReader, attributes: Attribute[], position: Position): FunctionDeclaration {
  const name = reader.expectIdentifier('a function name').text;
  reader.expect('(');
  const parameters: Parameter[] = [];
  while (!reader.is(')')) {
    const parameterAttributes = parseAttributes(reader);
    const parameter = reader.expectIdentifier('a parameter name');
    reader.expect(':');
    parameters.push({
      name: parameter.text,
      type: parseTypeName(reader),
      attributes: parameterAttributes,
      position: parameter.position,
    });
    if (!reader.take(',')) break;
  }
  reader.expect(')');
  let result;
  if (reader.take('->')) {
    if (reader.is('@')) throw new CompileFault('attribute of a result', reader.position);
    result = parseTypeName(reader);
  }
  return { kind: 'function', name, attributes, parameters, result, body: parseBlock(reader), position };
}

function parseStruct(reader: TokenReader, position: Position): StructDeclaration {
  const name = reader.expectIdentifier('a struct name').text;
  reader.expect('{');
  const members: StructDeclaration['members'] = [];
  while (!reader.is('}')) {
    const attributes = parseAttributes(reader);
    const member = reader.expectIdentifier('a member name');
    reader.expect(':');
    members.push({ name: member.text, type: parseTypeName(reader), attributes, position: member.position });
    if (!reader.take(',')) break;
  }
  reader.expect('}');
  return { kind: 'struct', name, members, position };
}

function parseVariable(reader: TokenReader, attributes: Attribute[], position: Position): VariableDeclaration {
  if (!reader.take('<')) throw new CompileFault('var at module scope without an address space', position);
  const space = reader.expectIdentifier('an address space').text;
  if (space !== 'private' && space !== 'storage') throw new CompileFault(`var<${space}>`, position);
  let access = 'read';
  if (reader.take(',')) access = reader.expectIdentifier('an access mode').text;
  reader.expectTemplateEnd();
  if (access !== 'read' && access !== 'read_write') throw new CompileFault(`access mode ${access}`, position);
  const name = reader.expectIdentifier('a name').text;
  const type = reader.take(':') ? parseTypeName(reader) : undefined;
  const value = reader.take('=') ? parseExpression(reader) : undefined;
  reader.expect(';');
  return {
    kind: 'variable',
    name,
    attributes,
    space,
    writable: space === 'private' || access === 'read_write',
    type,
    value,
    position,
  };
}
