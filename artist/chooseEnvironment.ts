import { basename } from 'node:path';
import { BadInputError } from '../protocol/errors.js';
import type { LoadedScene } from '../renderer/scene/LoadedScene.js';
import { admitFile, mostBytesOfFile } from '../renderer/scene/admitFile.js';
import type { SceneBudget } from '../renderer/scene/SceneBudget.js';
import type { ReadSceneFile } from '../renderer/scene/SceneSource.js';
import { studioEnvironment } from '../renderer/scene/studioEnvironment.js';
import { readRegularFile } from './node/readRegularFile.js';

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
 * The environment of a job: the file of `--env`, else the one the scene names, else the built-in studio where the scene
 * has no light of its own, else none. Throws BadInputError for a file that is missing; whether it is an HDR image shows
 * when it is decoded.
 */
export async function readEnvironment({
  file,
  intensity,
  loaded,
  read,
  budget,
}: {
  file: string | undefined;
  intensity: number;
  loaded: LoadedScene;
  read: ReadSceneFile;
  budget: SceneBudget;
}): Promise<ArtistEnvironment | null> {
  if (file !== undefined) {
    const given = await readRegularFile({ path: file, name: file, maxBytes: mostBytesOfFile(budget) });
    const bytes = admitFile({ file, given, budget });
    if (bytes === undefined)
      throw new BadInputError({
        code: 'no-environment',
        message: `cannot read the environment ${file}: there is no such file`,
        facts: { file },
        advice: 'name an .hdr file that exists.',
      });
    return { path: basename(file), bytes, intensity, source: 'option' };
  }
  const { environment, environmentIntensity } = loaded.settings;
  if (environment !== null) {
    const given = await read(environment, mostBytesOfFile(budget));
    const bytes = admitFile({ file: environment, given, budget });
    if (bytes === undefined)
      throw new BadInputError({
        code: 'no-environment',
        message: `the scene names the environment ${environment}, and its folder has none`,
        facts: { environment },
        advice: "put it into the scene's folder, or give another with --env.",
      });
    return { path: basename(environment), bytes, intensity: environmentIntensity * intensity, source: 'scene' };
  }
  if (loaded.hasLight) return null;
  return { ...studioEnvironment(), intensity, source: 'studio' };
}
