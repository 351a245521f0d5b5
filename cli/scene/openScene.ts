import { type ArtistEnvironment, chooseEnvironment } from '../../artist/chooseEnvironment.js';
import { openSceneInput } from '../../artist/node/openSceneInput.js';
import { openWatchedScene, type WatchedScene } from '../../artist/node/openWatchedScene.js';
import { readEnvironmentFile } from '../../artist/node/readEnvironmentFile.js';
import { resolveView, type View } from '../../artist/resolveView.js';
import { BadInputError } from '../../protocol/errors.js';
import { MANIFEST_LIMITS } from '../../protocol/manifest.js';
import type { CommandContext } from '../options/CommandContext.js';
import { refuseIdleOptions } from '../options/refuseIdleOptions.js';
import { listProblems } from './listProblems.js';
import type { SceneOptions } from './SceneOptions.js';
import { SceneProblemsError } from './SceneProblemsError.js';

/** A scene that was checked, and which pictures of it are meant. */
export interface OpenedScene {
  /** Its environment is decoded. */
  scene: WatchedScene;
  environment: ArtistEnvironment | null;
  view: View;
}

/**
 * Opens the scene of a command, says what it lacks and what is seen of it. Throws SceneProblemsError for one that cannot
 * be drawn as it is, and what reading it throws.
 */
export async function openScene({
  scene,
  options,
  command,
  given,
  context,
}: {
  scene: string;
  options: SceneOptions;
  command: string;
  /** Names of the options that a person gave. */
  given: ReadonlySet<string>;
  context: CommandContext;
}): Promise<OpenedScene> {
  const { terminal, signal } = context;
  const opened = await openWatchedScene({
    ...(await openSceneInput(scene)),
    sceneBytes: options.sceneBytes,
    signal,
  });
  try {
    listProblems(terminal, opened);
    if (
      opened.unreadable ||
      (!options.acceptUnsupported && (opened.missing.length > 0 || opened.unsupported.length > 0))
    )
      throw new SceneProblemsError({ scene, ...opened });
    const environment = await chooseEnvironment({
      given:
        options.env === undefined ? undefined : await readEnvironmentFile({ file: options.env, budget: opened.budget }),
      intensity: options.envIntensity,
      summary: opened.summary,
      read: opened.read,
      budget: opened.budget,
    });
    // Decoded here as well as by whoever renders: a damaged file is refused before anything is paid.
    if (environment !== null) await opened.decodeEnvironment(environment);
    const view = await resolveView({ options, scene: opened, environment });
    refuseIdleView({ command, given, view, environment });
    refuseAbsurd(view);
    terminal.line(describeJob({ scene, view, environmentSource: environment?.source }));
    return { scene: opened, environment, view };
  } catch (error) {
    opened.close();
    throw error;
  }
}

function refuseIdleView({
  command,
  given,
  view,
  environment,
}: {
  command: string;
  given: ReadonlySet<string>;
  view: View;
  environment: ArtistEnvironment | null;
}): void {
  if (environment === null) refuseIdleOptions({ command, given, situation: 'unlit' });
  if (view.clip === null && view.frames.first === view.frames.last)
    refuseIdleOptions({ command, given, situation: 'still' });
}

/**
 * The most samples of all pixels and frames together: some months on a large farm. Beyond it somebody slipped on a key.
 */
const MAX_JOB_SAMPLES = 1e15;

function refuseAbsurd(view: View): void {
  const frames = view.frames.last - view.frames.first + 1;
  if (frames > MANIFEST_LIMITS.frames)
    throw new BadInputError({
      code: 'too-large',
      message: `${frames} frames are more than the ${MANIFEST_LIMITS.frames} of one job`,
      advice: 'render a part with --frames A-B.',
    });
  const samples = frames * view.size.width * view.size.height * view.samples;
  if (samples > MAX_JOB_SAMPLES)
    throw new BadInputError({
      code: 'too-large',
      message: `${frames} frames of ${view.size.width}x${view.size.height} with ${view.samples} samples are ${samples.toExponential(1)} samples, more than one job may have (${MAX_JOB_SAMPLES.toExponential(0)})`,
      facts: { samples },
      advice: 'use a smaller --size, fewer --samples or a part of the --frames.',
    });
}

function describeJob({
  scene,
  view,
  environmentSource,
}: {
  scene: string;
  view: View;
  environmentSource: 'option' | 'scene' | 'studio' | undefined;
}): string {
  const frames = view.frames.last - view.frames.first + 1;
  const camera =
    view.camera.kind === 'node'
      ? `camera ${JSON.stringify(view.camera.name)}`
      : `seen from ${view.camera.thetaDegrees}°, ${view.camera.phiDegrees}° at ${view.camera.radius} m`;
  const what =
    view.clip === null
      ? `${frames} ${frames === 1 ? 'frame' : 'frames'}`
      : `${frames} ${frames === 1 ? 'frame' : 'frames'} of ${JSON.stringify(view.clip)} at ${view.frames.fps} fps`;
  return `${scene}: ${what}, ${view.size.width}x${view.size.height}, ${view.samples} samples, ${view.bounces} bounces, ${camera}${environmentSource === 'studio' ? ', lit by the built-in studio (--env chooses another)' : ''}`;
}
