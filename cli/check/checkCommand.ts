import type { CommandContext } from '../options/CommandContext.js';
import { loadEnvironment } from '../../renderer/scene/loadEnvironment.js';
import { listProblems, loadForArtist, SceneProblemsError } from '../../artist/loadForArtist.js';
import { readEnvironment } from '../../artist/chooseEnvironment.js';

/** Runs `rushes check SCENE`. Throws SceneProblemsError (exit code 2) when something is missing or cannot be drawn. */
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
  const { loaded, files, missing, unsupported, read, budget } = await loadForArtist({ scene, sceneBytes, signal });
  const environment = await readEnvironment({ file: env, intensity: 1, loaded, read, budget });
  // The environment is checked as whoever renders decodes it.
  if (environment !== null) loadEnvironment({ ...environment, budget });
  const seconds = (duration: number): string => `${duration.toFixed(2)} s`;
  terminal.line(
    `${terminal.bold(scene)}: ${loaded.triangleCount} triangles, ${files.length} ${files.length === 1 ? 'file' : 'files'}, ${files.reduce((sum, file) => sum + file.bytes.length, 0)} bytes`,
  );
  terminal.line(
    `cameras      ${loaded.cameras.map((camera) => camera.name).join(', ') || 'none: the scene is framed'}`,
  );
  terminal.line(
    `clips        ${loaded.clips.map((clip) => `${clip.name} (${seconds(clip.durationSeconds)})`).join(', ') || 'none: one still picture'}`,
  );
  terminal.line(
    `light        ${loaded.hasLight ? 'in the scene' : 'none in the scene'}${environment === null ? '' : `, environment ${environment.path}`}`,
  );
  listProblems(terminal, { missing, unsupported });
  const facts = {
    scene,
    triangles: loaded.triangleCount,
    files: files.map(({ path, bytes }) => ({ path, bytes: bytes.length })),
    cameras: loaded.cameras.map((camera) => camera.name),
    clips: loaded.clips.map(({ name, durationSeconds }) => ({ name, durationSeconds })),
    bounds: loaded.bounds,
    hasLight: loaded.hasLight,
    environment: environment === null ? null : environment.path,
    missing,
    unsupported,
  };
  loaded.dispose();
  terminal.result(facts);
  if (missing.length > 0 || unsupported.length > 0) throw new SceneProblemsError({ scene, missing, unsupported });
  terminal.line(terminal.green('it is drawn in full'));
}
