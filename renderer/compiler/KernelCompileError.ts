import { RushesError } from '../../protocol/errors.js';

/** Where in a kernel's files something stands. Lines and columns are counted from 1. */
export interface SourcePlace {
  file: string;
  line: number;
  column: number;
  /** The whole line. */
  text: string;
}

/** What is wrong with a kernel's source, and where; without a place the whole kernel lacks something. */
export interface KernelFault {
  construct: string;
  place: SourcePlace | undefined;
}

/**
 * A kernel's source holds something the compiler does not know, or that is no valid WGSL. Nothing is ever guessed: the
 * first such thing ends the compilation. The message begins `FILE:LINE:COLUMN: ` and shows the line.
 */
export class KernelCompileError extends RushesError {
  readonly fault: KernelFault;

  constructor(fault: KernelFault) {
    const { construct, place } = fault;
    super({
      code: 'kernel-compile',
      message: place === undefined ? `kernel: ${construct}` : messageAt(construct, place),
      facts: { construct, ...place },
      advice: 'Write it within the subset that renderer/kernels/README.md describes.',
    });
    this.fault = fault;
  }
}

function messageAt(construct: string, { file, line, column, text }: SourcePlace): string {
  // Tabs stay tabs, so that the mark stands below its character however wide they are shown.
  const before = text.slice(0, column - 1).replace(/[^\t]/g, ' ');
  const margin = ' '.repeat(String(line).length);
  return `${file}:${line}:${column}: ${construct}\n  ${line} | ${text}\n  ${margin} | ${before}^`;
}
