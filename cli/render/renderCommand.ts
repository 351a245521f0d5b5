import { RushesError } from '../../protocol/errors.js';
import type { CommandContext } from '../options/CommandContext.js';
import { refuseIdleOptions } from '../options/refuseIdleOptions.js';
import { refuseUnknownCheat } from '../options/refuseUnknownCheat.js';
import type { RenderOptions } from './RenderOptions.js';
import type { WatchedScene } from '../../artist/node/openWatchedScene.js';
import { openScene } from '../scene/openScene.js';
import { makeFolder } from '../files/makeFolder.js';
import { renderLocally } from './renderLocally.js';

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
    const opened = await openScene({ scene, options, command: 'render', given, context });
    artistScene = opened.scene;
    if (network === undefined) await renderLocally({ ...opened, options, context, startedAtMs });
    else {
      const { renderOnNetwork } = await import('./renderOnNetwork.js');
      await renderOnNetwork({ opened, options, network, context, startedAtMs });
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
