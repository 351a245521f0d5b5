import { setPriority } from 'node:os';
import { join } from 'node:path';
import { startVerifier } from '../../verifier/startVerifier.js';
import type { CommandContext } from '../options/CommandContext.js';
import type { DaemonFlags } from '../options/DaemonFlags.js';
import { runDaemon } from '../supervisor/runDaemon.js';
import { createLog } from '../terminal/createLog.js';
import { readNetwork } from '../session/readNetwork.js';
import { startHeartbeat } from '../session/startHeartbeat.js';
import { readOrMakeKey } from '../network/readOrMakeKey.js';

/** Runs `rushes verifier` until it is asked to end. */
export async function verifierCommand({
  network: source,
  awaitNetwork,
  key: keyFile,
  data,
  threads,
  sceneMemory,
  nice,
  context,
}: DaemonFlags & { context: CommandContext }): Promise<void> {
  const { env, terminal, signal } = context;
  const network = await readNetwork(source, signal, { awaitFile: awaitNetwork === true });
  if (nice > 0) setPriority(nice);
  const key = await readOrMakeKey(keyFile ?? join(env.home, 'keys', 'verifier.key'));
  const verifier = await startVerifier({
    network,
    key,
    dataDir: data ?? join(env.home, 'verifier'),
    threads: threads ?? 1,
    cacheDir: env.cache,
    ...(sceneMemory === undefined ? {} : { settings: { sceneBytes: sceneMemory } }),
    signal,
    log: createLog({ name: 'verifier', terminal, debug: env.debug }),
  });
  startHeartbeat({ coordinatorUrl: network.coordinatorUrl, account: verifier.account, signal });
  await runDaemon({
    daemon: verifier,
    facts: { account: verifier.account },
    said: `verifier ${verifier.account} on network ${network.name}${network.testMoney ? ' (test money)' : ''}`,
    statistics: () => ({ ...verifier.statistics() }),
    terminal,
    signal,
  });
}
