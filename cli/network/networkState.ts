import { readFile } from 'node:fs/promises';
import { BadInputError, RushesError } from '../../protocol/errors.js';
import type { DeployedNetwork, NetworkDescription } from '../../protocol/network.js';
import type { Ports } from './choosePorts.js';

/** What a network's folder remembers from run to run. */
export interface NetworkState {
  contracts: Omit<NetworkDescription, 'rpcUrl' | 'ipfsApiUrl' | 'coordinatorUrl'>;
  /** Whether they are on a chain that is not kept in the folder; absent: they are not. */
  isElsewhere?: true;
  /** The last ones used: addresses that others wrote down stay right where they can. */
  ports: Ports;
}

/** What a folder remembers; undefined for a new one. Throws `broken-network` where it cannot be read. */
export async function readState(path: string): Promise<NetworkState | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as NetworkState;
  } catch (cause) {
    throw new RushesError({
      code: 'broken-network',
      message: `${path} is damaged`,
      facts: { path },
      advice: 'start a new network in another folder with --data DIR; test money and jobs of this one are lost.',
      cause,
    });
  }
}

/** Keys and what daemons wrote belong to one network: throws BadInputError for a folder of another one. */
export function refuseOtherFolder({
  folder,
  before,
  network,
}: {
  folder: string;
  before: NetworkState | undefined;
  /** The network that was named; undefined: one with a chain of its own. */
  network: DeployedNetwork | undefined;
}): void {
  if (before === undefined) return;
  const held = before.isElsewhere === true ? before.contracts : undefined;
  if (held?.contract === network?.contract && held?.chainId === network?.chainId) return;
  throw new BadInputError({
    code: 'other-network',
    message: `the folder ${folder} holds ${described(held)}, not ${described(network)}`,
    facts: { folder, heldContract: held?.contract ?? null, askedContract: network?.contract ?? null },
    advice: 'name another folder with --data, or that network with --network.',
  });
}

function described(network: Pick<NetworkDescription, 'name' | 'chainId' | 'contract'> | undefined): string {
  return network === undefined
    ? 'a network with a chain of its own'
    : `network ${network.name} (contract ${network.contract} on chain ${network.chainId})`;
}
