import type { Bytes32 } from '../../protocol/ids.js';
import { inParallel } from '../inParallel.js';
import { createRpc } from './createRpc.js';
import type { RpcReceipt } from './receipts.js';

/** Receipts asked for at a time. */
const PARALLEL = 16;

/**
 * Receipts of transactions by hash, each asked for once; null for a transaction that the chain does not have. Throws
 * ChainUnreachableError.
 */
export async function readReceipts(options: {
  rpcUrl: string;
  transactionHashes: Iterable<Bytes32>;
  signal?: AbortSignal | undefined;
}): Promise<Map<Bytes32, RpcReceipt | null>> {
  const { rpcUrl, transactionHashes, signal } = options;
  const rpc = createRpc(rpcUrl);
  const receipts = new Map<Bytes32, RpcReceipt | null>();
  await inParallel(new Set(transactionHashes), PARALLEL, async (hash) => {
    receipts.set(hash, await rpc.send<RpcReceipt | null>('eth_getTransactionReceipt', [hash], { signal }));
  });
  return receipts;
}
