import type { NetworkDescription } from './network.js';

/** Where a coordinator carries what others need of a network, below its own address. */
export const OUTSIDE_PATHS = { rpc: '/rpc', ipfsApi: '/api/v0', faucet: '/v1/faucet' } as const;

/**
 * A network as it is described to machines that reach nothing of it but a coordinator: chain, IPFS and faucet are
 * below the coordinator's address. `baseUrl` is that address, with a path before it where a proxy serves it below one.
 */
export function outsideNetwork(network: NetworkDescription, baseUrl: string): NetworkDescription {
  const base = baseUrl.replace(/\/+$/, '');
  return {
    ...network,
    rpcUrl: `${base}${OUTSIDE_PATHS.rpc}`,
    ipfsApiUrl: `${base}${OUTSIDE_PATHS.ipfsApi}`,
    coordinatorUrl: base,
    ...(network.faucetUrl === undefined ? {} : { faucetUrl: `${base}${OUTSIDE_PATHS.faucet}` }),
  };
}
