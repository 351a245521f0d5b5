import type { Bytes32 } from '../../protocol/ids.js';
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
  const rpc = createRpc(options.rpcUrl);
  const receipts = new Map<Bytes32, RpcReceipt | null>();
  const left = [...new Set(options.transactionHashes)];
  const readSome = async (): Promise<void> => {
    for (let hash = left.pop(); hash !== undefined; hash = left.pop())
      receipts.set(
        hash,
        await rpc.send<RpcReceipt | null>('eth_getTransactionReceipt', [hash], { signal: options.signal }),
      );
  };
  await Promise.all(Array.from({ length: PARALLEL }, readSome));
  return receipts;
}
