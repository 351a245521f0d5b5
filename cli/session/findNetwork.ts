import { join, resolve } from 'node:path';
import { RushesError } from '../../protocol/errors.js';
import type { NetworkDescription } from '../../protocol/network.js';
import { networkPaths } from '../network/networkPaths.js';
import type { CommandContext } from '../options/CommandContext.js';
import { isNetworkRunning } from '../supervisor/holdNetworkFolder.js';
import { readNetwork } from './readNetwork.js';

/** Where a command looks for its network. */
export interface NetworkChoice {
  /** --network; undefined: RUSHES_URL, else the one on this machine. */
  source: string | undefined;
  /** --data; it comes before RUSHES_URL. Undefined: where `rushes up` keeps its network. */
  data: string | undefined;
  context: CommandContext;
}

/** The network that a command is meant for. */
export interface FoundNetwork {
  network: NetworkDescription;
  /** The folder it runs in, where that is `rushes up` of this machine. */
  folder: string | undefined;
}

/** Where `rushes up` keeps its network unless told otherwise. */
export function localNetworkFolder(home: string): string {
  return join(home, 'local');
}

/**
 * The network named by --network or RUSHES_URL, else the one that `rushes up` runs on this machine. Undefined when
 * neither is there.
 */
export async function findNetwork({ source, data, context }: NetworkChoice): Promise<FoundNetwork | undefined> {
  const { env, signal } = context;
  const named = source ?? (data === undefined ? env.networkUrl : undefined);
  if (named !== undefined) return { network: await readNetwork(named, signal), folder: undefined };
  const folder = resolve(data ?? localNetworkFolder(env.home));
  if (!(await isNetworkRunning(folder))) return undefined;
  return { network: await readNetwork(networkPaths(folder).ownDescription, signal), folder };
}

/** What is thrown by commands that make no sense without a network. */
export function noNetworkError({ data, context }: Pick<NetworkChoice, 'data' | 'context'>): RushesError {
  const folder = resolve(data ?? localNetworkFolder(context.env.home));
  return new RushesError({
    code: 'no-network',
    message: `no network runs in ${folder}`,
    facts: { folder },
    advice: 'start one with `rushes up`, or name one with --network.',
  });
}
