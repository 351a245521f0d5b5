import binaryen from 'binaryen';
import type { LaneType } from '../tree/types.js';
import { elementOf, isSimd } from '../tree/types.js';
import type { Part, Register } from './values.js';
import type { DoubtWatch } from './DoubtWatch.js';
import type { Position } from '../Position.js';

/** The WebAssembly type that holds a slot. */
export function wasmType(type: LaneType): number {
  if (isSimd(type)) return binaryen.v128;
  return elementOf(type) === 'f32' ? binaryen.f32 : binaryen.i32;
}

/**
 * Collects the locals and statements of one WebAssembly function. Every operation is kept in a local of its own, which
 * fixes the order of evaluation; binaryen removes what is not needed.
 */
export class FunctionBuilder {
  readonly module: binaryen.Module;
  /** Looks at every float, where the kernel is compiled with checks of numbers. */
  watch: DoubtWatch | undefined;
  /** What is being compiled. */
  position = 0 as Position;
  readonly #parameters: number[] = [];
  readonly #locals: number[] = [];
  #statements: number[] = [];
  #labels = 0;

  constructor(module: binaryen.Module) {
    this.module = module;
  }

  get parameters(): readonly number[] {
    return this.#parameters;
  }

  get locals(): readonly number[] {
    return this.#locals;
  }

  /** Declares the next parameter. All parameters come before the first local. */
  parameter(type: LaneType): Register {
    this.#parameters.push(wasmType(type));
    return this.#register(this.#parameters.length - 1, wasmType(type));
  }

  /** A new local, zero. */
  local(type: LaneType): Register {
    return this.#localOf(wasmType(type));
  }

  #localOf(type: number): Register {
    this.#locals.push(type);
    return this.#register(this.#parameters.length + this.#locals.length - 1, type);
  }

  #register(index: number, type: number): Register {
    return {
      read: () => this.module.local.get(index, type),
      write: (value) => this.module.local.set(index, value),
    };
  }

  /** A local for the several results of a call. */
  tuple(types: readonly number[]): Register {
    return this.#localOf(binaryen.createType([...types]));
  }

  emit(expression: number): void {
    this.#statements.push(expression);
  }

  /** Evaluates an expression now and returns what reads its result later. */
  keep(type: LaneType, expression: number): Part {
    const register = this.local(type);
    this.emit(register.write(expression));
    return { read: register.read };
  }

  /** The statements that a function emits, as one block instead of in the current list. */
  nested(emitStatements: () => void, label: string | null = null): number {
    const outer = this.#statements;
    this.#statements = [];
    try {
      emitStatements();
      return this.module.block(label, this.#statements, binaryen.none);
    } finally {
      this.#statements = outer;
    }
  }

  /** A label that no other block of this function has. */
  label(purpose: string): string {
    return `${purpose}${this.#labels++}`;
  }
}
