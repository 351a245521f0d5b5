import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { chooseEntry } from './chooseEntry.js';
import { openSceneFolder, type SceneFolder } from './openSceneFolder.js';
import { openSceneZip } from './openSceneZip.js';

/**
 * Opens a scene in any of the forms in which artists have them: a .gltf or .glb file with its folder, a folder with one
 * of those at its top, or a .zip of such a folder. Throws BadInputError for anything else.
 */
export async function openSceneInput(scene: string): Promise<SceneFolder> {
  const found = await stat(scene).catch(() => undefined);
  if (found?.isDirectory() === true)
    return openSceneFolder(join(scene, chooseEntry({ holder: scene, names: await readdir(scene) })));
  if (found?.isFile() === true && /\.zip$/i.test(scene)) return openSceneZip(scene);
  return openSceneFolder(scene);
}
