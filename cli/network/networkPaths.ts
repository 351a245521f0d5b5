import { join } from 'node:path';

/** Where a network of this machine keeps what, below its folder. */
export function networkPaths(folder: string): {
  /** For everybody: its addresses are those that others use. */
  description: string;
  /** For the processes of this machine: chain, IPFS and coordinator as they are reached here. */
  ownDescription: string;
  state: string;
  keys: string;
  logs: string;
  database: string;
  chain: string;
  ipfs: string;
  daemons: string;
  faucet: string;
} {
  return {
    description: join(folder, 'network.json'),
    ownDescription: join(folder, 'network-of-this-machine.json'),
    state: join(folder, 'state.json'),
    keys: join(folder, 'keys'),
    logs: join(folder, 'logs'),
    database: join(folder, 'database'),
    chain: join(folder, 'chain'),
    ipfs: join(folder, 'ipfs'),
    daemons: join(folder, 'daemons'),
    faucet: join(folder, 'faucet'),
  };
}
