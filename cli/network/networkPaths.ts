import { join } from 'node:path';

/** Where a network of this machine keeps what, below its folder. */
export function networkPaths(folder: string): {
  description: string;
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
