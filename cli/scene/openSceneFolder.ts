import { readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { ReadSceneFile } from '../../renderer/scene/SceneSource.js';
import { BadInputError } from '../../protocol/errors.js';

/** A scene on the artist's disk: the folder that is its world, and the entry file in it. */
export interface SceneFolder {
  /** Absolute path of the entry file. */
  path: string;
  /** Name of the entry file in its folder. */
  entry: string;
  read: ReadSceneFile;
}

/**
 * Opens the folder of a scene file. Throws BadInputError where there is no such file. What is read never leaves the
 * folder, links included.
 */
export async function openSceneFolder(scene: string): Promise<SceneFolder> {
  const path = resolve(scene);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined)
    throw new BadInputError({
      code: 'no-scene',
      message: `there is no scene ${scene}`,
      facts: { scene },
      advice: 'name a .gltf or .glb file that exists.',
    });
  if (found.isDirectory())
    throw new BadInputError({
      code: 'no-scene',
      message: `${scene} is a folder`,
      facts: { scene },
      advice: 'name the .gltf or .glb file in it.',
    });
  const folder = await realpath(dirname(path));
  return {
    path,
    entry: basename(path),
    async read(name) {
      try {
        const real = await realpath(join(folder, name));
        // A link that points out of the folder would put a file into the job that the artist did not mean to publish.
        if (real !== folder && !real.startsWith(folder + sep))
          throw new BadInputError({
            code: 'outside-scene',
            message: `${name} leads out of the scene's folder, to ${relative(process.cwd(), real)}`,
            facts: { name },
            advice: "copy the file into the scene's folder.",
          });
        return new Uint8Array(await readFile(real));
      } catch (error) {
        if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
        throw error;
      }
    },
  };
}
