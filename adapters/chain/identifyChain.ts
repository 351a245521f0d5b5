import type { Bytes32 } from '../../protocol/ids.js';
import type { NetworkDescription } from '../../protocol/network.js';
import { ChainUnreachableError } from './chainErrors.js';
import { createRpc } from './createRpc.js';
import { findBlock } from './readHeader.js';

/** What tells one chain from another, and from one of the same id that was started anew. */
export interface ChainIdentity {
  chainId: number;
  /** Hash of the block in which the contract was deployed; undefined where the chain has no such block. */
  deploymentHash: Bytes32 | undefined;
}

/**
 * Asks the chain who it is: two small requests. Throws ChainUnreachableError where nothing answers within `deadlineMs`,
 * the signal's reason when aborted.
 */
export async function identifyChain({
  network,
  deadlineMs,
  signal,
}: {
  network: Pick<NetworkDescription, 'rpcUrl' | 'deploymentBlock'>;
  deadlineMs: number;
  signal: AbortSignal;
}): Promise<ChainIdentity> {
  const rpc = createRpc(network.rpcUrl);
  const late = AbortSignal.timeout(deadlineMs);
  const bounded = AbortSignal.any([signal, late]);
  try {
    const chainId = await rpc.send<string>('eth_chainId', [], { signal: bounded, deadlineMs });
    const block = await findBlock({ rpc, blockNumber: network.deploymentBlock, signal: bounded });
    return { chainId: Number(chainId), deploymentHash: block?.hash as Bytes32 | undefined };
  } catch (error) {
    signal.throwIfAborted();
    if (!late.aborted) throw error;
    throw new ChainUnreachableError({
      rpcUrl: network.rpcUrl,
      method: 'eth_chainId',
      reason: `no answer within ${deadlineMs} ms`,
      cause: error,
    });
  }
}
