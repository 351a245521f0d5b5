import type { Address } from '../../protocol/ids.js';
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
  await checkChainId(rpc, network, signal);
  await checkNamedAddress({ rpc, network, what: 'token', expected: network.token, signal });
}

/** Throws WrongChainError where a chain's id is not the network's. */
export async function checkChainId(
  rpc: Rpc,
  network: Pick<NetworkDescription, 'rpcUrl' | 'chainId'>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const chainId = Number(await rpc.send<string>('eth_chainId', [], { signal }));
  if (chainId === network.chainId) return;
  throw new WrongChainError({
    rpcUrl: network.rpcUrl,
    what: 'its chain id',
    expected: String(network.chainId),
    actual: String(chainId),
  });
}

/** Throws WrongChainError where the contract itself names another token, or policy that stakes follow. */
export async function checkNamedAddress(options: {
  rpc: Rpc;
  network: Pick<NetworkDescription, 'rpcUrl' | 'contract'>;
  what: 'token' | 'stakePolicy';
  expected: Address;
  signal: AbortSignal | undefined;
}): Promise<void> {
  const { rpc, network, what, expected, signal } = options;
  const data = rushesInterface.encodeFunctionData(what);
  const answer = await rpc
    .send<string>('eth_call', [{ to: network.contract, data }, 'latest'], { signal })
    .catch((error: unknown) => {
      // A contract of another kind. Any other trouble of a node says nothing about the contract.
      if (error instanceof RpcError && /revert/i.test(error.message)) return '0x';
      throw error;
    });
  const actual = answer === '0x' ? 'absent' : `0x${answer.slice(-40)}`;
  if (actual === expected) return;
  throw new WrongChainError({
    rpcUrl: network.rpcUrl,
    what: `the ${what === 'token' ? 'token' : 'policy'} of the contract at ${network.contract}`,
    expected,
    actual,
  });
}
