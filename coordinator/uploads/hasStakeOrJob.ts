import type { Address } from '../../protocol/ids.js';
import type { Ledger } from '../../protocol/ledger.js';

/** Whether an account has something to lose here: a stake, or money in a job that is not over. */
export function hasStakeOrJob(ledger: Ledger, account: Address): boolean {
  if ((ledger.accounts.get(account)?.stakeWei ?? 0n) > 0n) return true;
  for (const job of ledger.jobs.values())
    if (job.artist === account && !job.closed && job.unreservedWei + job.reservedWei > 0n) return true;
  return false;
}
