import type { VoidReason } from '../../protocol/events.js';
import type { Address, LeaseId, Wei } from '../../protocol/ids.js';
import { commitmentOf, type Ledger, type LedgerJob, type LedgerLease } from '../../protocol/ledger.js';
import { LOSS_SENTENCES, lossesOf } from '../../protocol/lossesOf.js';
import { chunksOfMask } from '../../protocol/masks.js';

/** How a lease ended, in the words of the page. */
export type Outcome = 'paid' | 'voided' | 'convicted' | 'expired';

/** What was found of one lease, and why. */
export interface LeaseVerdict {
  leaseId: LeaseId;
  worker: Address;
  outcome: Outcome;
  /** A sentence about who did what. */
  reason: string;
  /** Chunks that the lease held, ascending. */
  chunks: number[];
  /** What each verifier revealed; undefined: nothing. */
  votes: { verifier: Address; verdict: 'pass' | 'void' | 'convict' | undefined }[];
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
export function verdictsOf(ledger: Ledger, job: Readonly<LedgerJob>): LeaseVerdict[] {
  return job.leaseIds
    .flatMap((leaseId) => {
      const lease = ledger.leases.get(leaseId);
      return lease === undefined || !('endedAtSeconds' in lease) ? [] : verdictOf(lease);
    })
    .sort((a, b) => b.endedAtSeconds - a.endedAtSeconds || b.leaseId - a.leaseId);
}

function verdictOf(lease: Extract<LedgerLease, { endedAtSeconds: number }>): LeaseVerdict {
  const { leaseId, worker, endedAtSeconds } = lease;
  return {
    leaseId,
    worker,
    endedAtSeconds,
    ...outcomeOf(lease),
    chunks: chunksOfMask(lease.word, lease.mask),
    votes: (commitmentOf(lease)?.audits ?? []).map(({ verifier, reveal }) => ({ verifier, verdict: reveal?.verdict })),
    slashedWei: 'slashedWei' in lease ? lease.slashedWei : 0n,
  };
}

function outcomeOf(lease: Extract<LedgerLease, { endedAtSeconds: number }>): { outcome: Outcome; reason: string } {
  switch (lease.state) {
    case 'PAYABLE':
      return {
        outcome: 'paid',
        reason:
          lease.openingDigest === undefined
            ? 'nothing of it was drawn to be audited'
            : 'every drawn sample came out the same',
      };
    case 'VOID':
      return { outcome: 'voided', reason: VOID_SENTENCES[lease.reason] };
    case 'CONVICTED':
    case 'EXPIRED': {
      const cause = lossesOf(lease)[0]!.cause;
      return {
        outcome: lease.state === 'CONVICTED' ? 'convicted' : 'expired',
        reason: `its worker ${LOSS_SENTENCES[cause]}`,
      };
    }
  }
}
