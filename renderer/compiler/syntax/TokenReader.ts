import { CompileFault } from '../CompileFault.js';
import type { Position } from '../Position.js';
import type { Token } from './tokens.js';

/** Walks over tokens. Whatever does not fit raises an error that says what was expected and what stands there. */
export class TokenReader {
  readonly #tokens: Token[];
  #at = 0;

  constructor(tokens: Token[]) {
    this.#tokens = tokens;
  }

  /** The token that comes next, not consumed. */
  get next(): Token {
    return this.#tokens[this.#at]!;
  }

  get position(): Position {
    return this.next.position;
  }

  /** Whether the next token is this symbol or keyword. */
  is(text: string): boolean {
    return this.next.kind !== 'number' && this.next.kind !== 'end' && this.next.text === text;
  }

  /** Consumes the next token when it is this symbol or keyword. */
  take(text: string): boolean {
    if (!this.is(text)) return false;
    this.#at++;
    return true;
  }

  expect(text: string): Token {
    const token = this.next;
    if (!this.take(text)) throw this.unexpected(`'${text}'`);
    return token;
  }

  /** Consumes a name. */
  expectIdentifier(what: string): Token {
    const token = this.next;
    if (token.kind !== 'identifier') throw this.unexpected(what);
    this.#at++;
    return token;
  }

  /** Consumes whatever comes. */
  advance(): Token {
    const token = this.next;
    if (token.kind !== 'end') this.#at++;
    return token;
  }

  /** Consumes the `>` that ends a template list, also where it is glued to what follows (`array<vec4<f32>>`, `>=`). */
  expectTemplateEnd(): void {
    const token = this.next;
    if (token.kind !== 'symbol' || !token.text.startsWith('>')) throw this.unexpected("'>'");
    if (token.text === '>') this.#at++;
    else this.#tokens[this.#at] = { ...token, text: token.text.slice(1) };
  }

  /** The error for a token that does not fit here. */
  unexpected(expected: string): CompileFault {
    return new CompileFault(`expected ${expected}, found '${this.next.text}'`, this.next.position);
  }
}
