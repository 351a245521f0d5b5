import { RushesError } from '../protocol/errors.js';
import type { JobId } from '../protocol/ids.js';
import type { Ledger, LedgerJob } from '../protocol/ledger.js';
import { chunksOfMask } from '../protocol/masks.js';
import type { FrameCollector } from './collectFrames.js';
import { type JobProgress, progressOf } from './progressOf.js';
import type { ChainWatch } from './watchChain.js';

/** Milliseconds since the epoch at which a job got so far; undefined: not yet. */
export interface JobTimes {
  firstCommitMs: number | undefined;
  allRenderedMs: number | undefined;
  allPaidMs: number | undefined;
}

/** How long nothing may move before a person is told. */
const QUIET_MS = 60_000;

/**
 * Follows a job until every frame is written. Rejects when it cannot end: closed by its artist elsewhere, past its
 * deadline, out of money.
 */
export async function followJob({
  watch,
  jobId,
  collector,
  onProgress,
  onQuiet,
  signal,
}: {
  watch: ChainWatch;
  jobId: JobId;
  collector: FrameCollector;
  onProgress: (progress: JobProgress) => void;
  onQuiet: (seconds: number) => void;
  signal: AbortSignal;
}): Promise<JobTimes> {
  const times: JobTimes = { firstCommitMs: undefined, allRenderedMs: undefined, allPaidMs: undefined };
  let movedAtMs = Date.now();
  let shown = '';
  while (!collector.done) {
    signal.throwIfAborted();
    const { ledger } = watch.log;
    const job = ledger.jobs.get(jobId);
    if (job !== undefined) {
      const progress = progressOf(ledger, job);
      if (progress.rendered > 0) times.firstCommitMs ??= Date.now();
      if (progress.rendered === progress.total) times.allRenderedMs ??= Date.now();
      if (progress.paid === progress.total) times.allPaidMs ??= Date.now();
      onProgress(progress);
      const now = JSON.stringify(progress);
      if (now !== shown) movedAtMs = Date.now();
      shown = now;
      if (await collector.step(ledger, job)) {
        movedAtMs = Date.now();
        continue;
      }
      requireFuture(ledger, job, watch);
      if (Date.now() - movedAtMs > QUIET_MS) {
        onQuiet(Math.round((Date.now() - movedAtMs) / 1000));
        movedAtMs = Date.now();
      }
    }
    await watch.changed();
  }
  return times;
}

/** Throws when the chunks that are not paid can never be. */
function requireFuture(ledger: Ledger, job: Readonly<LedgerJob>, watch: ChainWatch): void {
  const open = job.leaseIds.some((leaseId) => ledger.openLeaseIds.has(leaseId));
  if (open || job.completed) return;
  if (job.closed)
    throw new RushesError({
      code: 'job-closed',
      message: `job ${job.jobId} was cancelled`,
      facts: { jobId: job.jobId },
      advice: 'run the same command again for a new job.',
    });
  const timestamp = watch.log.head?.timestamp ?? 0;
  if (timestamp > job.deadline)
    throw new RushesError({
      code: 'job-late',
      message: `the deadline of job ${job.jobId} has passed and not all of it is rendered`,
      facts: { jobId: job.jobId, deadline: job.deadline },
      advice: 'run the same command again with a later --deadline; what was not earned came back.',
    });
  // The dearest chunk left cannot be dearer than all of the pay divided by the chunks: every chunk weighs the same.
  const dearest = [...job.leaseIds]
    .map((leaseId) => ledger.leases.get(leaseId)!)
    .reduce((most, lease) => {
      const per = lease.reservedWei / BigInt(chunksOfMask(lease.word, lease.mask).length);
      return per > most ? per : most;
    }, 0n);
  if (dearest > 0n && job.unreservedWei < dearest)
    throw new RushesError({
      code: 'no-budget',
      message: `the budget of job ${job.jobId} is used up: too many chunks had to be rendered again`,
      facts: { jobId: job.jobId, unreservedWei: job.unreservedWei.toString() },
      advice: 'run the same command again with a higher --budget.',
    });
}
