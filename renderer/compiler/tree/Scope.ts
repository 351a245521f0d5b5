import { CompileFault } from '../CompileFault.js';
import type { Operand } from '../wasm/values.js';
import type { Position } from '../Position.js';

/** What names mean inside a function, block within block. */
export class Scope {
  readonly #names = new Map<string, Operand>();
  readonly #outer: Scope | undefined;

  constructor(outer?: Scope) {
    this.#outer = outer;
  }

  find(name: string): Operand | undefined {
    return this.#names.get(name) ?? this.#outer?.find(name);
  }

  declare(name: string, operand: Operand, position: Position): void {
    if (this.#names.has(name)) throw new CompileFault(`second declaration of ${name} in one block`, position);
    this.#names.set(name, operand);
  }
}
