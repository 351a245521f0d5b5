import { frameScene } from '../renderer/scene/frameScene.js';
import { listSceneFiles } from '../renderer/scene/listSceneFiles.js';
import { loadEnvironment } from '../renderer/scene/loadEnvironment.js';
import { loadScene } from '../renderer/scene/loadScene.js';
import { SceneBudget } from '../renderer/scene/SceneBudget.js';
import type { ReadSceneFile } from '../renderer/scene/SceneSource.js';
import { summariseScene } from '../renderer/scene/summariseScene.js';
import { type ArtistScene, gradeScene, readOnce } from './ArtistScene.js';

/**
 * Opens and checks a scene on its artist's side, in this thread, which it occupies meanwhile. `read` is the only way
 * bytes come in: from a folder, from files that were dropped on a page. Throws BadSceneError for a scene that cannot be
 * read at all.
 */
export async function openArtistScene({
  entry,
  read: readAnew,
  sceneBytes,
  signal,
}: {
  /** Path of the .gltf or .glb file, as `read` knows it. */
  entry: string;
  read: ReadSceneFile;
  /** Memory that the scene may take, bytes; undefined for the usual. */
  sceneBytes?: number | undefined;
  signal: AbortSignal;
}): Promise<ArtistScene> {
  const read = readOnce(readAnew);
  const budget = new SceneBudget(sceneBytes);
  const loaded = await loadScene({ entry, read, budget, signal });
  const { files } = await listSceneFiles({ entry, read, budget: new SceneBudget(sceneBytes), signal });
  const summary = summariseScene(loaded);
  return {
    entry,
    summary,
    files,
    ...gradeScene(summary),
    read,
    budget,
    frame: async (view) => frameScene({ loaded, ...view }),
    async decodeEnvironment(environment) {
      const { width, height } = loadEnvironment({ ...environment, budget });
      return { width, height };
    },
    close: () => loaded.dispose(),
  };
}
