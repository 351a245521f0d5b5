import type { VoidReason } from '../../protocol/events.js';
import type { Address, LeaseId, Wei } from '../../protocol/ids.js';
import { commitmentOf, type Ledger, type LedgerJob, type LedgerLease } from '../../protocol/ledger.js';
import type { LeaseEnding } from '../../protocol/leaseEndings.js';
import { LOSS_SENTENCES, lossesOf } from '../../protocol/lossesOf.js';
import { chunksOfMask } from '../../protocol/masks.js';

/** A lease that ended, and why. */
export interface EndedLease {
  leaseId: LeaseId;
  worker: Address;
  ending: LeaseEnding;
  /** A sentence about who did what. */
  reason: string;
  /** Chunks that the lease held, ascending. */
  chunks: number[];
  /** What each verifier revealed; undefined: nothing. */
  verdicts: { verifier: Address; verdict: 'pass' | 'void' | 'convict' | undefined }[];
  /** Stake that its worker lost. */
  slashedWei: Wei;
  endedAtSeconds: number;
}

const VOID_SENTENCES: Record<VoidReason, string> = {
  noShow: 'no verifier came in time to audit it; nobody found it wrong',
  silent: 'a verifier sealed its values and did not reveal them before the deadline',
  verdicts: 'the verifiers did not all pass it',
  workerConvicted: 'another lease of this worker was proven wrong',
};

/** Every lease of a job that ended, the newest first. */
export function endedLeasesOf(ledger: Ledger, job: Readonly<LedgerJob>): EndedLease[] {
  return job.leaseIds
    .flatMap((leaseId) => {
      const lease = ledger.leases.get(leaseId);
      return lease === undefined || !('endedAtSeconds' in lease) ? [] : endedLeaseOf(lease);
    })
    .sort((a, b) => b.endedAtSeconds - a.endedAtSeconds || b.leaseId - a.leaseId);
}

function endedLeaseOf(lease: Extract<LedgerLease, { endedAtSeconds: number }>): EndedLease {
  const { leaseId, worker, endedAtSeconds } = lease;
  return {
    leaseId,
    worker,
    endedAtSeconds,
    ...endingOf(lease),
    chunks: chunksOfMask(lease.word, lease.mask),
    verdicts: (commitmentOf(lease)?.audits ?? []).map(({ verifier, reveal }) => ({
      verifier,
      verdict: reveal?.verdict,
    })),
    slashedWei: 'slashedWei' in lease ? lease.slashedWei : 0n,
  };
}

function endingOf(lease: Extract<LedgerLease, { endedAtSeconds: number }>): { ending: LeaseEnding; reason: string } {
  switch (lease.state) {
    case 'PAYABLE':
      return {
        ending: 'payable',
        reason:
          lease.openingDigest === undefined
            ? 'nothing of it was drawn to be audited'
            : 'every drawn sample came out the same',
      };
    case 'VOID':
      return { ending: 'voided', reason: VOID_SENTENCES[lease.reason] };
    case 'CONVICTED':
    case 'EXPIRED': {
      const cause = lossesOf(lease)[0]!.cause;
      return {
        ending: lease.state === 'CONVICTED' ? 'convicted' : 'expired',
        reason: `its worker ${LOSS_SENTENCES[cause]}`,
      };
    }
  }
}
