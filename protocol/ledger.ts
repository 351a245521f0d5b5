import type { Role, Verdict, VoidReason } from './events.js';
import type { VerifierCandidate } from './draw.js';
import type { Address, Bytes32, JobId, LeaseId, Wei } from './ids.js';
import { WORD_CHUNKS } from './masks.js';
import type { PolicyNumbers } from './policy.js';

// What the contract's events add up to: jobs and their money, chunks, leases, accounts. One projection, used by
// everybody who follows the chain. A ledger is changed by applyEvent (applyEvent.ts) alone; readers see it as
// read-only.

/** A chunk on its way: free and voided ones can be taken, voided ones not by the workers barred from them. */
export type ChunkState = 'free' | 'leased' | 'committed' | 'paid' | 'voided';
/** Chunk states in the order of their numbers in LedgerJob.chunkStates. */
export const CHUNK_STATES: readonly ChunkState[] = ['free', 'leased', 'committed', 'paid', 'voided'];

export interface LedgerJob {
  readonly jobId: JobId;
  readonly artist: Address;
  readonly nonce: Bytes32;
  readonly manifestDigest: Bytes32;
  readonly termsDigest: Bytes32;
  readonly policy: Address;
  readonly chunkCount: number;
  readonly weightsRoot: Bytes32;
  readonly pricePerUnitWei: Wei;
  /** Unix seconds. */
  readonly deadlineSeconds: number;
  readonly createdBlock: number;
  closed: boolean;
  completed: boolean;
  /** Everything paid in. */
  fundedWei: Wei;
  /** Of no lease; the artist can withdraw it. */
  unreservedWei: Wei;
  /** Held for open leases. */
  reservedWei: Wei;
  /** Paid to workers and verifiers. */
  spentWei: Wei;
  /** Given back to the artist. */
  withdrawnWei: Wei;
  /** Leases of this job in the order they were taken. */
  readonly leaseIds: LeaseId[];
  /** State per chunk, as an index into ChunkState's order; read it with chunkState. */
  readonly chunkStates: Uint8Array;
  /** The lease that last took each chunk, 0 for none. */
  readonly chunkLeases: Float64Array;
  /** Chunks a worker may not take again, one mask per word. */
  readonly barred: Map<Address, Map<number, bigint>>;
}

/** One verifier's part in the audit of a lease. */
export interface LedgerAudit {
  verifier: Address;
  sealHash: Bytes32 | undefined;
  demand:
    | {
        chunkIndex: number;
        leafIndex: number;
        /** Unix seconds. */ answerDeadlineSeconds: number;
        answered: boolean;
        /** false where the committed tree has no such leaf */ present: boolean;
        answerTransaction: Bytes32 | undefined;
      }
    | undefined;
  reveal: { verdict: Verdict; findingDigest: Bytes32; valuesHash: Bytes32; transactionHash: Bytes32 } | undefined;
}

/** What a lease keeps through all its states. */
export interface LeaseCommon {
  readonly leaseId: LeaseId;
  readonly jobId: JobId;
  readonly worker: Address;
  readonly word: number;
  readonly mask: bigint;
  readonly payWei: Wei;
  readonly reservedWei: Wei;
  /** Each verifier's. */
  feeWei: Wei;
  /** Convictions of the worker when it took the lease. */
  readonly workerConvictions: number;
  readonly takenBlock: number;
  /** Unix seconds. */
  readonly takenAtSeconds: number;
}

/** What stands once a worker committed. */
export interface LeaseCommitment {
  root: Bytes32;
  outputsDigest: Bytes32;
  committedBlock: number;
  /** Unix seconds. */
  committedAtSeconds: number;
  /** Its header decides the draw. */
  drawBlock: number;
  redrafted: boolean;
  /** Known once the first verifier brought the header. */
  draw: { seed: Bytes32; drawnMask: bigint; verifiers: readonly Address[] } | undefined;
  /** Those drawn, in the order of the draw, then those who took open places, in order of sealing. */
  audits: LedgerAudit[];
}

/** A lease by state; deadlines are unix times after which anyone may call expire. */
export type LedgerLease = LeaseCommon &
  (
    | { state: 'TAKEN'; deadlineSeconds: number }
    | { state: 'COMMITTED'; commitment: LeaseCommitment; sealDeadlineSeconds: number }
    | { state: 'SEALED'; commitment: LeaseCommitment; openDeadlineSeconds: number }
    | { state: 'OPENED'; commitment: LeaseCommitment; openingDigest: Bytes32; revealDeadlineSeconds: number }
    | { state: 'PAYABLE'; commitment: LeaseCommitment; openingDigest: Bytes32 | undefined; endedAtSeconds: number }
    | {
        state: 'VOID';
        commitment: LeaseCommitment | undefined;
        openingDigest: Bytes32 | undefined;
        reason: VoidReason;
        endedAtSeconds: number;
      }
    | {
        state: 'CONVICTED';
        commitment: LeaseCommitment;
        openingDigest: Bytes32 | undefined;
        slashedWei: Wei;
        endedAtSeconds: number;
      }
    | { state: 'EXPIRED'; slashedWei: Wei; endedAtSeconds: number }
  );

export type LeaseState = LedgerLease['state'];

export interface LedgerAccount {
  readonly account: Address;
  role: Role | undefined;
  deviceClass: string;
  stakeWei: Wei;
  /** Unix seconds from which the stake can be withdrawn; undefined while bonded. */
  withdrawableAtSeconds: number | undefined;
  convictions: number;
  slashedWei: Wei;
  /** What withdraw would pay. */
  owedWei: Wei;
  /** Everything ever credited. */
  creditedWei: Wei;
  /**
   * What a verifier weighs in draws, from each block on, ascending; a draw uses the weights of the block before the
   * commitment.
   */
  readonly weights: { blockNumber: number; weightWei: Wei }[];
}

