import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { temporaryDatabase, type TemporaryDatabase } from '../../adapters/database/temporaryDatabase.js';
import { connectArtist } from '../../artist/connectArtist.js';
import type { NetworkDescription } from '../../protocol/network.js';
import type { CommandContext } from '../options/CommandContext.js';
import { refuseIdleOptions } from '../options/refuseIdleOptions.js';
import { bringUpNetwork, type LocalNetwork } from '../network/bringUpNetwork.js';
import { pageOf } from '../session/pageOf.js';
import { openSession } from '../session/openSession.js';
import { receiveStart } from '../session/receiveStart.js';
import { removeAbandonedNetworks } from '../network/removeAbandonedNetworks.js';
import type { RenderOptions } from './RenderOptions.js';
import { requireSomebody } from '../terminal/askToGoOn.js';
import { formatDuration } from '../terminal/formatDuration.js';
import type { Session } from '../session/Session.js';

/** A network that is being found or brought up for a job. */
export interface JobNetwork {
  session: Promise<Session>;
  /**
   * Takes down what was brought up for the job, also in the middle of it, and removes its folder unless its logs are
   * wanted. Resolves to the folder that was kept.
   */
  close(options: { keepLogs: boolean }): Promise<string | undefined>;
}

/** Of the temporary folder that a network of one job lives in. */
const FOLDER_PREFIX = 'rushes-network-';

/** Finds the network of a job, or starts bringing one up in a folder of its own. */
export function startNetworkFor({
  options,
  given,
  context,
}: {
  options: RenderOptions;
  /** Names of the options that a person gave. */
  given: ReadonlySet<string>;
  context: CommandContext;
}): JobNetwork {
  const { env, terminal, signal } = context;
  const stopping = new AbortController();
  let folder: string | undefined;
  let local: LocalNetwork | undefined;
  let database: TemporaryDatabase | undefined;

  async function open(): Promise<Session> {
    const found =
      options.cheat === undefined
        ? await openSession({
            source: options.network,
            data: undefined,
            keyFile: options.key,
            context,
          })
        : undefined;
    if (found !== undefined) {
      refuseIdleOptions({ command: 'render', given, situation: 'running' });
      terminal.line(
        `on network ${found.network.name}${found.network.coordinatorUrl === undefined ? '' : ` at ${found.network.coordinatorUrl}`}, paid in ${found.network.testMoney ? 'test money' : 'tokens'} by ${found.chain.account}`,
      );
      sayPage(found.network);
      await receiveStart({ network: found.network, account: found.chain.account, terminal, signal });
      return found;
    }
    refuseIdleOptions({ command: 'render', given, situation: 'broughtUp' });
    // Nothing was ordered yet on a network that is not there: it will be asked for certain.
    if (!options.yes) requireSomebody({ question: 'pay for the job', terminal });
    const startedAtMs = Date.now();
    await removeAbandonedNetworks({ parent: tmpdir(), prefix: FOLDER_PREFIX });
    folder = await mkdtemp(join(tmpdir(), FOLDER_PREFIX));
    // PostgreSQL may run as another user, who must be able to pass through; keys have a folder of their own.
    await chmod(folder, 0o711);
    // A database holds one network, and this one ends with its job.
    database = env.databaseUrl === undefined ? undefined : temporaryDatabase(env.databaseUrl);
    local = await bringUpNetwork({
      folder,
      workers: options.workers,
      verifiers: options.verifiers,
      threads: options.threads,
      sceneBytes: options.sceneBytes,
      cheat: options.cheat,
      port: undefined,
      faucet: false,
      given: { network: undefined, ipfsApiUrl: env.ipfsApiUrl, databaseUrl: database?.url },
      cacheDir: env.cache,
      isTemporary: true,
      signal: AbortSignal.any([signal, stopping.signal]),
      onNotice: (notice) => terminal.line(terminal.yellow(notice)),
      onEvent: (event) => {
        if (event.kind === 'restarting')
          terminal.line(terminal.yellow(`${event.name} ended (${event.reason}) and is started again`));
      },
    });
    terminal.line(
      `brought up a network on this machine in ${formatDuration(Date.now() - startedAtMs)}: ${options.workers} workers, ${options.verifiers} verifiers, test money${options.cheat === undefined ? '' : `; worker-1 cheats (${options.cheat})`}`,
    );
    sayPage(local.description);
    return { ...(await connectArtist({ network: local.description, key: local.artistKey, signal })), local };
  }

  function sayPage(network: NetworkDescription): void {
    const page = pageOf(network);
    if (page !== undefined) terminal.line(`watch it: ${page}`);
  }

  const session = open();
  // Whoever waits for it hears of a failure; nobody may, when the scene is refused first.
  session.catch(() => {});
  return {
    session,
    async close({ keepLogs }) {
      stopping.abort();
      await session.catch(() => {});
      await local?.close({ removeFolder: !keepLogs });
      await database?.drop();
      if (folder === undefined) return undefined;
      if (keepLogs) return folder;
      // What never became a network.
      await rm(folder, { recursive: true, force: true });
      return undefined;
    },
  };
}
