import { startCoordinator } from '../../coordinator/startCoordinator.js';
import { BadInputError } from '../../protocol/errors.js';
import type { CommandContext } from '../options/CommandContext.js';
import { announceReady } from '../supervisor/announce.js';
import { createLog } from '../terminal/createLog.js';
import { readNetwork } from '../session/readNetwork.js';
import { untilStopped } from './untilStopped.js';

/** What `rushes coordinator` is given. */
export interface CoordinatorOptions {
  network: string;
  awaitNetwork?: boolean;
  /** The network ends for good when this does. */
  temporary?: boolean;
  database?: string;
  /** Address to serve other machines on. */
  host?: string;
  publicUrl?: string;
  /** Proxies whose X-Forwarded-For is believed. */
  trustProxy?: string[];
  /** File of CIDs and accounts to have nothing to do with; default RUSHES_REFUSED. */
  refused?: string;
  keepDays: number;
  /** The IPFS node keeps nothing but this network. */
  ownIpfs?: boolean;
  port: number;
}

/** Runs `rushes coordinator` until it is asked to end. */
export async function coordinatorCommand({
  network: source,
  awaitNetwork,
  temporary,
  database,
  host,
  publicUrl,
  trustProxy,
  refused,
  keepDays,
  ownIpfs,
  port,
  context,
}: CoordinatorOptions & { context: CommandContext }): Promise<void> {
  const { env, terminal, signal } = context;
  const databaseUrl = database ?? env.databaseUrl;
  if (databaseUrl === undefined)
    throw new BadInputError({
      code: 'no-database',
      message: 'a coordinator needs a PostgreSQL',
      advice: 'give one with --database postgres://... or RUSHES_DATABASE_URL; `rushes up` brings its own.',
    });
  const refusedFile = refused ?? env.refusedFile;
  const network = await readNetwork(source, signal, { awaitFile: awaitNetwork === true });
  const coordinator = await startCoordinator({
    network,
    databaseUrl,
    ...(host === undefined ? {} : { host }),
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(trustProxy === undefined ? {} : { trustedProxies: trustProxy }),
    keepDays,
    ownsIpfs: ownIpfs === true,
    ...(refusedFile === undefined ? {} : { refusedFile }),
    port,
    isTemporary: temporary === true,
    signal,
    log: createLog({ name: 'coordinator', terminal, debug: env.debug }),
  });
  announceReady({ url: coordinator.url });
  if (process.send === undefined) terminal.line(`coordinator at ${coordinator.url}, on network ${network.name}`);
  await untilStopped(coordinator, signal);
}
