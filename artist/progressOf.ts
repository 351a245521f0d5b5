import { commitmentOf, countChunks, type Ledger, type LedgerJob } from '../protocol/ledger.js';
import { chunksOfMask } from '../protocol/masks.js';

/** Where a job stands, in chunks. Voided and convicted count chunks of leases that ended so, each time it happened. */
export interface JobProgress {
  total: number;
  rendered: number;
  audited: number;
  paid: number;
  voided: number;
  convicted: number;
}

/** Counts what the ledger says of a job. */
export function progressOf(ledger: Ledger, job: Readonly<LedgerJob>): JobProgress {
  const counts = countChunks(job);
  const progress: JobProgress = {
    total: job.chunkCount,
    rendered: counts.committed + counts.paid,
    audited: counts.paid,
    paid: counts.paid,
    voided: 0,
    convicted: 0,
  };
  for (const leaseId of job.leaseIds) {
    const lease = ledger.leases.get(leaseId)!;
    const chunks = chunksOfMask(lease.word, lease.mask).length;
    if (lease.state === 'VOID') progress.voided += chunks;
    if (lease.state === 'CONVICTED') progress.convicted += chunks;
    // Audited, and about to be ruled on: somebody has revealed what the re-rendering gave.
    if (lease.state === 'OPENED' && (commitmentOf(lease)?.audits ?? []).some((audit) => audit.reveal !== undefined))
      progress.audited += chunks;
  }
  return progress;
}
