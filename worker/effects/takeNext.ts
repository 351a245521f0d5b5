import { RushesError } from '../../protocol/errors.js';
import { type ChunkRect, chunkRect } from '../../protocol/geometry.js';
import {
  type Ledger,
  type LedgerAccount,
  type LedgerJob,
  type LedgerLease,
  countChunks,
  policyOf,
} from '../../protocol/ledger.js';
import type { Wei } from '../../protocol/ids.js';
import { chunksOfMask } from '../../protocol/masks.js';
import { priceLease } from '../../protocol/pricing.js';
import type { Suggestion, SuggestionPort } from '../../protocol/ports.js';
import { unitsOf, weightsProof, weightsWord } from '../../protocol/weights.js';
import { mayAddStake } from '../../party/mayAddStake.js';
import { chooseLease, chunksWorthTaking } from '../chooseLease.js';
import type { Reservation } from '../spool.js';
import type { WorkerContext } from '../WorkerContext.js';

/**
 * Milliseconds without an open lease after which a worker takes what is free on chain, though the coordinator suggests
 * nothing.
 */
const DISTRUST_MS = 20_000;

/** What the next lease is chosen from. */
export interface TakeNext {
  ledger: Ledger;
  account: Readonly<LedgerAccount>;
  /** The worker's open leases. */
  leases: readonly LedgerLease[];
  suggestions: SuggestionPort | undefined;
  /** The most the account ever stakes in all; undefined for no limit. */
  maxStakeWei: Wei | undefined;
  /** Milliseconds without an open lease. */
  idleMs: number;
  nowSeconds: number;
  random: () => number;
  /** Whether a lease may still be taken, asked just before it is. */
  mayTake: () => boolean;
  signal: AbortSignal;
}

/**
 * Takes one lease, if there is one to take, or first adds to the stake what that lease needs. Asks the coordinator what
 * to take; picks at random where none answers, or where it has long suggested nothing: a coordinator cannot keep a
 * worker from what the contract offers. The frame to render first is prepared before the lease is taken; a job that
 * fails there is refused for a minute. Resolves to the block of the transaction, or undefined when there is nothing to
 * take.
 */
export async function takeNext(context: WorkerContext, from: TakeNext): Promise<number | undefined> {
  const { chain, jobs } = context;
  const { ledger, account, leases, nowSeconds, signal } = from;
  const takeable = [...ledger.jobs.values()].filter(
    (job) => !job.closed && !job.completed && job.deadlineSeconds > nowSeconds && !jobs.isRefused(job.jobId),
  );
  const picked = takeable[Math.floor(from.random() * takeable.length)];
  const pickedPolicy = picked === undefined ? undefined : ledger.policies.get(picked.policy);
  if (picked === undefined || pickedPolicy === undefined) return undefined;
  const suggestion = await suggested(
    context,
    from,
    Math.min(
      fairShare(from, picked),
      chunksWorthTaking({ msPerUnit: jobs.msPerUnit(picked.jobId), policy: pickedPolicy }),
    ),
  );
  if (suggestion === 'nothing' && from.idleMs < DISTRUST_MS) return undefined;
  const advice = suggestion === 'nothing' ? undefined : suggestion;
  const job = advice === undefined ? picked : takeable.find((one) => one.jobId === advice.jobId);
  const policy = job === undefined ? undefined : ledger.policies.get(job.policy);
  if (job === undefined || policy === undefined) return undefined;

  const { weights, geometry, frames } = await jobs.open(job.jobId);
  const balanceWei = await chain.readBalance(chain.account, { signal });
  const msPerUnit = jobs.msPerUnit(job.jobId);
  const choice = chooseLease({
    job,
    geometry,
    weights,
    policy,
    worker: chain.account,
    nowSeconds,
    msPerUnit,
    lockedWei: leases.reduce((sum, lease) => sum + bondOf(ledger, lease), 0n),
    reachableStakeWei: account.stakeWei + mayAddStake({ account, balanceWei, maxStakeWei: from.maxStakeWei }),
    queuedMs: leases
      .filter((lease) => lease.state === 'TAKEN' && !context.rendered.has(lease.leaseId))
      .reduce((sum, lease) => sum + queuedMsOf(context, { lease, job, weights }), 0),
    random: from.random(),
    suggested: advice,
    maxChunks: fairShare(from, job),
  });
  if (choice === undefined) return undefined;
  if (!from.mayTake()) return undefined;
  const missingWei = choice.neededStakeWei - account.stakeWei;
  if (missingWei > 0n) {
    const { blockNumber } = await chain.topUpStake({ amountWei: missingWei }, { signal });
    context.log.info({ amountWei: missingWei.toString(), blockNumber }, 'stake topped up');
    return blockNumber;
  }
  // What cannot be fetched, prepared, published or kept is found out before a bond is at stake.
  const chunks = chunksOfMask(choice.word, choice.mask).map((chunkIndex) => chunkRect(geometry, chunkIndex));
  await frames()
    .prepare((chunks[0] as ChunkRect).frame)
    .catch((error: unknown) => {
      jobs.refuse(job.jobId);
      throw error;
    });
  const reservation = await reserveFor(context, { chunks, nowSeconds, signal });
  try {
    if (!from.mayTake()) return undefined;
    const { leaseId, blockNumber } = await chain.takeLease(
      {
        jobId: job.jobId,
        word: choice.word,
        mask: choice.mask,
        weightsWord: weightsWord(weights, choice.word),
        weightsProof: weightsProof(weights, choice.word),
      },
      { signal },
    );
    context.log.info(
      { leaseId, jobId: job.jobId, chunks: chunks.map(({ chunkIndex }) => chunkIndex), blockNumber },
      'lease taken',
    );
    await reservation.assign(leaseId);
    return blockNumber;
  } finally {
    await reservation.release();
  }
}

