import { readSceneSource } from './readSceneSource.js';
import type { SceneBudget } from './SceneBudget.js';
import type { ReadSceneFile, SceneProblem } from './SceneSource.js';

/**
 * Every file that a scene needs, the entry first, and every file that it names and its folder lacks: exactly these are
 * uploaded with a job. Decodes nothing. The environment is not among them; it travels in a directory of its own.
 */
export async function listSceneFiles(options: {
  entry: string;
  read: ReadSceneFile;
  budget?: SceneBudget;
  signal?: AbortSignal;
}): Promise<{ files: { path: string; bytes: Uint8Array }[]; missing: SceneProblem[] }> {
  const { files, missing } = await readSceneSource(options);
  return { files, missing };
}
