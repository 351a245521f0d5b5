import type { Position } from './Position.js';

/**
 * What a stage of the compiler found wrong. Leaves the compiler as a KernelCompileError, which knows files and lines.
 */
export class CompileFault extends Error {
  readonly construct: string;
  readonly position: Position | undefined;

  /** @param position undefined where the fault is that something is nowhere. */
  constructor(construct: string, position: Position | undefined) {
    super(construct);
    this.construct = construct;
    this.position = position;
  }
}
