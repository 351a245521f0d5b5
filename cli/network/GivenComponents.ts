import type { DeployedNetwork } from '../../protocol/network.js';

/** What a network of this machine does not bring itself: each by its address, any of them or all. */
export interface GivenComponents {
  /** Contracts on a chain that somebody else keeps; undefined: a chain of its own. */
  network: DeployedNetwork | undefined;
  /** A Kubo RPC endpoint; undefined: the one that `network` names, else one of its own. */
  ipfsApiUrl: string | undefined;
  /** A PostgreSQL; undefined: one of its own. */
  databaseUrl: string | undefined;
}

/** The endpoint that is used and not brought; undefined where one is brought. */
export function givenIpfsUrl({ ipfsApiUrl, network }: GivenComponents): string | undefined {
  return ipfsApiUrl ?? network?.ipfsApiUrl;
}
