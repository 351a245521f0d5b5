import { formatMoney } from '../../protocol/formatMoney.js';
import type { Address, Wei } from '../../protocol/ids.js';

/** What a faucet gave, for who waits for it. */
export function describeStart({ account, tokensWei }: { account: Address; tokensWei: Wei }): string {
  return `the faucet gave ${account} ${formatMoney(tokensWei)} of test money, and coins for gas`;
}
