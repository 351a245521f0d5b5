import type { Constant } from '../tree/tree.js';
import type { Type } from '../tree/types.js';

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

/**
 * A value that the kernel computes: one part per slot of its type. Parts are never written again, so they can be read
 * any number of times.
 */
export interface RuntimeValue {
  kind: 'runtime';
  type: Type;
  parts: Part[];
}

export type Value = Constant | RuntimeValue;

/** Where a variable, or a part of one, lives. */
export type Place =
  /** Registers: locals or globals of WebAssembly, one per slot. With `lane`, one lane of a SIMD register. */
  | {
      kind: 'registers';
      type: Type;
      registers: Register[];
      lane?: number;
      space: 'function' | 'private';
    }
  /** Memory at `base() + offset`. */
  | {
      kind: 'memory';
      type: Type;
      base: Read;
      offset: number;
      space: 'function' | 'private' | 'storage';
      /** Bytes of the buffer, for runtime-sized arrays. */ byteLength?: Read;
    }
  /** A lane of a vector that has no place of its own: of a mask in memory, or one that is computed, of registers. */
  | { kind: 'lane'; type: Type; vector: Exclude<Place, { kind: 'lane' }>; index: Value };

export interface Register {
  read: Read;
  write(value: number): number;
}

/** What a call passes: a value, or the place that a pointer points at. */
export type Operand = { kind: 'value'; value: Value } | { kind: 'pointer'; place: Place };
