import { BadInputError } from '../protocol/errors.js';
import { admitFile, mostBytesOfFile } from '../renderer/scene/admitFile.js';
import type { SceneBudget } from '../renderer/scene/SceneBudget.js';
import type { ReadSceneFile } from '../renderer/scene/SceneSource.js';
import { studioEnvironment } from '../renderer/scene/studioEnvironment.js';
import type { SceneSummary } from '../renderer/scene/summariseScene.js';

/** An environment as the artist hands it in: one HDR file and a factor on its radiance. */
export interface ArtistEnvironment {
  /** Name of the file in its directory. */
  path: string;
  bytes: Uint8Array;
  intensity: number;
  /** `studio`: the built-in one, because nobody named one and the scene would be black without. */
  source: 'option' | 'scene' | 'studio';
}

/**
 * The environment of a job: the one that is given, else the one the scene names, else the built-in studio where the
 * scene has no light of its own, else none. Throws BadInputError where the scene names a file that is missing; whether
 * it is an HDR image shows when it is decoded.
 */
export async function chooseEnvironment({
  given,
  intensity,
  summary,
  read,
  budget,
}: {
  /** A file's name and bytes; undefined: nobody named one. */
  given: { path: string; bytes: Uint8Array } | undefined;
  /** Factor on its radiance. */
  intensity: number;
  summary: Pick<SceneSummary, 'settings' | 'hasLight'>;
  read: ReadSceneFile;
  /** What the scene has left of its memory. */
  budget: SceneBudget;
}): Promise<ArtistEnvironment | null> {
  if (given !== undefined) return { ...given, intensity, source: 'option' };
  const { environment, environmentIntensity } = summary.settings;
  if (environment !== null) {
    const found = await read(environment, mostBytesOfFile(budget));
    const bytes = admitFile({ file: environment, given: found, budget });
    if (bytes === undefined)
      throw new BadInputError({
        code: 'no-environment',
        message: `the scene names the environment ${environment}, and its folder has none`,
        facts: { environment },
        advice: "put it into the scene's folder, or give another.",
      });
    return {
      path: environment.split('/').at(-1)!,
      bytes,
      intensity: environmentIntensity * intensity,
      source: 'scene',
    };
  }
  if (summary.hasLight) return null;
  return { ...studioEnvironment(), intensity, source: 'studio' };
}
