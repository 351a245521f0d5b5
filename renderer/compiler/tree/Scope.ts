import { CompileFault } from '../CompileFault.js';
import type { Position } from '../Position.js';
import type { Expression, Place } from './tree.js';

/** What a name or an expression stands for: a value, a place, or a pointer to a place. */
export type Operand =
  { kind: 'value'; value: Expression } | { kind: 'place'; place: Place } | { kind: 'pointer'; place: Place };

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
