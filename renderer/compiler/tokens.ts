import { KernelCompileError } from './KernelCompileError.js';

/** One token of a kernel's source text. */
export interface Token {
  kind: 'identifier' | 'number' | 'symbol' | 'end';
  text: string;
  /** Line of its first character, counted from 1. */
  position: number;
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

/** The tokens of a source text, without comments and blanks, ended by one of kind 'end'. */
export function scanTokens(source: string): Token[] {
  const tokens: Token[] = [];
  let position = 1;
  let at = 0;
  const matchAt = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0];
  };
  const skip = (text: string) => {
    for (const character of text) if (character === '\n') position++;
    at += text.length;
  };

  while (at < source.length) {
    const blank = matchAt(BLANK);
    if (blank !== undefined) skip(blank);
    else if (source.startsWith('/*', at)) skip(blockComment(source, at, position));
    else {
      const identifier = matchAt(IDENTIFIER);
      const number = identifier === undefined ? matchAt(NUMBER) : undefined;
      const symbol = identifier ?? number ?? SYMBOLS.find((candidate) => source.startsWith(candidate, at));
      if (symbol === undefined)
        throw new KernelCompileError(`character ${JSON.stringify(source[at])} outside comments`, position);
      tokens.push({
        kind: identifier !== undefined ? 'identifier' : number !== undefined ? 'number' : 'symbol',
        text: symbol,
        position,
      });
      at += symbol.length;
      if (number !== undefined && matchAt(WORD_CHARACTER) !== undefined)
        throw new KernelCompileError(`number ${number} runs into a letter`, position);
    }
  }
  tokens.push({ kind: 'end', text: 'the end of the text', position });
  return tokens;
}

/** Block comments nest in WGSL. */
function blockComment(source: string, start: number, position: number): string {
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
  throw new KernelCompileError('block comment without an end', position);
}
