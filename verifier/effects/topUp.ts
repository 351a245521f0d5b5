import { mayAddStake } from '../../party/mayAddStake.js';
import { RushesError } from '../../protocol/errors.js';
import { formatMoney } from '../../protocol/formatMoney.js';
import type { Wei } from '../../protocol/ids.js';
import type { LedgerAccount } from '../../protocol/ledger.js';
import type { VerifierContext } from '../VerifierContext.js';

/**
 * Makes up for what a slash took, so that the verifier is drawn again. Throws stake-missing where the balance, or what
 * the owner lets it stake in all, is too little.
 */
export async function topUp(
  context: VerifierContext,
  of: { missingWei: Wei; account: Readonly<LedgerAccount>; maxStakeWei: Wei | undefined; signal: AbortSignal },
): Promise<number> {
  const { chain } = context;
  const { missingWei, account, maxStakeWei, signal } = of;
  const balanceWei = await chain.readBalance(chain.account, { signal });
  const mayAddWei = mayAddStake({ account, balanceWei, maxStakeWei });
  if (mayAddWei < missingWei) {
    throw new RushesError({
      code: 'stake-missing',
      message: `account ${chain.account} was slashed and needs ${formatMoney(missingWei)} more at stake to be drawn; ${balanceWei < missingWei ? 'it has' : 'its owner lets it add'} ${formatMoney(mayAddWei)}`,
      facts: { account: chain.account },
      advice:
        balanceWei < missingWei
          ? 'Send tokens to the account; the verifier goes on by itself.'
          : 'Find out why it was slashed, then allow a higher stake.',
    });
  }
  const { blockNumber } = await chain.topUpStake({ amountWei: missingWei }, { signal });
  context.log.warn({ amountWei: missingWei.toString(), blockNumber }, 'stake topped up after a slash');
  return blockNumber;
}
