import { checkScene } from '../renderer/scene/checkScene.js';
import { listSceneFiles } from '../renderer/scene/listSceneFiles.js';
import type { LoadedScene } from '../renderer/scene/LoadedScene.js';
import { loadScene } from '../renderer/scene/loadScene.js';
import { SceneBudget } from '../renderer/scene/SceneBudget.js';
import type { ReadSceneFile } from '../renderer/scene/SceneSource.js';
import { type GradedProblem, gradeProblems } from './gradeProblems.js';

/** A scene as its artist hands it in: loaded, checked, and the files that travel with the job. */
export interface ArtistScene {
  entry: string;
  loaded: LoadedScene;
  /** Exactly what is uploaded, the entry first. */
  files: { path: string; bytes: Uint8Array }[];
  /** Files that the scene names and its folder lacks, the gravest first. */
  missing: GradedProblem[];
  /** Features that are not drawn, the gravest first. */
  unsupported: GradedProblem[];
  /** True when what is missing is geometry: such a scene cannot be rendered, accepted or not. */
  unreadable: boolean;
  /** Reads another file of the scene's folder, such as an environment that the scene names. */
  read: ReadSceneFile;
  /** What the scene has left of its memory, for its environment. */
  budget: SceneBudget;
}

/**
 * Opens and checks a scene on its artist's side. `read` is the only way bytes come in: from a folder, from files that
 * were dropped on a page. Throws BadSceneError for a scene that cannot be read at all.
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
  const problems = checkScene(loaded);
  const missing = gradeProblems(problems.missing, 'missing');
  return {
    entry,
    loaded,
    files,
    missing,
    unsupported: gradeProblems(problems.unsupported, 'unsupported'),
    unreadable: missing.some((problem) => problem.severity === 'error'),
    read,
    budget,
  };
}

/** Reads each file once: what was checked is what is uploaded. */
function readOnce(read: ReadSceneFile): ReadSceneFile {
  const known = new Map<string, ReturnType<ReadSceneFile>>();
  return (path, maxBytes) => {
    const reading = known.get(path) ?? read(path, maxBytes);
    known.set(path, reading);
    return reading;
  };
}
