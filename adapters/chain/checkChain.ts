import type { NetworkDescription } from '../../protocol/network.js';
import { rushesInterface } from './abiValues.js';
import { RpcError, WrongChainError } from './chainErrors.js';
import type { Rpc } from './createRpc.js';

/** Throws WrongChainError where a chain is not the one that a network's description speaks of. */
export async function checkChain(
  rpc: Rpc,
  network: Pick<NetworkDescription, 'rpcUrl' | 'chainId' | 'contract' | 'token'>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const chainId = Number(await rpc.send<string>('eth_chainId', [], { signal }));
  if (chainId !== network.chainId)
    throw new WrongChainError({
      rpcUrl: network.rpcUrl,
      what: 'its chain id',
      expected: String(network.chainId),
      actual: String(chainId),
    });
  const token = await rpc
    .send<string>('eth_call', [{ to: network.contract, data: rushesInterface.encodeFunctionData('token') }, 'latest'], {
      signal,
    })
    .catch((error: unknown) => {
      // A contract of another kind. Any other trouble of a node says nothing about the contract.
      if (error instanceof RpcError && /revert/i.test(error.message)) return '0x';
      throw error;
    });
  const address = `0x${token.slice(-40)}`;
  if (token === '0x' || address !== network.token)
    throw new WrongChainError({
      rpcUrl: network.rpcUrl,
      what: `the token of the contract at ${network.contract}`,
      expected: network.token,
      actual: token === '0x' ? 'absent' : address,
    });
}
