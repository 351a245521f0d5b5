import { InvariantError } from '../../protocol/errors.js';
import { CompileFault } from './CompileFault.js';
import type { SourcePlace } from './KernelCompileError.js';
import { KernelCompileError } from './KernelCompileError.js';
import type { Position } from './Position.js';

/** One file of a kernel. */
export interface SourceFile {
  /** As errors name it. */
  name: string;
  text: string;
}

/** A kernel's text, whole or in files that make one module in their order. */
export type KernelSource = string | readonly SourceFile[];

/** The one text that a kernel's files make. Hashes of kernels are over it. */
export function joinSource(source: KernelSource): string {
  return typeof source === 'string' ? source : source.map(({ text }) => text).join('\n');
}

/** A file and the position of its first character. */
export interface PlacedFile extends SourceFile {
  begin: Position;
}

function placeFiles(source: KernelSource): PlacedFile[] {
  const files = typeof source === 'string' ? [{ name: 'kernel', text: source }] : source;
  let begin = 0;
  return files.map(({ name, text }) => {
    const placed = { name, text, begin: begin as Position };
    begin += text.length + 1;
    return placed;
  });
}

/** The file, line and column of a position. */
export function placeOf(files: readonly PlacedFile[], position: Position): SourcePlace {
  const file = files.findLast(({ begin }) => begin <= position);
  if (file === undefined)
    throw new InvariantError({ what: 'position in a kernel', expected: 'one in a file', actual: position });
  const before = file.text.slice(0, position - file.begin).split('\n');
  const line = before.length;
  return { file: file.name, line, column: before[line - 1]!.length + 1, text: file.text.split(/\r?\n/)[line - 1]! };
}

/**
 * Runs stages of the compiler over a source.
 * @throws KernelCompileError where they find a fault.
 */
export function locatingFaults<T>(source: KernelSource, compile: (files: readonly PlacedFile[]) => T): T {
  const files = placeFiles(source);
  try {
    return compile(files);
  } catch (error) {
    if (!(error instanceof CompileFault)) throw error;
    const { construct, position } = error;
    throw new KernelCompileError({
      construct,
      place: position === undefined ? undefined : placeOf(files, position),
    });
  }
}
