import type { Wei } from '../../protocol/ids.js';
import { feesOf, type Ledger, type LedgerJob } from '../../protocol/ledger.js';

/** Where the escrow of a job is. The first is the sum of the others. */
export interface JobMoney {
  /** Everything paid in. */
  escrowWei: Wei;
  workersWei: Wei;
  feesWei: Wei;
  /** Held for leases that are open. */
  heldWei: Wei;
  /** Of no lease: what is left when the job ends comes back. */
  freeWei: Wei;
  /** Came back already. */
  returnedWei: Wei;
}

/** The money of a job, by whom it went to. */
export function jobMoney(ledger: Ledger, job: Readonly<LedgerJob>): JobMoney {
  let feesWei = 0n;
  for (const leaseId of job.leaseIds) {
    const lease = ledger.leases.get(leaseId);
    if (lease !== undefined) for (const fee of feesOf(lease)) feesWei += fee.feeWei;
  }
  return {
    escrowWei: job.fundedWei,
    workersWei: job.spentWei - feesWei,
    feesWei,
    heldWei: job.reservedWei,
    freeWei: job.unreservedWei,
    returnedWei: job.withdrawnWei,
  };
}
