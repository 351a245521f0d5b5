import type { Slot } from '../tree/layout.js';
import { slotsOf } from '../tree/layout.js';
import type { ScalarName, Type } from '../tree/types.js';

/**
 * Makes a fresh expression that reads a register (or a literal): binaryen's expressions may stand in one place only.
 */
export type Read = () => number;

/** A register's worth of a run-time value. */
export interface Part {
  read: Read;
  /** All four lanes of this SIMD register hold this scalar. */
  splat?: Read;
  /** These integers are the bits of this float, with any NaN made canonical. */
  bitsOf?: Read;
  /** No bit of these integers but the sign bit can be set. */
  signOnly?: boolean;
  /**
   * These integers are the bits of a float with its sign flipped by `signs`: as a float again, a NaN needs no care,
   * because it stays one.
   */
  flipped?: { float: Read; signs: Read };
}

/** A value known while compiling: one number per lane, flattened in order. Integers are bigint, booleans 0n or 1n. */
export interface ConstantValue {
  kind: 'constant';
  type: Type;
  lanes: (number | bigint)[];
}

/**
 * A value that the kernel computes: one part per slot of its type. Parts are never written again, so they can be read
 * any number of times.
 */
export interface RuntimeValue {
  kind: 'runtime';
  type: Type;
  parts: Part[];
}

export type Value = ConstantValue | RuntimeValue;

/** Where a variable, or a part of one, lives. */
export type Place =
  /** Registers: locals or globals of WebAssembly, one per slot. With `lane`, one lane of a SIMD register. */
  | {
      kind: 'registers';
      type: Type;
      registers: Register[];
      lane?: number;
      writable: boolean;
      space: 'function' | 'private';
    }
  /** Memory at `base() + offset`. */
  | {
      kind: 'memory';
      type: Type;
      base: Read;
      offset: number;
      writable: boolean;
      space: 'function' | 'private' | 'storage';
      /** Bytes of the buffer, for runtime-sized arrays. */ byteLength?: Read;
    };

export interface Register {
  read: Read;
  write(value: number): number;
}

/** What a name or an expression stands for: a value, a place, or a pointer to a place. */
export type Operand =
  | { kind: 'value'; value: Value }
  | { kind: 'place'; place: Place }
  | { kind: 'pointer'; place: Place; space: 'function' | 'private' };

/** The scalar each flattened lane of a type holds. */
export function flatScalars(type: Type): ScalarName[] {
  return slotsOf(type).flatMap((slot) => slotScalars(slot));
}

function slotScalars(slot: Slot): ScalarName[] {
  return slot.type.kind === 'scalar'
    ? [slot.type.name]
    : Array.from({ length: slot.type.size }, () => (slot.type as { element: ScalarName }).element);
}

/** A constant, checked to have as many lanes as its type. */
export function constant(type: Type, lanes: (number | bigint)[]): ConstantValue {
  return { kind: 'constant', type, lanes };
}
