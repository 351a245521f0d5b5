import { InvariantError } from './errors.js';
import type { VoidReason } from './events.js';
import type { Bytes32 } from './ids.js';
import { CHUNK_STATES, type ChunkState, type LedgerJob, type LedgerLease, chunkState, commitmentOf } from './ledger.js';
import { chunksOfMask } from './masks.js';
import { type Handlers, type MutableLedger, accountOf, commonOf, jobOf, leaseIn } from './mutableLedger.js';

/** What the worker does with a lease, and every way a lease ends, do to a ledger. */
export const LEASE_EVENTS: Handlers<
  | 'LeaseTaken'
  | 'LeaseCommitted'
  | 'LeaseOpened'
  | 'LeasePayable'
  | 'LeaseVoided'
  | 'LeaseConvicted'
  | 'LeaseExpired'
  | 'LeaseReleased'
> = {
  LeaseTaken(ledger, event) {
    const { leaseId, jobId, worker, word, mask, payWei, feeWei, reservedWei, deadline } = event.args;
    const job = jobOf(ledger, jobId);
    const lease: LedgerLease = {
      leaseId,
      jobId,
      worker,
      word,
      mask,
      payWei,
      feeWei,
      reservedWei,
      state: 'TAKEN',
      deadlineSeconds: deadline,
      workerConvictions: accountOf(ledger, worker).convictions,
      takenBlock: event.blockNumber,
      takenAtSeconds: event.blockTimestamp,
    };
    for (const chunkIndex of chunksOfMask(word, mask)) {
      const state = chunkState(job, chunkIndex);
      if (state !== 'free' && state !== 'voided')
        throw new InvariantError({
          what: `state of chunk ${chunkIndex} taken by lease ${leaseId}`,
          expected: 'free or voided',
          actual: state,
        });
      job.chunkLeases[chunkIndex] = leaseId;
    }
    job.unreservedWei -= reservedWei;
    job.reservedWei += reservedWei;
    job.leaseIds.push(leaseId);
    ledger.leases.set(leaseId, lease);
    ledger.openLeaseIds.add(leaseId);
    markChunks(ledger, lease, 'leased');
  },

  LeaseCommitted(ledger, event) {
    const { leaseId, root, outputsDigest, drawBlock, sealDeadline } = event.args;
    const lease = leaseIn(ledger, leaseId, ['TAKEN']);
    ledger.leases.set(leaseId, {
      ...commonOf(lease),
      state: 'COMMITTED',
      sealDeadlineSeconds: sealDeadline,
      commitment: {
        root,
        outputsDigest,
        committedBlock: event.blockNumber,
        committedAtSeconds: event.blockTimestamp,
        drawBlock,
        redrafted: false,
        draw: undefined,
        audits: [],
      },
    });
    markChunks(ledger, lease, 'committed');
  },

  LeaseOpened(ledger, event) {
    const lease = leaseIn(ledger, event.args.leaseId, ['SEALED']);
    const { openingDigest, revealDeadline } = event.args;
    ledger.leases.set(lease.leaseId, {
      ...commonOf(lease),
      state: 'OPENED',
      commitment: lease.commitment,
      openingDigest,
      revealDeadlineSeconds: revealDeadline,
    });
  },

  LeasePayable(ledger, event) {
    const lease = leaseIn(ledger, event.args.leaseId, ['COMMITTED', 'OPENED']);
    ledger.leases.set(lease.leaseId, {
      ...commonOf(lease),
      state: 'PAYABLE',
      commitment: lease.commitment,
      openingDigest: openingOf(lease),
      endedAtSeconds: event.blockTimestamp,
    });
    endLease(ledger, lease, 'paid');
  },

  LeaseVoided(ledger, event) {
    const lease = leaseIn(ledger, event.args.leaseId, ['TAKEN', 'COMMITTED', 'SEALED', 'OPENED']);
    const { reason } = event.args;
    ledger.leases.set(lease.leaseId, {
      ...commonOf(lease),
      state: 'VOID',
      commitment: commitmentOf(lease),
      openingDigest: openingOf(lease),
      reason,
      endedAtSeconds: event.blockTimestamp,
    });
    endLease(ledger, lease, 'voided');
    if (barsWorker(lease, reason)) bar(jobOf(ledger, lease.jobId), lease);
  },

  LeaseConvicted(ledger, event) {
    const lease = leaseIn(ledger, event.args.leaseId, ['SEALED', 'OPENED']);
    ledger.leases.set(lease.leaseId, {
      ...commonOf(lease),
      state: 'CONVICTED',
      commitment: lease.commitment,
      openingDigest: openingOf(lease),
      slashedWei: event.args.slashedWei,
      endedAtSeconds: event.blockTimestamp,
    });
    endLease(ledger, lease, 'free');
    accountOf(ledger, lease.worker).convictions++;
  },

  LeaseExpired(ledger, event) {
    const lease = leaseIn(ledger, event.args.leaseId, ['TAKEN']);
    ledger.leases.set(lease.leaseId, {
      ...commonOf(lease),
      state: 'EXPIRED',
      slashedWei: event.args.slashedWei,
      endedAtSeconds: event.blockTimestamp,
    });
    endLease(ledger, lease, 'free');
  },

  LeaseReleased(ledger, event) {
    const lease = ledger.leases.get(event.args.leaseId);
    const job = jobOf(ledger, event.args.jobId);
    if (lease === undefined)
      throw new InvariantError({
        what: `lease ${event.args.leaseId} that released money`,
        expected: 'known',
        actual: 'unknown',
      });
    job.unreservedWei += event.args.amountWei;
    job.spentWei -= event.args.amountWei;
  },
};

/** The reserve of a lease that ended counts as spent until LeaseReleased takes back what was not. */
function endLease(ledger: MutableLedger, lease: LedgerLease, chunks: ChunkState): void {
  const job = jobOf(ledger, lease.jobId);
  job.reservedWei -= lease.reservedWei;
  job.spentWei += lease.reservedWei;
  ledger.openLeaseIds.delete(lease.leaseId);
  markChunks(ledger, lease, chunks);
}

function markChunks(ledger: MutableLedger, lease: LedgerLease, state: ChunkState): void {
  const { chunkStates } = jobOf(ledger, lease.jobId);
  for (const chunkIndex of chunksOfMask(lease.word, lease.mask)) chunkStates[chunkIndex] = CHUNK_STATES.indexOf(state);
}

/**
 * A void bars the worker where somebody audited and did not pass it: verdicts, or a silent verifier beside one that did
 * not pass.
 */
function barsWorker(lease: LedgerLease, reason: VoidReason): boolean {
  if (reason === 'verdicts') return true;
  return (
    reason === 'silent' &&
    (commitmentOf(lease)?.audits ?? []).some((audit) => audit.reveal !== undefined && audit.reveal.verdict !== 'pass')
  );
}

function bar(job: LedgerJob, lease: LedgerLease): void {
  const words = job.barred.get(lease.worker) ?? new Map<number, bigint>();
  words.set(lease.word, (words.get(lease.word) ?? 0n) | lease.mask);
  job.barred.set(lease.worker, words);
}

function openingOf(lease: LedgerLease): Bytes32 | undefined {
  return 'openingDigest' in lease ? lease.openingDigest : undefined;
}
