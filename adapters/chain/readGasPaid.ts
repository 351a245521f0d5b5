import type { Address, Bytes32, Wei } from '../../protocol/ids.js';
import { bigintOfHex } from './abiValues.js';
import { createRpc } from './createRpc.js';

/** Receipts asked for at a time. */
const AT_ONCE = 8;

/**
 * What an account paid for gas, by transaction, wei of the chain's coins. Transactions that somebody else sent are not
 * among them. Throws ChainUnreachableError.
 */
export async function readGasPaid({
  rpcUrl,
  account,
  transactionHashes,
  signal,
}: {
  rpcUrl: string;
  account: Address;
  transactionHashes: readonly Bytes32[];
  signal: AbortSignal;
}): Promise<Map<Bytes32, Wei>> {
  const rpc = createRpc(rpcUrl);
  const paid = new Map<Bytes32, Wei>();
  const left = [...transactionHashes];
  const readSome = async (): Promise<void> => {
    for (let hash = left.shift(); hash !== undefined; hash = left.shift()) {
      const receipt = await rpc.send<{ from: string; gasUsed: string; effectiveGasPrice: string } | null>(
        'eth_getTransactionReceipt',
        [hash],
        { signal },
      );
      if (receipt !== null && receipt.from.toLowerCase() === account)
        paid.set(hash, bigintOfHex(receipt.gasUsed) * bigintOfHex(receipt.effectiveGasPrice));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, readSome));
  return paid;
}
