import type { ChainPort, ObjectStore } from '../../protocol/ports.js';
import type { NetworkDescription } from '../../protocol/network.js';
import type { LocalNetwork } from '../network/bringUpNetwork.js';

/** An artist at a network. */
export interface Session {
  network: NetworkDescription;
  /** Signs as the artist. */
  chain: ChainPort;
  store: ObjectStore;
  /** The network, where it was brought up for this job and goes down with it. */
  local: LocalNetwork | undefined;
}