/** Milliseconds that the store may take for an IPFS block that shows it takes any. */
const PROBE_MS = 15_000;

/**
 * Room on this worker's disk for the leaves of a lease, once the store has shown that it takes what will be published.
 * Throws takes-no-lease with the reason.
 */
async function reserveFor(
  { store, spool, chain }: WorkerContext,
  lease: { chunks: readonly ChunkRect[]; nowSeconds: number; signal: AbortSignal },
): Promise<Reservation> {
  const bounds = { signal: lease.signal, deadlineMs: PROBE_MS };
  try {
    // An IPFS block that the store cannot have yet: one that it has would prove nothing.
    const probe = new TextEncoder().encode(`rushes probe of ${chain.account} at ${lease.nowSeconds}`);
    await store.unpin(await store.putBlock(probe, bounds), bounds);
    return await spool.reserve(lease.chunks);
  } catch (cause) {
    lease.signal.throwIfAborted();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RushesError({
      code: 'takes-no-lease',
      message: `no lease is taken, because what it needs could not be kept: ${reason}`,
      facts: { chunks: lease.chunks.length, reason },
      advice:
        (cause instanceof RushesError ? cause.advice : undefined) ?? 'The worker goes on by itself once it can be.',
      cause,
    });
  }
}

/**
 * Half of what this worker's share of the remaining chunks is, at least two: leases get smaller towards the end of a
 * job, so that all who render it end together.
 */
function fairShare(from: TakeNext, job: Readonly<LedgerJob>): number {
  const { free, voided } = countChunks(job);
  const workers = new Set([...from.ledger.openLeaseIds].map((leaseId) => from.ledger.leases.get(leaseId)?.worker));
  workers.add(from.account.account);
  return Math.max(2, Math.ceil((free + voided) / (2 * workers.size)));
}

/** What the coordinator suggests; undefined where none answers, so that the worker picks by itself. */
async function suggested(
  context: WorkerContext,
  from: TakeNext,
  maxChunks: number,
): Promise<Suggestion | 'nothing' | undefined> {
  if (from.suggestions === undefined) return undefined;
  try {
    return (
      (await from.suggestions.suggest({ worker: context.chain.account, maxChunks, signal: from.signal })) ?? 'nothing'
    );
  } catch (error) {
    context.log.debug(
      { error: error instanceof Error ? error.message : String(error) },
      'no coordinator answers; picking by itself',
    );
    return undefined;
  }
}

/** The bond an open lease locks: the policy's share of its pay. */
function bondOf(ledger: Ledger, lease: LedgerLease): bigint {
  const policy = policyOf(ledger, lease);
  return policy === undefined ? 0n : priceLease({ policy, payWei: lease.payWei }).bondWei;
}

/**
 * Milliseconds of rendering that a taken lease stands for; of another job's lease, one second per chunk, until it is
 * known better.
 */
function queuedMsOf(
  context: WorkerContext,
  of: { lease: LedgerLease; job: Pick<LedgerJob, 'jobId'>; weights: Uint16Array },
): number {
  const { lease } = of;
  const units =
    lease.jobId === of.job.jobId
      ? unitsOf(of.weights, lease.word, lease.mask)
      : chunksOfMask(lease.word, lease.mask).length;
  return units * (context.jobs.msPerUnit(lease.jobId) ?? 1000);
}
