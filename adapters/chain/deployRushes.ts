import { Wallet } from '@ethersproject/wallet';
import { parseAddress } from '../../protocol/ids.js';
import type { PolicyNumbers } from '../../protocol/policy.js';
import { createRpc } from './createRpc.js';
import { createSender } from './createSender.js';
import { deployContracts, type Deployment } from './deployContracts.js';
import { fundGas } from './fundGas.js';
import { LOCAL_POLICY } from './localPolicy.js';

/** Deploys everything on a local chain, which gives the deployer the gas for it. */
export async function deployRushes({
  rpcUrl,
  deployerKey,
  policy = LOCAL_POLICY,
  signal,
}: {
  rpcUrl: string;
  /** Private key, 32 bytes of hex. */
  deployerKey: string;
  /** Default: the policy of local networks. */
  policy?: PolicyNumbers;
  signal?: AbortSignal;
}): Promise<Deployment> {
  const rpc = createRpc(rpcUrl);
  const chainId = Number(await rpc.send<string>('eth_chainId', [], { signal }));
  const wallet = new Wallet(deployerKey);
  await fundGas({ rpcUrl, account: parseAddress(wallet.address), ...(signal === undefined ? {} : { signal }) });
  return deployContracts({ rpc, sender: createSender({ rpc, wallet, chainId }), chainId, policy, signal });
}
