import { chooseEnvironment } from '../../artist/chooseEnvironment.js';
import type { GradedProblem } from '../../artist/gradeProblems.js';
import { openSceneInput } from '../../artist/node/openSceneInput.js';
import { readEnvironmentFile } from '../../artist/node/readEnvironmentFile.js';
import { openWatchedScene } from '../../artist/node/openWatchedScene.js';
import type { CommandContext } from '../options/CommandContext.js';
import { listProblems } from '../scene/listProblems.js';
import { SceneProblemsError } from '../scene/SceneProblemsError.js';

/**
 * Runs `rushes check SCENE`. Decodes the environment as well. Throws SceneProblemsError (exit code 2) when something is
 * missing or cannot be drawn, whatever its severity.
 */
export async function checkCommand({
  scene,
  env,
  sceneBytes,
  context: { terminal, signal },
}: {
  scene: string;
  env: string | undefined;
  sceneBytes: number | undefined;
  context: CommandContext;
}): Promise<void> {
  const artistScene = await openWatchedScene({ ...(await openSceneInput(scene)), sceneBytes, signal });
  const { summary, files, missing, unsupported, read, budget } = artistScene;
  const environment = await chooseEnvironment({
    given: env === undefined ? undefined : await readEnvironmentFile({ file: env, budget }),
    intensity: 1,
    summary,
    read,
    budget,
  });
  const decoded = environment === null ? null : await artistScene.decodeEnvironment(environment);
  artistScene.close();
  const seconds = (durationSeconds: number): string => `${durationSeconds.toFixed(2)} s`;
  terminal.line(
    `${terminal.bold(scene)}: ${summary.triangleCount} triangles, ${files.length} ${files.length === 1 ? 'file' : 'files'}, ${files.reduce((sum, file) => sum + file.bytes.length, 0)} bytes`,
  );
  terminal.line(
    `cameras      ${summary.cameras.map((camera) => camera.name).join(', ') || 'none: the scene is framed'}`,
  );
  terminal.line(
    `clips        ${summary.clips.map((clip) => `${clip.name} (${seconds(clip.durationSeconds)})`).join(', ') || 'none: one still picture'}`,
  );
  terminal.line(
    `light        ${summary.hasLight ? 'in the scene' : 'none in the scene'}${environment === null ? '' : `, environment ${environment.path} (${decoded!.width}x${decoded!.height})`}`,
  );
  listProblems(terminal, { missing, unsupported });
  const facts = {
    scene,
    triangles: summary.triangleCount,
    files: files.map(({ path, bytes }) => ({ path, bytes: bytes.length })),
    cameras: summary.cameras.map((camera) => camera.name),
    clips: summary.clips.map(({ name, durationSeconds }) => ({ name, durationSeconds })),
    bounds: summary.bounds,
    hasLight: summary.hasLight,
    environment: environment === null ? null : environment.path,
    severity: mostSevere([...missing, ...unsupported]),
    missing,
    unsupported,
  };
  terminal.result(facts);
  if (missing.length > 0 || unsupported.length > 0) throw new SceneProblemsError({ scene, missing, unsupported });
  terminal.line(terminal.green('it is drawn in full'));
}

/** The worst of all problems; null for none. */
function mostSevere(problems: GradedProblem[]): GradedProblem['severity'] | null {
  return (
    (['error', 'major', 'minor'] as const).find((level) => problems.some(({ severity }) => severity === level)) ?? null
  );
}
