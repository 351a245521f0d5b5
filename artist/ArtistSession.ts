import type { RequestSigner } from '../adapters/http/signRequests.js';
import type { NetworkDescription } from '../protocol/network.js';
import type { ChainPort, ObjectStore } from '../protocol/ports.js';

/** An artist at a network. */
export interface ArtistSession {
  network: NetworkDescription;
  /** Signs as the artist. */
  chain: ChainPort;
  store: ObjectStore;
  /** Signs requests to coordinators as the artist. */
  signer: RequestSigner;
}
