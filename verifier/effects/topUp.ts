import { RushesError } from '../../protocol/errors.js';
import type { Wei } from '../../protocol/ids.js';
import type { VerifierContext } from '../VerifierContext.js';

/**
 * Makes up for what a slash took, so that the verifier is drawn again. Throws stake-missing where the balance is too
 * little.
 */
export async function topUp(context: VerifierContext, missingWei: Wei, signal: AbortSignal): Promise<number> {
  const { chain } = context;
  const balanceWei = await chain.readBalance(chain.account, { signal });
  if (balanceWei < missingWei) {
    throw new RushesError({
      code: 'stake-missing',
      message: `account ${chain.account} was slashed and needs ${missingWei} wei more at stake to be drawn; it has ${balanceWei}`,
      facts: { account: chain.account },
      advice: 'Send tokens to the account; the verifier goes on by itself.',
    });
  }
  const { blockNumber } = await chain.topUpStake({ amountWei: missingWei }, { signal });
  context.log.warn({ amountWei: missingWei.toString(), blockNumber }, 'stake topped up after a slash');
  return blockNumber;
}
