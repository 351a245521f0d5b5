import type { Address, Bytes32, Wei } from '../../protocol/ids.js';
import { bigintOfHex } from './abiValues.js';
import { readReceipts } from './readReceipts.js';

/**
 * What an account paid for gas, by transaction, wei of the chain's coins. Transactions that somebody else sent, or that
 * the chain no longer has, are not among them. Throws ChainUnreachableError.
 */
export async function readGasPaid({
  account,
  ...asking
}: {
  rpcUrl: string;
  account: Address;
  transactionHashes: readonly Bytes32[];
  signal: AbortSignal;
}): Promise<Map<Bytes32, Wei>> {
  const paid = new Map<Bytes32, Wei>();
  for (const [hash, receipt] of await readReceipts(asking))
    if (receipt?.from.toLowerCase() === account)
      paid.set(hash, bigintOfHex(receipt.gasUsed) * bigintOfHex(receipt.effectiveGasPrice));
  return paid;
}
