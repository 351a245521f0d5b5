import type { CameraChoice } from '../protocol/manifest.js';
import type { SceneBudget } from '../renderer/scene/SceneBudget.js';
import type { ReadSceneFile } from '../renderer/scene/SceneSource.js';
import type { SceneSummary } from '../renderer/scene/summariseScene.js';
import type { ArtistEnvironment } from './chooseEnvironment.js';
import { type GradedProblem, gradeProblems } from './gradeProblems.js';

/**
 * A scene as its artist hands it in: checked, with the files that travel with the job. Where it is loaded is the affair
 * of who opens it: in this thread (`openArtistScene`), or in a process that is watched (`node/openWatchedScene`).
 */
export interface ArtistScene {
  entry: string;
  /** What it holds. */
  summary: SceneSummary;
  /** Exactly what is uploaded, the entry first. */
  files: { path: string; bytes: Uint8Array }[];
  /** Files that the scene names and its folder lacks, the most severe first. */
  missing: GradedProblem[];
  /** Features that are not drawn, the most severe first. */
  unsupported: GradedProblem[];
  /** True when what is missing is geometry: such a scene cannot be rendered, accepted or not. */
  unreadable: boolean;
  /** Reads another file of the scene's folder, such as an environment that the scene names. */
  read: ReadSceneFile;
  /** What the scene has left of its memory, for its environment. */
  budget: SceneBudget;
  /** An orbit camera that sees the whole scene during the whole clip, in a picture of that many pixels. */
  frame(view: {
    clip: string | null;
    size: { width: number; height: number };
  }): Promise<Extract<CameraChoice, { kind: 'orbit' }>>;
  /**
   * Decodes an environment as whoever renders will; tells its size in pixels. Rejects with code `bad-scene` or
   * `scene-memory`, exit code 2, for one that cannot be.
   */
  decodeEnvironment(environment: ArtistEnvironment): Promise<{ width: number; height: number }>;
  /** Lets go of what was loaded; the files stay. */
  close(): void;
}

/** What a scene lacks, graded. */
export function gradeScene({ problems }: SceneSummary): Pick<ArtistScene, 'missing' | 'unsupported' | 'unreadable'> {
  const missing = gradeProblems(problems.missing, 'missing');
  return {
    missing,
    unsupported: gradeProblems(problems.unsupported, 'unsupported'),
    unreadable: missing.some((problem) => problem.severity === 'error'),
  };
}

/** Reads each file once: what was checked is what is uploaded. */
export function readOnce(read: ReadSceneFile): ReadSceneFile {
  const known = new Map<string, ReturnType<ReadSceneFile>>();
  return (path, maxBytes) => {
    const reading = known.get(path) ?? read(path, maxBytes);
    known.set(path, reading);
    return reading;
  };
}
