import type { Address, JobId, Wei } from '../protocol/ids.js';
import type { JobWish } from '../protocol/jobWish.js';
import { equalWeights } from '../protocol/weights.js';
import type { Ledger } from '../protocol/ledger.js';
import { type DeadEnd, deadEndOf } from './deadEndOf.js';
import { type JobProgress, progressOf } from './progressOf.js';
import { jobSecondsLeft } from './secondsLeft.js';

/** A job as its artist looks after it. */
export interface JobEntry {
  jobId: JobId;
  artist: Address;
  /** `stuck-...`: it can never end, and why. */
  state: 'complete' | 'cancelled' | 'waiting' | 'running' | 'stuck-late' | 'stuck-no-budget';
  paused: boolean;
  priority: number;
  progress: JobProgress;
  /** At the pace so far, every chunk taken to weigh the same; undefined while that cannot be said. */
  secondsLeft: number | undefined;
  deadlineSeconds: number;
  fundedWei: Wei;
  spentWei: Wei;
  /** In escrow still: held by leases, and free. */
  reservedWei: Wei;
  unreservedWei: Wei;
  withdrawnWei: Wei;
}

/** The jobs of an artist, newest first; of everybody where `artist` is undefined. Pure. */
export function listJobs({
  ledger,
  artist,
  wishes,
  nowSeconds,
}: {
  ledger: Ledger;
  artist: Address | undefined;
  wishes: readonly JobWish[];
  /** By the chain's clock. */
  nowSeconds: number;
}): JobEntry[] {
  const wished = new Map(wishes.map((wish) => [wish.jobId, wish]));
  return [...ledger.jobs.values()]
    .filter((job) => artist === undefined || job.artist === artist)
    .reverse()
    .map((job) => {
      const progress = progressOf(ledger, job);
      const deadEnd = deadEndOf(ledger, job, nowSeconds, undefined);
      const weights = equalWeights(job.chunkCount);
      const isOpen = !job.completed && !job.closed && deadEnd === undefined;
      return {
        jobId: job.jobId,
        artist: job.artist,
        state: job.completed ? 'complete' : job.closed ? 'cancelled' : stateOf(deadEnd, job.leaseIds.length),
        paused: isOpen && (wished.get(job.jobId)?.paused ?? false),
        priority: wished.get(job.jobId)?.priority ?? 0,
        progress,
        secondsLeft: isOpen ? jobSecondsLeft({ ledger, job, weights, nowSeconds }) : undefined,
        deadlineSeconds: job.deadlineSeconds,
        fundedWei: job.fundedWei,
        spentWei: job.spentWei,
        reservedWei: job.reservedWei,
        unreservedWei: job.unreservedWei,
        withdrawnWei: job.withdrawnWei,
      };
    });
}

function stateOf(deadEnd: DeadEnd | undefined, leases: number): JobEntry['state'] {
  if (deadEnd === 'late') return 'stuck-late';
  if (deadEnd === 'no-budget') return 'stuck-no-budget';
  return leases === 0 ? 'waiting' : 'running';
}
