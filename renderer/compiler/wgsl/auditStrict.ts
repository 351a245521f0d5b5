import { InvariantError } from '../../../protocol/errors.js';
import type { SourcePlace } from '../KernelCompileError.js';
import { locatingFaults, placeOf } from '../SourceText.js';
import { parseModule } from '../syntax/parseModule.js';
import { checkKernel } from '../tree/checkKernel.js';
import { GUESSING } from './definitions.js';
import { exposedResults } from './exposedResults.js';
import { HIDING, ZEROS } from './printStrict.js';

/** Stands for the zeros of the host, which the language of the kernels has no place for. */
const STAND_IN = 'const strict_zeros = vec4<u32>(0u);';

/** Strict WGSL in the language of the kernels: with a constant in place of the zeros that the host binds. */
export function withoutHostZeros(text: string): string {
  if (!text.startsWith(ZEROS.declaration))
    throw new InvariantError({ what: 'strict WGSL', expected: ZEROS.declaration, actual: text.slice(0, 80) });
  return STAND_IN + text.slice(ZEROS.declaration.length);
}

/**
 * Reads strict WGSL again, as text, and says where in it a float result still reaches an operation that a compiler
 * could merge it with: nowhere, if the printer is right.
 */
export function auditStrict(text: string): SourcePlace[] {
  const source = [{ name: 'strict', text: withoutHostZeros(text) }];
  return locatingFaults(source, (files) =>
    [...exposedResults(checkKernel(parseModule(files)), { guessing: GUESSING, hiding: HIDING })].map(({ position }) =>
      placeOf(files, position),
    ),
  );
}
