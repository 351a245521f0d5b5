import { bytes32Of } from '../protocol/ids.js';
import type { NetworkDescription } from '../protocol/network.js';
import type { ChainPort, ObjectStore } from '../protocol/ports.js';
import { connectArtist } from './connectArtist.js';

/** Somebody who looks at a network and changes nothing: whoever wants to see may, without a key or money. */
export interface ReaderSession {
  network: NetworkDescription;
  chain: Pick<ChainPort, 'blockNumber' | 'readHeader' | 'readPolicy'>;
  store: Pick<ObjectStore, 'getBlock' | 'getFile'>;
}

/** Opens a network to read it. Throws as connectArtist does. */
export async function connectReader(options: {
  network: NetworkDescription;
  signal?: AbortSignal;
}): Promise<ReaderSession> {
  // The port to the chain wants an account: one of this moment, which never sends anything.
  const key = bytes32Of(crypto.getRandomValues(new Uint8Array(32)));
  return connectArtist({ ...options, key });
}
