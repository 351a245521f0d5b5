import { InvariantError } from './errors.js';
import type { ContractEvent, VoidReason } from './events.js';
import type { Address, Bytes32, JobId, LeaseId } from './ids.js';
import {
  CHUNK_STATES,
  type ChunkState,
  type LeaseCommitment,
  type LeaseCommon,
  type LeaseState,
  type Ledger,
  type LedgerAccount,
  type LedgerAudit,
  type LedgerJob,
  type LedgerLease,
  chunkState,
  commitmentOf,
  createLedger,
} from './ledger.js';
import { chunksOfMask } from './masks.js';
import type { PolicyNumbers } from './policy.js';

/** A ledger as applyEvent alone sees it. */
interface MutableLedger {
  jobs: Map<JobId, LedgerJob>;
  leases: Map<LeaseId, LedgerLease>;
  accounts: Map<Address, LedgerAccount>;
  policies: Map<Address, PolicyNumbers>;
  verifiers: Address[];
  openLeaseIds: Set<LeaseId>;
  eventCount: number;
}

/** A ledger of the given events, which must be in order. */
export function ledgerOf(events: Iterable<ContractEvent>): Ledger {
  const ledger = createLedger();
  for (const event of events) applyEvent(ledger, event);
  return ledger;
}

/** Applies one event in place. Throws InvariantError for one that cannot follow on what was applied before. */
export function applyEvent(readonlyLedger: Ledger, event: ContractEvent): void {
  const ledger = readonlyLedger as MutableLedger;
  ledger.eventCount++;
  switch (event.name) {
    case 'JobCreated': {
      const { chunkCount } = event.args;
      ledger.jobs.set(event.args.jobId, {
        ...event.args,
        createdBlock: event.blockNumber,
        closed: false,
        completed: false,
        fundedWei: 0n,
        unreservedWei: 0n,
        reservedWei: 0n,
        spentWei: 0n,
        withdrawnWei: 0n,
        leaseIds: [],
        chunkStates: new Uint8Array(chunkCount),
        chunkLeases: new Float64Array(chunkCount),
        barred: new Map(),
      });
      return;
    }
    case 'JobFunded': {
      const job = jobOf(ledger, event.args.jobId);
      job.fundedWei += event.args.amountWei;
      job.unreservedWei += event.args.amountWei;
      return;
    }
    case 'JobClosed':
      jobOf(ledger, event.args.jobId).closed = true;
      return;
    case 'JobCompleted':
      jobOf(ledger, event.args.jobId).completed = true;
      return;
    case 'JobWithdrawn': {
      const job = jobOf(ledger, event.args.jobId);
      job.unreservedWei -= event.args.amountWei;
      job.withdrawnWei += event.args.amountWei;
      return;
    }
    case 'PolicyAdopted':
      ledger.policies.set(event.args.policy, event.args.values);
      return;
    case 'LeaseTaken':
      applyTaken(ledger, event);
      return;
    case 'LeaseCommitted': {
      const { leaseId, root, outputsDigest, drawBlock, sealDeadline } = event.args;
      const lease = leaseIn(ledger, leaseId, ['TAKEN']);
      ledger.leases.set(leaseId, {
        ...commonOf(lease),
        state: 'COMMITTED',
        sealDeadline,
        commitment: {
          root,
          outputsDigest,
          committedBlock: event.blockNumber,
          committedAt: event.blockTimestamp,
          drawBlock,
          redrafted: false,
          draw: undefined,
          audits: [],
        },
      });
      markChunks(ledger, lease, 'committed');
      return;
    }
    case 'LeaseDrawn': {
      const { leaseId, seed, drawnMask, verifiers } = event.args;
      const { commitment } = leaseIn(ledger, leaseId, ['COMMITTED']);
      commitment.draw = { seed, drawnMask, verifiers };
      for (const verifier of verifiers) auditOf(commitment, verifier);
      return;
    }
    case 'LeaseSealed': {
      const { commitment } = leaseIn(ledger, event.args.leaseId, ['COMMITTED']);
      auditOf(commitment, event.args.verifier).sealHash = event.args.sealHash;
      return;
    }
    case 'LeaseSealsComplete': {
      const lease = leaseIn(ledger, event.args.leaseId, ['COMMITTED']);
      // Those who were drawn and did not seal have no part in what follows.
      lease.commitment.audits = lease.commitment.audits.filter((audit) => audit.sealHash !== undefined);
      ledger.leases.set(lease.leaseId, {
        ...commonOf(lease),
        state: 'SEALED',
        commitment: lease.commitment,
        openDeadline: event.args.openDeadline,
      });
      return;
    }
    case 'LeaseRedrafted': {
      const lease = leaseIn(ledger, event.args.leaseId, ['COMMITTED']);
      lease.commitment.redrafted = true;
      lease.commitment.drawBlock = event.args.drawBlock;
      lease.commitment.audits = lease.commitment.audits.filter((audit) => audit.sealHash !== undefined);
      lease.feeWei = event.args.feeWei;
      lease.sealDeadline = event.args.sealDeadline;
      return;
    }
    case 'LeaseOpened': {
      const lease = leaseIn(ledger, event.args.leaseId, ['SEALED']);
      const { openingDigest, revealDeadline } = event.args;
      ledger.leases.set(lease.leaseId, {
        ...commonOf(lease),
        state: 'OPENED',
        commitment: lease.commitment,
        openingDigest,
        revealDeadline,
      });
      return;
    }
    case 'OpeningDemanded': {
      const lease = leaseIn(ledger, event.args.leaseId, ['OPENED']);
      const { verifier, chunkIndex, leafIndex, answerDeadline, revealDeadline } = event.args;
      auditOf(lease.commitment, verifier).demand = {
        chunkIndex,
        leafIndex,
        answerDeadline,
        answered: false,
        present: false,
        answerTransaction: undefined,
      };
      lease.revealDeadline = revealDeadline;
      return;
    }
    case 'OpeningAnswered': {
      const { commitment } = leaseIn(ledger, event.args.leaseId, ['OPENED']);
      const audit = auditOf(commitment, event.args.verifier);
      if (audit.demand !== undefined)
        audit.demand = {
          ...audit.demand,
          answered: true,
          present: event.args.present,
          answerTransaction: event.transactionHash,
        };
      return;
    }
    case 'LeaseRevealed': {
      const { leaseId, verifier, verdict, findingDigest, valuesHash } = event.args;
      const { commitment } = leaseIn(ledger, leaseId, ['OPENED']);
      auditOf(commitment, verifier).reveal = {
        verdict,
        findingDigest,
        valuesHash,
        transactionHash: event.transactionHash,
      };
      return;
    }
    case 'LeasePayable': {
      const lease = leaseIn(ledger, event.args.leaseId, ['COMMITTED', 'OPENED']);
      ledger.leases.set(lease.leaseId, {
        ...commonOf(lease),
        state: 'PAYABLE',
        commitment: lease.commitment,
        openingDigest: openingOf(lease),
        endedAt: event.blockTimestamp,
      });
      endLease(ledger, lease, 'paid');
      return;
    }
    case 'LeaseVoided': {
      const lease = leaseIn(ledger, event.args.leaseId, ['TAKEN', 'COMMITTED', 'SEALED', 'OPENED']);
      const { reason } = event.args;
      ledger.leases.set(lease.leaseId, {
        ...commonOf(lease),
        state: 'VOID',
        commitment: commitmentOf(lease),
        openingDigest: openingOf(lease),
        reason,
        endedAt: event.blockTimestamp,
      });
      endLease(ledger, lease, 'voided');
      if (barsWorker(lease, reason)) bar(jobOf(ledger, lease.jobId), lease);
      return;
    }
    case 'LeaseConvicted': {
      const lease = leaseIn(ledger, event.args.leaseId, ['SEALED', 'OPENED']);
      ledger.leases.set(lease.leaseId, {
        ...commonOf(lease),
        state: 'CONVICTED',
        commitment: lease.commitment,
        openingDigest: openingOf(lease),
        slashedWei: event.args.slashedWei,
        endedAt: event.blockTimestamp,
      });
      endLease(ledger, lease, 'free');
      accountOf(ledger, lease.worker).convictions++;
      return;
    }
    case 'LeaseExpired': {
      const lease = leaseIn(ledger, event.args.leaseId, ['TAKEN']);
      ledger.leases.set(lease.leaseId, {
        ...commonOf(lease),
        state: 'EXPIRED',
        slashedWei: event.args.slashedWei,
        endedAt: event.blockTimestamp,
      });
      endLease(ledger, lease, 'free');
      return;
    }
    case 'LeaseReleased': {
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
      return;
    }
    case 'Registered': {
      const { account, role, deviceClass, stakeWei } = event.args;
      weigh(
        Object.assign(accountOf(ledger, account), { role, deviceClass, stakeWei, withdrawableAt: undefined }),
        event.blockNumber,
      );
      if (role === 'verifier') ledger.verifiers.push(account);
      return;
    }
    case 'StakeAdded': {
      const account = accountOf(ledger, event.args.account);
      account.stakeWei += event.args.amountWei;
      weigh(account, event.blockNumber);
      return;
    }
    case 'UnbondingStarted': {
      const account = accountOf(ledger, event.args.account);
      account.withdrawableAt = event.args.withdrawableAt;
      weigh(account, event.blockNumber);
      return;
    }
    case 'StakeWithdrawn': {
      const account = accountOf(ledger, event.args.account);
      account.stakeWei -= event.args.amountWei;
      account.role = undefined;
      account.withdrawableAt = undefined;
      const place = ledger.verifiers.indexOf(account.account);
      if (place >= 0) ledger.verifiers.splice(place, 1);
      return;
    }
    case 'Slashed': {
      const account = accountOf(ledger, event.args.account);
      account.stakeWei -= event.args.amountWei;
      account.slashedWei += event.args.amountWei;
      weigh(account, event.blockNumber);
      return;
    }
    case 'Credited': {
      const account = accountOf(ledger, event.args.account);
      account.owedWei += event.args.amountWei;
      account.creditedWei += event.args.amountWei;
      return;
    }
    case 'Withdrawn':
      accountOf(ledger, event.args.account).owedWei -= event.args.amountWei;
      return;
  }
}

