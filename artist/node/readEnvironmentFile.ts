import { basename } from 'node:path';
import { BadInputError } from '../../protocol/errors.js';
import { admitFile, mostBytesOfFile } from '../../renderer/scene/admitFile.js';
import type { SceneBudget } from '../../renderer/scene/SceneBudget.js';
import { readRegularFile } from './readRegularFile.js';

/**
 * Reads an environment's file for chooseEnvironment, within what the scene has left of its memory. Throws BadInputError
 * for one that is not there, is no regular file or is too large.
 */
export async function readEnvironmentFile({
  file,
  budget,
}: {
  file: string;
  budget: SceneBudget;
}): Promise<{ path: string; bytes: Uint8Array }> {
  const given = await readRegularFile({ path: file, name: file, maxBytes: mostBytesOfFile(budget) });
  const bytes = admitFile({ file, given, budget });
  if (bytes === undefined)
    throw new BadInputError({
      code: 'no-environment',
      message: `cannot read the environment ${file}: there is no such file`,
      facts: { file },
      advice: 'name an .hdr file that exists.',
    });
  return { path: basename(file), bytes };
}
