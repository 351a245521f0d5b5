import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ReadSceneFile } from '../renderer/scene/SceneSource.js';

/** A scene file on this disk as loadScene wants it: its name, and a reader of the files of its folder. */
export function readSceneFolder(path: string): { entry: string; read: ReadSceneFile } {
  const folder = dirname(path);
  return {
    entry: basename(path),
    read: (file) =>
      readFile(join(folder, file)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      }),
  };
}
