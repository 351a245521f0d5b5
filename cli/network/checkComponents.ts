import { checkChain } from '../../adapters/chain/checkChain.js';
import { createRpc } from '../../adapters/chain/createRpc.js';
import { refuseRealMoney } from '../../adapters/chain/refuseRealMoney.js';
import { connectDatabase } from '../../adapters/database/connectDatabase.js';
import { IpfsEndpointError } from '../../adapters/ipfs/fetchVerified.js';
import { refuseOtherNetwork, storedNetworkOf } from '../../coordinator/store/storedNetwork.js';
import type { DeployedNetwork } from '../../protocol/network.js';

/** Whoever starts a network waits for its answer. */
const PATIENCE_MS = 15_000;

/**
 * Looks at a chain that was given before anything leans on it. Throws ChainUnreachableError, WrongChainError, or
 * BadInputError `real-money` for a network whose token is not the test token, whatever its description says.
 */
export async function checkGivenChain(network: DeployedNetwork, signal: AbortSignal): Promise<void> {
  const rpc = createRpc(network.rpcUrl);
  await rpc.send('eth_chainId', [], { signal, deadlineMs: PATIENCE_MS });
  await checkChain(rpc, network, signal);
  await refuseRealMoney({ rpc, token: network.token, signal });
}

/** Looks at a PostgreSQL that was given. Throws `other-network`, `migration`, `database-refused` or `deadline`. */
export async function checkGivenDatabase({
  databaseUrl,
  network,
  signal,
}: {
  databaseUrl: string;
  network: Pick<DeployedNetwork, 'chainId' | 'contract' | 'name'>;
  signal: AbortSignal;
}): Promise<void> {
  const database = await connectDatabase({ url: databaseUrl, maxConnections: 1, deadlineMs: PATIENCE_MS, signal });
  try {
    await refuseOtherNetwork(database.db, storedNetworkOf(network));
  } finally {
    await database.close();
  }
}

/** Looks at an IPFS endpoint that was given. Throws IpfsEndpointError. */
export async function checkGivenIpfs(apiUrl: string, signal: AbortSignal): Promise<void> {
  const url = `${apiUrl.replace(/\/+$/, '')}/api/v0/version`;
  try {
    const answer = await fetch(url, {
      method: 'POST',
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
    });
    const text = await answer.text();
    if (!answer.ok || !text.includes('"Version"'))
      throw new Error(`it answers version with ${answer.status}: ${text.slice(0, 200)}`);
  } catch (cause) {
    signal.throwIfAborted();
    throw new IpfsEndpointError({ endpoint: apiUrl, doing: 'to say its version', cause });
  }
}
