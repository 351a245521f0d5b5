import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { ReadSceneFile } from '../../renderer/scene/SceneSource.js';
import { BadInputError } from '../../protocol/errors.js';
import { readRegularFile, shorten } from './readRegularFile.js';

/** A scene on the artist's disk: the folder that is its world, and the entry file in it. */
export interface SceneFolder {
  /** Absolute path of the entry file. */
  path: string;
  /** Name of the entry file in its folder. */
  entry: string;
  read: ReadSceneFile;
}

/**
 * Opens the folder of a scene file. Throws BadInputError where there is no such file, or something else in its place.
 * What is read never leaves the folder, links included.
 */
export async function openSceneFolder(scene: string): Promise<SceneFolder> {
  const path = resolve(scene);
  const found = await stat(path).catch(() => undefined);
  const refuse = (what: string, advice: string): BadInputError =>
    new BadInputError({ code: 'no-scene', message: what, facts: { scene }, advice });
  if (found === undefined)
    throw refuse(`there is no scene ${shorten(scene)}`, 'name a .gltf or .glb file that exists.');
  if (found.isDirectory()) throw refuse(`${scene} is a folder`, 'name the .gltf or .glb file in it.');
  if (!found.isFile()) throw refuse(`${scene} is no regular file`, 'name a .gltf or .glb file.');
  const folder = await realpath(dirname(path));
  return {
    path,
    entry: basename(path),
    async read(name, maxBytes) {
      const real = await realpath(join(folder, name)).catch(() => undefined);
      // A link that points out of the folder would put a file into the job that the artist did not mean to publish.
      if (real !== undefined && real !== folder && !real.startsWith(folder + sep))
        throw new BadInputError({
          code: 'outside-scene',
          message: `${name} leads out of the scene's folder, to ${relative(process.cwd(), real)}`,
          facts: { name },
          advice: "copy the file into the scene's folder.",
        });
      return readRegularFile({ path: real ?? join(folder, name), name, maxBytes });
    },
  };
}
