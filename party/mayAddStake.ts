import type { Wei } from '../protocol/ids.js';
import type { LedgerAccount } from '../protocol/ledger.js';

/**
 * What an account may still add to its stake, wei: its owner's limit less all it ever put in, what it lost included, so
 * that nobody loses more than the limit. Without a limit, all of the balance.
 */
export function mayAddStake(of: {
  account: Pick<LedgerAccount, 'stakeWei' | 'slashedWei'>;
  balanceWei: Wei;
  /** Undefined: no limit. */
  maxStakeWei: Wei | undefined;
}): Wei {
  const { account, balanceWei, maxStakeWei } = of;
  if (maxStakeWei === undefined) return balanceWei;
  const leftWei = maxStakeWei - account.stakeWei - account.slashedWei;
  if (leftWei <= 0n) return 0n;
  return leftWei < balanceWei ? leftWei : balanceWei;
}
