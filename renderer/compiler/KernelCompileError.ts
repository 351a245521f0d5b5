import { RushesError } from '../../protocol/errors.js';

/**
 * A kernel's source holds something the compiler does not know, or that is no valid WGSL. Nothing is ever guessed: the
 * first such thing ends the compilation.
 */
export class KernelCompileError extends RushesError {
  /** @param line Line of the source text, counted from 1. */
  constructor(construct: string, line: number) {
    super({
      code: 'kernel-compile',
      message: `kernel line ${line}: ${construct}`,
      facts: { construct, line },
      advice: 'Write it within the subset that renderer/kernels/README.md describes.',
    });
  }
}
