import type { Ledger, LedgerJob } from '../protocol/ledger.js';
import { chunksOfMask } from '../protocol/masks.js';

/** Why the chunks of a job that are not paid never will be. */
export type DeadEnd = 'closed' | 'late' | 'no-budget';

/** Why a job cannot end; undefined while it can, and once it has. `nowSeconds` is by the chain's clock. */
export function deadEndOf(ledger: Ledger, job: Readonly<LedgerJob>, nowSeconds: number): DeadEnd | undefined {
  if (job.completed || job.leaseIds.some((leaseId) => ledger.openLeaseIds.has(leaseId))) return undefined;
  if (job.closed) return 'closed';
  if (nowSeconds > job.deadlineSeconds) return 'late';
  // The dearest chunk left cannot be dearer than all of the pay divided by the chunks: every chunk weighs the same.
  const dearest = [...job.leaseIds]
    .map((leaseId) => ledger.leases.get(leaseId)!)
    .reduce((most, lease) => {
      const per = lease.reservedWei / BigInt(chunksOfMask(lease.word, lease.mask).length);
      return per > most ? per : most;
    }, 0n);
  return dearest > 0n && job.unreservedWei < dearest ? 'no-budget' : undefined;
}