/** The projection. `verifiers` holds every account registered as verifier, in order of registration. */
export interface Ledger {
  readonly jobs: ReadonlyMap<JobId, Readonly<LedgerJob>>;
  readonly leases: ReadonlyMap<LeaseId, LedgerLease>;
  readonly accounts: ReadonlyMap<Address, Readonly<LedgerAccount>>;
  readonly policies: ReadonlyMap<Address, PolicyNumbers>;
  readonly verifiers: readonly Address[];
  /** Leases that are not at their end, in the order they were taken. */
  readonly openLeaseIds: ReadonlySet<LeaseId>;
  /** Number of events applied. */
  readonly eventCount: number;
}

/** A ledger before the first event. */
export function createLedger(): Ledger {
  return {
    jobs: new Map(),
    leases: new Map(),
    accounts: new Map(),
    policies: new Map(),
    verifiers: [],
    openLeaseIds: new Set(),
    eventCount: 0,
  };
}

/** The numbers of the policy of a job or of a lease; undefined for an unknown job. */
export function policyOf(
  ledger: Pick<Ledger, 'jobs' | 'policies'>,
  { jobId }: { jobId: JobId },
): PolicyNumbers | undefined {
  const job = ledger.jobs.get(jobId);
  return job === undefined ? undefined : ledger.policies.get(job.policy);
}

/** The state of one chunk of a job. */
export function chunkState(job: Pick<LedgerJob, 'chunkStates'>, chunkIndex: number): ChunkState {
  return CHUNK_STATES[job.chunkStates[chunkIndex] as number] as ChunkState;
}

/** Chunks of a job in each state. */
export function countChunks(job: Pick<LedgerJob, 'chunkStates'>): Record<ChunkState, number> {
  const counts = { free: 0, leased: 0, committed: 0, paid: 0, voided: 0 };
  for (const state of job.chunkStates) counts[CHUNK_STATES[state] as ChunkState]++;
  return counts;
}

/** The chunks of one word that a worker may take now: neither leased nor paid, and none it is barred from. */
export function takeableMask(
  job: Pick<LedgerJob, 'chunkStates' | 'chunkCount' | 'barred'>,
  word: number,
  worker: Address,
): bigint {
  let mask = 0n;
  for (let bit = 0; bit < WORD_CHUNKS && word * WORD_CHUNKS + bit < job.chunkCount; bit++) {
    const state = chunkState(job, word * WORD_CHUNKS + bit);
    if (state === 'free' || state === 'voided') mask |= 1n << BigInt(bit);
  }
  return mask & ~(job.barred.get(worker)?.get(word) ?? 0n);
}

/** Unix seconds after which anyone may call expire on the lease; undefined at its end. */
export function deadlineOf(lease: LedgerLease): number | undefined {
  switch (lease.state) {
    case 'TAKEN':
      return lease.deadlineSeconds;
    case 'COMMITTED':
      return lease.sealDeadlineSeconds;
    case 'SEALED':
      return lease.openDeadlineSeconds;
    case 'OPENED':
      return lease.revealDeadlineSeconds;
    case 'PAYABLE':
    case 'VOID':
    case 'CONVICTED':
    case 'EXPIRED':
      return undefined;
  }
}

/** Unix seconds by which one of the lease's parties has to act next, or loses stake; undefined at its end. */
export function nextDutyDeadlineOf(lease: LedgerLease): number | undefined {
  const deadline = deadlineOf(lease);
  if (lease.state !== 'OPENED' || deadline === undefined) return deadline;
  const answers = lease.commitment.audits.flatMap(({ demand }) =>
    demand === undefined || demand.answered ? [] : [demand.answerDeadlineSeconds],
  );
  return Math.min(deadline, ...answers);
}

/**
 * Who the verifiers of a lease are drawn from, in the order of the draw: verifiers in the order of registration,
 * without the worker, that weighed at least the policy's minimum in the block before the commitment.
 */
export function candidatesOf(
  ledger: Ledger,
  lease: { worker: Address; committedBlock: number; minVerifierStakeWei: Wei },
): VerifierCandidate[] {
  return ledger.verifiers.flatMap((address) => {
    const stakeWei =
      ledger.accounts.get(address)?.weights.findLast((weight) => weight.blockNumber < lease.committedBlock)
        ?.weightWei ?? 0n;
    return address !== lease.worker && stakeWei >= lease.minVerifierStakeWei ? [{ address, stakeWei }] : [];
  });
}

/**
 * Fees that a lease's verifiers earned: for what they revealed, or for what they sealed where the worker is why there
 * was no reveal.
 */
export function feesOf(lease: LedgerLease): { verifier: Address; feeWei: Wei }[] {
  const forSeals = lease.state === 'CONVICTED' || (lease.state === 'VOID' && lease.reason === 'workerConvicted');
  if (deadlineOf(lease) !== undefined) return [];
  return (commitmentOf(lease)?.audits ?? [])
    .filter((audit) => (forSeals ? audit.sealHash : audit.reveal) !== undefined)
    .map(({ verifier }) => ({ verifier, feeWei: lease.feeWei }));
}

/** The commitment of a lease that has one. */
export function commitmentOf(lease: LedgerLease): LeaseCommitment | undefined {
  return lease.state === 'TAKEN' || lease.state === 'EXPIRED' ? undefined : lease.commitment;
}
