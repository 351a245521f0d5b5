import { BadInputError, RushesError } from '../../protocol/errors.js';
import { MANIFEST_LIMITS } from '../../protocol/manifest.js';
import type { CommandContext } from '../options/CommandContext.js';
import { refuseIdleOptions } from '../options/refuseIdleOptions.js';
import { refuseUnknownCheat } from '../options/refuseUnknownCheat.js';
import type { RenderOptions } from './RenderOptions.js';
import { openSceneInput } from '../../artist/node/openSceneInput.js';
import { openWatchedScene, type WatchedScene } from '../../artist/node/openWatchedScene.js';
import { readEnvironmentFile } from '../../artist/node/readEnvironmentFile.js';
import { listProblems } from '../scene/listProblems.js';
import { SceneProblemsError } from '../scene/SceneProblemsError.js';
import { makeFolder } from '../files/makeFolder.js';
import { type ArtistEnvironment, chooseEnvironment } from '../../artist/chooseEnvironment.js';
import { renderLocally } from './renderLocally.js';
import { resolveView, type View } from '../../artist/resolveView.js';

/** Runs `rushes render SCENE`, alone or on a network. */
export async function renderCommand({
  scene,
  options,
  given,
  context,
}: {
  scene: string;
  options: RenderOptions;
  /** Names of the options that a person gave. */
  given: ReadonlySet<string>;
  context: CommandContext;
}): Promise<void> {
  const startedAtMs = Date.now() - Math.round(process.uptime() * 1000);
  const { terminal, signal } = context;
  refuseUnknownCheat(options.cheat);
  if (options.local) refuseIdleOptions({ command: 'render', given, situation: 'local' });
  else if (options.network !== undefined || (context.env.networkUrl !== undefined && options.cheat === undefined))
    refuseIdleOptions({ command: 'render', given, situation: 'named' });
  const folder = await makeFolder(options.out);

  // A network that is brought up for the job takes seconds, and so does the scene: both at once. Whatever is wrong with
  // the scene takes it down again.
  const network = options.local
    ? undefined
    : (await import('./startNetworkFor.js')).startNetworkFor({ options, given, context });
  let artistScene: WatchedScene | undefined;
  try {
    artistScene = await openWatchedScene({
      ...(await openSceneInput(scene)),
      sceneBytes: options.sceneBytes,
      signal,
    });
    listProblems(terminal, artistScene);
    if (
      artistScene.unreadable ||
      (!options.acceptUnsupported && (artistScene.missing.length > 0 || artistScene.unsupported.length > 0))
    )
      throw new SceneProblemsError({ scene, ...artistScene });
    const environment = await chooseEnvironment({
      given:
        options.env === undefined
          ? undefined
          : await readEnvironmentFile({ file: options.env, budget: artistScene.budget }),
      intensity: options.envIntensity,
      summary: artistScene.summary,
      read: artistScene.read,
      budget: artistScene.budget,
    });
    // Decoded here as well as by whoever renders: a damaged file is refused before anything is paid.
    if (environment !== null) await artistScene.decodeEnvironment(environment);
    const view = await resolveView({ options, scene: artistScene, environment });
    refuseIdleView({ given, view, environment });
    refuseAbsurd(view);
    terminal.line(describeJob({ scene, view, environmentSource: environment?.source }));
    if (network === undefined)
      await renderLocally({ scene: artistScene, environment, view, options, context, startedAtMs });
    else {
      artistScene.close();
      const { renderOnNetwork } = await import('./renderOnNetwork.js');
      await renderOnNetwork({ scene: artistScene, environment, view, options, network, context, startedAtMs });
    }
  } catch (error) {
    artistScene?.close();
    const kept = await network?.close({ keepLogs: context.env.debug || isInternal(error, signal) });
    if (kept !== undefined) terminal.line(`what the network's processes said is in ${kept}/logs`);
    await folder.removeIfEmpty();
    throw error;
  }
  await network?.close({ keepLogs: false });
}

/** Whether the logs of a network may say more than the error does. */
function isInternal(error: unknown, signal: AbortSignal): boolean {
  return !signal.aborted && !(error instanceof RushesError && error.exitCode === 2);
}

function refuseIdleView({
  given,
  view,
  environment,
}: {
  given: ReadonlySet<string>;
  view: View;
  environment: ArtistEnvironment | null;
}): void {
  if (environment === null) refuseIdleOptions({ command: 'render', given, situation: 'unlit' });
  if (view.clip === null && view.frames.first === view.frames.last)
    refuseIdleOptions({ command: 'render', given, situation: 'still' });
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
