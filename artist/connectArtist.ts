import { connectChain } from '../adapters/chain/connectChain.js';
import { signRequests } from '../adapters/http/signRequests.js';
import { createObjectStore } from '../adapters/ipfs/createObjectStore.js';
import type { NetworkDescription } from '../protocol/network.js';
import type { ArtistSession } from './ArtistSession.js';

/**
 * Opens a network as the artist who holds `key` (32 bytes of hex). Throws WrongChainError where the chain is not the one
 * that the description names, ChainUnreachableError where none answers.
 */
export async function connectArtist({
  network,
  key,
  signal,
}: {
  network: NetworkDescription;
  key: string;
  signal?: AbortSignal;
}): Promise<ArtistSession> {
  const chain = await connectChain({ network, key, ...(signal === undefined ? {} : { signal }) });
  const signer = signRequests({ network, key });
  return { network, chain, store: createObjectStore({ apiUrl: network.ipfsApiUrl, signer }), signer };
}
