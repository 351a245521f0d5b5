import { mkdir, rmdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { BadInputError } from '../../protocol/errors.js';

/** A folder that is there now. */
export interface MadeFolder {
  /** Takes back what was made, as far as it is still empty: a command that fails leaves no empty folder. */
  removeIfEmpty(): Promise<void>;
}

/**
 * Makes a folder with those above it. Step by step, because Node's own recursive mkdir never ends where a file system
 * refuses new folders, such as /proc. Throws BadInputError where a file stands in the way.
 */
export async function makeFolder(folder: string): Promise<MadeFolder> {
  const made: string[] = [];
  await makeEach(resolve(folder), made);
  return {
    async removeIfEmpty() {
      for (const path of made.toReversed())
        // Anything in it is somebody's.
        await rmdir(path).catch(() => {});
    },
  };
}

async function makeEach(path: string, made: string[]): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) return;
  if (found !== undefined)
    throw new BadInputError({
      code: 'not-a-folder',
      message: `${path} is a file, and a folder is needed there`,
      facts: { path },
      advice: 'name another folder.',
    });
  if (dirname(path) !== path) await makeEach(dirname(path), made);
  try {
    await mkdir(path);
    made.push(path);
  } catch (error) {
    // Made by somebody else meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
