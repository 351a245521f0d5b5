import { CompileFault } from '../CompileFault.js';
import type { Position } from '../Position.js';
import type { PlacedFile } from '../SourceText.js';

/** One token of a kernel's source text. */
export interface Token {
  kind: 'identifier' | 'number' | 'symbol' | 'end';
  text: string;
  /** Of its first character. */
  position: Position;
}

// Longest first, so that `<<=` is never read as `<<` and `=`.
const SYMBOLS = [
  '<<=',
  '>>=',
  '->',
  '&&',
  '||',
  '==',
  '!=',
  '<=',
  '>=',
  '<<',
  '>>',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '&=',
  '|=',
  '^=',
  '++',
  '--',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '<',
  '>',
  ',',
  ';',
  ':',
  '.',
  '=',
  '+',
  '-',
  '*',
  '/',
  '%',
  '&',
  '|',
  '^',
  '~',
  '!',
  '@',
];
const IDENTIFIER = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER =
  /0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)(?:[pP][+-]?[0-9]+)?[iufh]?|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[iufh]?/y;
const WORD_CHARACTER = /[A-Za-z0-9_]/y;
const BLANK = /[ \t\r\n\v\f]+|\/\/[^\n]*/y;

/** The tokens of a file, without comments and blanks, ended by one of kind 'end'. */
export function scanTokens({ text: source, begin }: PlacedFile): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let end = 0;
  const matchAt = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0];
  };

  while (at < source.length) {
    const blank = matchAt(BLANK);
    if (blank !== undefined) at += blank.length;
    else if (source.startsWith('/*', at)) at += blockComment(source, at, (begin + at) as Position).length;
    else {
      const position = (begin + at) as Position;
      const identifier = matchAt(IDENTIFIER);
      const number = identifier === undefined ? matchAt(NUMBER) : undefined;
      const symbol = identifier ?? number ?? SYMBOLS.find((candidate) => source.startsWith(candidate, at));
      if (symbol === undefined)
        throw new CompileFault(`character ${JSON.stringify(source[at])} outside comments`, position);
      tokens.push({
        kind: identifier !== undefined ? 'identifier' : number !== undefined ? 'number' : 'symbol',
        text: symbol,
        position,
      });
      at += symbol.length;
      end = at;
      if (number !== undefined && matchAt(WORD_CHARACTER) !== undefined)
        throw new CompileFault(`number ${number} runs into a letter`, position);
    }
  }
  // Just behind the last token: what is missing is missing there, not behind comments and blank lines.
  tokens.push({ kind: 'end', text: 'the end of the text', position: (begin + end) as Position });
  return tokens;
}

/** Block comments nest in WGSL. */
function blockComment(source: string, start: number, position: Position): string {
  let depth = 0;
  for (let at = start; at < source.length; at++) {
    if (source.startsWith('/*', at)) {
      depth++;
      at++;
    } else if (source.startsWith('*/', at)) {
      at++;
      if (--depth === 0) return source.slice(start, at + 1);
    }
  }
  throw new CompileFault('block comment without an end', position);
}