/** Keeps what a verifier weighs from this block on. */
function weigh(account: LedgerAccount, blockNumber: number): void {
  if (account.role !== 'verifier') return;
  const weightWei = account.withdrawableAt === undefined ? account.stakeWei : 0n;
  if (account.weights.at(-1)?.blockNumber === blockNumber) account.weights.pop();
  account.weights.push({ blockNumber, weightWei });
}

function applyTaken(ledger: MutableLedger, event: ContractEvent & { name: 'LeaseTaken' }): void {
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
    deadline,
    workerConvictions: accountOf(ledger, worker).convictions,
    takenBlock: event.blockNumber,
    takenAt: event.blockTimestamp,
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
}

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

function commonOf(lease: LedgerLease): LeaseCommon {
  const { leaseId, jobId, worker, word, mask, payWei, reservedWei, feeWei, workerConvictions, takenBlock, takenAt } =
    lease;
  return { leaseId, jobId, worker, word, mask, payWei, reservedWei, feeWei, workerConvictions, takenBlock, takenAt };
}

function jobOf(ledger: MutableLedger, jobId: JobId): LedgerJob {
  const job = ledger.jobs.get(jobId);
  if (job === undefined)
    throw new InvariantError({ what: `job ${jobId}`, expected: 'created before', actual: 'unknown' });
  return job;
}

