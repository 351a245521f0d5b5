import { readPurse } from '../../adapters/chain/createGiver.js';
import { askFaucet } from '../../adapters/http/askFaucet.js';
import type { Address } from '../../protocol/ids.js';
import type { NetworkDescription } from '../../protocol/network.js';
import type { Terminal } from '../terminal/Terminal.js';
import { describeStart } from './describeStart.js';

/**
 * Asks the faucet of a test network for the start of an account that has no coins or no tokens, and says so. Does
 * nothing for one that has both, and where there is no faucet. Throws what the faucet says, since the account can do
 * nothing without it.
 */
export async function receiveStart({
  network,
  account,
  terminal,
  signal,
}: {
  network: NetworkDescription;
  account: Address;
  terminal: Terminal;
  signal: AbortSignal;
}): Promise<void> {
  const { faucetUrl } = network;
  if (faucetUrl === undefined) return;
  const { coinsWei, tokensWei } = await readPurse({ network, account, signal });
  if (coinsWei > 0n && tokensWei > 0n) return;
  const gift = await askFaucet({ faucetUrl, account, signal });
  if (gift.isNew) terminal.line(describeStart({ account, tokensWei: gift.tokensWei }));
}
