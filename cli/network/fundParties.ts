import { createGiver } from '../../adapters/chain/createGiver.js';
import { fundGas } from '../../adapters/chain/fundGas.js';
import type { Address } from '../../protocol/ids.js';
import type { NetworkDescription } from '../../protocol/network.js';

/** What each party of one's own is kept at: coins for more gas than it will use, and tokens for stakes and jobs. */
const OWN_PURSE = { coinsWei: 5_000n * 10n ** 18n, tokensWei: 1_000_000n * 10n ** 18n };

/**
 * Tops up the operator's own accounts on a local chain, with the faucet's key and as the faucet does it, without its
 * bounds. Nobody else may use the key meanwhile: the faucet starts when the network's description is there.
 */
export async function fundParties({
  network,
  faucetKey,
  accounts,
  signal,
}: {
  network: NetworkDescription;
  faucetKey: string;
  accounts: readonly Address[];
  signal: AbortSignal;
}): Promise<void> {
  const giver = createGiver({ network, key: faucetKey });
  await fundGas({ rpcUrl: network.rpcUrl, account: giver.account, signal });
  await Promise.all(accounts.map((account) => giver.topUp({ account, ...OWN_PURSE, signal })));
}
