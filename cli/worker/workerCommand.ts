import { availableParallelism, setPriority } from 'node:os';
import { join } from 'node:path';
import { BadInputError } from '../../protocol/errors.js';
import { startWorker } from '../../worker/startWorker.js';
import type { CommandContext } from '../options/CommandContext.js';
import type { DaemonFlags } from '../options/DaemonFlags.js';
import { refuseUnknownCheat } from '../options/refuseUnknownCheat.js';
import { runDaemon } from '../supervisor/runDaemon.js';
import { createLog } from '../terminal/createLog.js';
import { readNetwork } from '../session/readNetwork.js';
import { startHeartbeat } from '../session/startHeartbeat.js';
import { readOrMakeKey } from '../network/readOrMakeKey.js';

/** Runs `rushes worker` until it is asked to end. */
export async function workerCommand({
  network: source,
  awaitNetwork,
  key: keyFile,
  data,
  threads,
  sceneMemory,
  nice,
  cheat,
  context,
}: DaemonFlags & { cheat?: string; context: CommandContext }): Promise<void> {
  const { env, terminal, signal } = context;
  const network = await readNetwork(source, signal, { awaitFile: awaitNetwork === true });
  refuseUnknownCheat(cheat);
  if (cheat !== undefined && !network.testMoney)
    throw new BadInputError({
      code: 'bad-usage',
      message: 'a cheating worker runs on test money only',
      advice: 'leave --cheat out.',
    });
  if (nice > 0) setPriority(nice);
  const key = await readOrMakeKey(keyFile ?? join(env.home, 'keys', 'worker.key'));
  const worker = await startWorker({
    network,
    key,
    dataDir: data ?? join(env.home, 'worker'),
    threads: threads ?? availableParallelism(),
    cacheDir: env.cache,
    ...(sceneMemory === undefined ? {} : { settings: { sceneBytes: sceneMemory } }),
    ...(network.coordinatorUrl === undefined ? {} : { coordinatorUrl: network.coordinatorUrl }),
    ...(cheat === undefined ? {} : { cheat }),
    signal,
    log: createLog({ name: 'worker', terminal, debug: env.debug }),
  });
  startHeartbeat({ coordinatorUrl: network.coordinatorUrl, account: worker.account, signal });
  await runDaemon({
    daemon: worker,
    facts: { account: worker.account },
    said: `worker ${worker.account} on network ${network.name}${network.testMoney ? ' (test money)' : ''}`,
    statistics: () => ({ ...worker.statistics() }),
    terminal,
    signal,
  });
}
