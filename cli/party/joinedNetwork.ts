import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../files/makeFolder.js';
import { writeJson } from '../files/writeJson.js';
import type { NetworkDescription } from '../../protocol/network.js';

/** Where what belongs to a joined network is kept. */
export interface JoinedNetwork {
  folder: string;
  description: string;
  /** The key of a role. */
  keyFile(role: 'worker' | 'verifier'): string;
  /** Folder for the state of a role. */
  dataDir(role: 'worker' | 'verifier'): string;
}

/**
 * The folder of a joined network, by its name and contract: a network that was set up anew has another contract, and
 * nothing of the old one is used for it.
 */
export function joinedNetwork(
  home: string,
  { name, contract }: Pick<NetworkDescription, 'name' | 'contract'>,
): JoinedNetwork {
  // A name comes from a stranger: no separators, no dots in front, no name that a system keeps for itself.
  const safeName =
    name
      .replace(/[^A-Za-z0-9_-]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 40) || 'network';
  const folder = join(home, 'networks', `${safeName}-${contract}`);
  return {
    folder,
    description: join(folder, 'network.json'),
    keyFile: (role) => join(folder, 'keys', `${role}.key`),
    dataDir: (role) => join(folder, role),
  };
}

/** Keeps the description of a network that was checked. */
export async function keepNetwork(home: string, network: NetworkDescription): Promise<JoinedNetwork> {
  const joined = joinedNetwork(home, network);
  await makeFolder(joined.folder);
  await writeJson(joined.description, network);
  return joined;
}

/** The descriptions of all joined networks, by path. */
export async function listJoinedNetworks(home: string): Promise<string[]> {
  const folder = join(home, 'networks');
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names.sort().map((name) => join(folder, name, 'network.json'));
}
