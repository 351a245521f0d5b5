import { randomBytes } from 'node:crypto';
import { createGiver } from '../../adapters/chain/createGiver.js';
import { fundGas } from '../../adapters/chain/fundGas.js';
import { GAS_MONEY_WEI } from '../../adapters/chain/gasMoney.js';
import { type Address, type Wei, bytes32Of } from '../../protocol/ids.js';
import type { NetworkDescription } from '../../protocol/network.js';

const ENOUGH_WEI = 1_000_000n * 10n ** 18n;

/** Gives an account of a local chain coins for gas and tops its tokens up, by default to 1,000,000. */
export async function fundAccount(options: {
  network: NetworkDescription;
  account: Address;
  tokenWei?: Wei;
}): Promise<void> {
  const { network, account, tokenWei = ENOUGH_WEI } = options;
  // A key of its own gives, so that nobody's nonce is in the way.
  const giver = createGiver({ network, key: bytes32Of(randomBytes(32)) });
  await Promise.all([giver.account, account].map((one) => fundGas({ rpcUrl: network.rpcUrl, account: one })));
  await giver.topUp({ account, coinsWei: GAS_MONEY_WEI, tokensWei: tokenWei });
}