function leaseIn<State extends LeaseState>(
  ledger: MutableLedger,
  leaseId: LeaseId,
  states: readonly State[],
): Extract<LedgerLease, { state: State }> {
  const lease = ledger.leases.get(leaseId);
  if (lease === undefined || !(states as readonly string[]).includes(lease.state))
    throw new InvariantError({
      what: `state of lease ${leaseId}`,
      expected: states.join(' or '),
      actual: lease?.state ?? 'unknown',
    });
  return lease as Extract<LedgerLease, { state: State }>;
}

function auditOf(commitment: LeaseCommitment, verifier: Address): LedgerAudit {
  const known = commitment.audits.find((audit) => audit.verifier === verifier);
  if (known !== undefined) return known;
  const audit: LedgerAudit = { verifier, sealHash: undefined, demand: undefined, reveal: undefined };
  commitment.audits.push(audit);
  return audit;
}

function accountOf(ledger: MutableLedger, address: Address): LedgerAccount {
  const known = ledger.accounts.get(address);
  if (known !== undefined) return known;
  const account: LedgerAccount = {
    account: address,
    role: undefined,
    deviceClass: '',
    stakeWei: 0n,
    withdrawableAt: undefined,
    convictions: 0,
    slashedWei: 0n,
    owedWei: 0n,
    creditedWei: 0n,
    weights: [],
  };
  ledger.accounts.set(address, account);
  return account;
}
