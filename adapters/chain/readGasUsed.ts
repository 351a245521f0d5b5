import { RushesError } from '../../protocol/errors.js';
import type { Bytes32 } from '../../protocol/ids.js';
import type { NetworkDescription } from '../../protocol/network.js';
import { bigintOfHex } from './abiValues.js';
import { createRpc } from './createRpc.js';
import type { RpcReceipt } from './receipts.js';

/** Receipts asked for at a time. */
const PARALLEL = 16;

/** Gas that mined transactions used, by hash. Throws RushesError for a transaction that the chain does not have. */
export async function readGasUsed(options: {
  network: NetworkDescription;
  transactionHashes: Iterable<Bytes32>;
  signal?: AbortSignal;
}): Promise<Map<Bytes32, bigint>> {
  const rpc = createRpc(options.network.rpcUrl);
  const hashes = [...new Set(options.transactionHashes)];
  const gas = new Map<Bytes32, bigint>();
  let next = 0;
  await Promise.all(
    Array.from({ length: Math.min(PARALLEL, hashes.length) }, async () => {
      while (next < hashes.length) {
        const hash = hashes[next++]!;
        const receipt = await rpc.send<RpcReceipt | null>('eth_getTransactionReceipt', [hash], {
          signal: options.signal,
        });
        if (receipt === null)
          throw new RushesError({
            code: 'no-receipt',
            message: `the chain has no receipt of transaction ${hash}`,
            facts: { hash },
          });
        gas.set(hash, bigintOfHex(receipt.gasUsed));
      }
    }),
  );
  return gas;
}
