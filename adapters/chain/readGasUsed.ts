import { RushesError } from '../../protocol/errors.js';
import type { Bytes32 } from '../../protocol/ids.js';
import type { NetworkDescription } from '../../protocol/network.js';
import { bigintOfHex } from './abiValues.js';
import { readReceipts } from './readReceipts.js';

/** Gas that mined transactions used, by hash. Throws RushesError for a transaction that the chain does not have. */
export async function readGasUsed({
  network,
  ...asking
}: {
  network: NetworkDescription;
  transactionHashes: Iterable<Bytes32>;
  signal?: AbortSignal;
}): Promise<Map<Bytes32, bigint>> {
  const gas = new Map<Bytes32, bigint>();
  for (const [hash, receipt] of await readReceipts({ rpcUrl: network.rpcUrl, ...asking })) {
    if (receipt === null)
      throw new RushesError({
        code: 'no-receipt',
        message: `the chain has no receipt of transaction ${hash}`,
        facts: { hash },
      });
    gas.set(hash, bigintOfHex(receipt.gasUsed));
  }
  return gas;
}
