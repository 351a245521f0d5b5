import { RushesError } from '../protocol/errors.js';
import type { Ledger, LedgerJob } from '../protocol/ledger.js';
import type { ArtistEvent } from './ArtistEvent.js';
import type { ArtistSession } from './ArtistSession.js';
import type { FrameCollector } from './collectFrames.js';
import { type JobOrder, placeJob } from './orderJob.js';
import { deadEndOf } from './deadEndOf.js';
import { progressOf } from './progressOf.js';
import { jobSecondsLeft } from './secondsLeft.js';
import { watchAbsence } from './watchAbsence.js';
import type { ChainWatch } from './watchChain.js';

/** Milliseconds since the epoch at which a job got so far; undefined: not yet. */
export interface JobTimes {
  firstCommitMs: number | undefined;
  allRenderedMs: number | undefined;
  allPaidMs: number | undefined;
}

/**
 * An order that the chain lost with its newest blocks is sent again after this, once the chain is known to be the one it
 * was: nothing is paid on another.
 */
const LOST_AFTER_MS = 20_000;

/**
 * Follows a job until every frame is collected. Outlives outages, and sends the order again where the chain lost it.
 * Rejects when the job cannot end: closed by its artist elsewhere, past its deadline, out of money, or gone with its
 * chain.
 */
export async function followJob({
  session,
  watch,
  order,
  collector,
  lostAfterMs = LOST_AFTER_MS,
  onEvent = () => {},
}: {
  session: ArtistSession;
  watch: ChainWatch;
  order: JobOrder;
  collector: FrameCollector;
  /** How long the chain may not have the order before it is sent again. */
  lostAfterMs?: number;
  onEvent?: (event: ArtistEvent) => void;
}): Promise<JobTimes> {
  const times: JobTimes = { firstCommitMs: undefined, allRenderedMs: undefined, allPaidMs: undefined };
  const absence = watchAbsence({ session, watch, onEvent });
  let shown = '';
  let missingSinceMs: number | undefined;
  const step = async (): Promise<void> => {
    watch.signal.throwIfAborted();
    absence.check();
    const { ledger } = watch.log;
    const job = ledger.jobs.get(order.jobId);
    if (job === undefined) {
      missingSinceMs ??= performance.now();
      const isSameChain = (watch.confirmedAtMs() ?? -Infinity) > missingSinceMs;
      if (isSameChain && performance.now() - missingSinceMs > lostAfterMs) {
        await placeJob({ session, watch, order, onEvent });
        onEvent({ kind: 'reordered', jobId: order.jobId });
        missingSinceMs = undefined;
      }
    } else {
      missingSinceMs = undefined;
      const progress = progressOf(ledger, job);
      if (progress.rendered > 0) times.firstCommitMs ??= Date.now();
      if (progress.rendered === progress.total) times.allRenderedMs ??= Date.now();
      if (progress.paid === progress.total) times.allPaidMs ??= Date.now();
      const now = JSON.stringify(progress);
      if (now !== shown) absence.moved();
      shown = now;
      const nowSeconds = watch.log.head?.timestampSeconds ?? 0;
      const secondsLeft = jobSecondsLeft({ ledger, job, weights: order.weights, nowSeconds });
      onEvent({ kind: 'progress', progress, secondsLeft });
      if (await collector.step(ledger, job)) {
        absence.moved();
        return;
      }
      requireFuture(ledger, job, { watch, weights: order.weights });
    }
    await watch.changed();
  };
  try {
    while (!collector.done) await step();
  } finally {
    await absence.stop();
  }
  return times;
}

/** Throws when the chunks that are not paid can never be. */
function requireFuture(
  ledger: Ledger,
  job: Readonly<LedgerJob>,
  { watch, weights }: { watch: ChainWatch; weights: Uint16Array },
): void {
  const deadEnd = deadEndOf(ledger, job, watch.log.head?.timestampSeconds ?? 0, weights);
  if (deadEnd === 'closed')
    throw new RushesError({
      code: 'job-closed',
      message: `job ${job.jobId} was cancelled`,
      facts: { jobId: job.jobId },
      advice: 'order it anew: that is another job.',
    });
  if (deadEnd === 'late')
    throw new RushesError({
      code: 'job-late',
      message: `the deadline of job ${job.jobId} has passed and not all of it is rendered`,
      facts: { jobId: job.jobId, deadlineSeconds: job.deadlineSeconds },
      advice: 'order it anew with a later deadline; what was not earned came back.',
    });
  if (deadEnd === 'no-budget')
    throw new RushesError({
      code: 'no-budget',
      message: `the budget of job ${job.jobId} is used up: too many chunks had to be rendered again`,
      facts: { jobId: job.jobId, unreservedWei: job.unreservedWei.toString() },
      advice: 'order it anew with a higher budget.',
    });
}
