import { BadInputError } from '../protocol/errors.js';
import { checkScene } from '../renderer/scene/checkScene.js';
import { listSceneFiles } from '../renderer/scene/listSceneFiles.js';
import type { LoadedScene } from '../renderer/scene/LoadedScene.js';
import { loadScene } from '../renderer/scene/loadScene.js';
import { SceneBudget } from '../renderer/scene/SceneBudget.js';
import type { ReadSceneFile, SceneProblem } from '../renderer/scene/SceneSource.js';
import type { Terminal } from '../cli/terminal/Terminal.js';
import { openSceneFolder } from './node/openSceneFolder.js';

/** A scene as its artist hands it in: loaded, checked, and the files that travel with the job. */
export interface ArtistScene {
  entry: string;
  loaded: LoadedScene;
  /** Exactly what is uploaded, the entry first. */
  files: { path: string; bytes: Uint8Array }[];
  missing: SceneProblem[];
  unsupported: SceneProblem[];
  /** True when what is missing is geometry: such a scene cannot be rendered, accepted or not. */
  unreadable: boolean;
  /** Reads another file of the scene's folder, such as an environment that the scene names. */
  read: ReadSceneFile;
  /** What the scene has left of its memory, for its environment. */
  budget: SceneBudget;
}

/**
 * Loads and checks a scene on the artist's side. Throws BadInputError for one that cannot be read at all.
 * @param sceneBytes memory that the scene may take; undefined for the usual.
 */
export async function loadForArtist({
  scene,
  sceneBytes,
  signal,
}: {
  scene: string;
  sceneBytes: number | undefined;
  signal: AbortSignal;
}): Promise<ArtistScene> {
  const { entry, read: readFromDisk } = await openSceneFolder(scene);
  const read = readOnce(readFromDisk);
  const budget = new SceneBudget(sceneBytes);
  const loaded = await loadScene({ entry, read, budget, signal });
  const { files } = await listSceneFiles({ entry, read, budget: new SceneBudget(sceneBytes), signal });
  const problems = checkScene(loaded);
  return {
    entry,
    loaded,
    files,
    ...problems,
    unreadable: problems.missing.some((problem) => problem.where.startsWith('buffers[')),
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

/** A scene that would not be drawn as its author sees it. */
export class SceneProblemsError extends BadInputError {
  constructor({
    scene,
    missing,
    unsupported,
    unreadable = false,
  }: {
    scene: string;
    missing: SceneProblem[];
    unsupported: SceneProblem[];
    unreadable?: boolean;
  }) {
    const parts = [
      ...(missing.length > 0 ? [`${missing.length} missing (${nameSome(missing)})`] : []),
      ...(unsupported.length > 0 ? [`${unsupported.length} not drawn yet (${nameSome(unsupported)})`] : []),
    ];
    super({
      code: 'scene-problems',
      message: `${scene} would not look as it should: ${parts.join(', ')}; nothing was rendered or paid`,
      facts: { missing, unsupported },
      advice: unreadable
        ? "put the missing files into the scene's folder."
        : missing.length > 0
          ? "put the missing files into the scene's folder, or render anyway with --accept-unsupported."
          : 'render anyway with --accept-unsupported.',
    });
  }
}

/** Lists by name what is missing and what cannot be drawn. */
export function listProblems(
  terminal: Terminal,
  { missing, unsupported }: Pick<ArtistScene, 'missing' | 'unsupported'>,
): void {
  for (const { name, where, consequence } of missing)
    terminal.line(`${terminal.red('missing')}      ${name}  (${where}): ${consequence}`);
  for (const { name, where, consequence } of unsupported)
    terminal.line(`${terminal.yellow('unsupported')}  ${name}  (${where}): ${consequence}`);
}

function nameSome(problems: SceneProblem[]): string {
  const names = [...new Set(problems.map((problem) => problem.name))];
  return names.length <= 4 ? names.join(', ') : `${names.slice(0, 4).join(', ')} and ${names.length - 4} more`;
}
