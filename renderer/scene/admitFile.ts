import { BadSceneError } from './BadSceneError.js';
import { SCENE_LIMITS } from './SCENE_LIMITS.js';
import { formatBytes, type SceneBudget } from './SceneBudget.js';
import type { TooLargeFile } from './SceneSource.js';

/** The most bytes of the next file of a scene, for ReadSceneFile. */
export function mostBytesOfFile(budget: SceneBudget): number {
  return Math.min(SCENE_LIMITS.fileBytes, budget.leftBytes);
}

/**
 * Counts a file that was read against the budget and gives its bytes, an array of their own. Throws BadSceneError for
 * one that is too large.
 * @param file what the error is about: the file itself, or the one that names it.
 * @param where the file as `file` names it, where that is another.
 */
export function admitFile(options: {
  file: string;
  where?: string;
  given: Uint8Array | TooLargeFile | undefined;
  budget: SceneBudget;
}): Uint8Array | undefined {
  const { file, where, given, budget } = options;
  if (given === undefined) return undefined;
  const byteLength = given.byteLength;
  const place = where === undefined ? { file } : { file, where };
  if (byteLength > SCENE_LIMITS.fileBytes)
    throw new BadSceneError({
      ...place,
      what: `${byteLength} bytes exceed the limit of ${SCENE_LIMITS.fileBytes} for one file`,
      advice: 'Split the scene or reduce its textures.',
    });
  budget.lend({ ...place, what: `the file of ${formatBytes(byteLength)}`, bytes: byteLength });
  if ('tooLarge' in given)
    throw new BadSceneError({
      ...place,
      what: `${byteLength} bytes were announced as too large and are not`,
      advice: 'Read the scene again.',
    });
  // A Node Buffer is a Uint8Array whose slice() does not copy; what follows relies on one that does.
  return new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
}
