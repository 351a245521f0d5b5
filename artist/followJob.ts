import { RushesError } from '../protocol/errors.js';
import type { Ledger, LedgerJob } from '../protocol/ledger.js';
import { chunksOfMask } from '../protocol/masks.js';
import type { ArtistEvent } from './ArtistEvent.js';
import type { ArtistSession } from './ArtistSession.js';
import type { FrameCollector } from './collectFrames.js';
import { type Absence, findAbsence } from './findAbsence.js';
import { type JobOrder, placeJob } from './orderJob.js';
import { progressOf } from './progressOf.js';
import { readPresence } from './readPresence.js';
import type { ChainWatch } from './watchChain.js';

/** Milliseconds since the epoch at which a job got so far; undefined: not yet. */
export interface JobTimes {
  firstCommitMs: number | undefined;
  allRenderedMs: number | undefined;
  allPaidMs: number | undefined;
}

/** Quiet for this long, a job asks who is missing; and it says so again after a while. */
const ASK_AFTER_MS = 10_000;
const ASK_EVERY_MS = 5_000;
const SAY_AGAIN_MS = 60_000;
/**
 * An order that the chain lost with its newest blocks is sent again after this. Longer than another chain takes to be
 * known for one: nothing is paid there.
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
  const quiet = createQuietWatch({ session, watch, onEvent });
  let shown = '';
  let missingSinceMs: number | undefined;
  while (!collector.done) {
    watch.signal.throwIfAborted();
    const { ledger } = watch.log;
    const job = ledger.jobs.get(order.jobId);
    if (job === undefined) {
      missingSinceMs ??= performance.now();
      if (performance.now() - missingSinceMs > lostAfterMs) {
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
      if (now !== shown) quiet.moved();
      shown = now;
      onEvent({ kind: 'progress', progress });
      if (await collector.step(ledger, job)) {
        quiet.moved();
        continue;
      }
      requireFuture(ledger, job, watch);
      await quiet.look();
    }
    await watch.changed();
  }
  return times;
}

/** Notices that nothing moves, asks who is missing, and tells of it now and then. */
function createQuietWatch({
  session,
  watch,
  onEvent,
}: {
  session: ArtistSession;
  watch: ChainWatch;
  onEvent: (event: ArtistEvent) => void;
}): { moved(): void; look(): Promise<void> } {
  let movedAtMs = performance.now();
  let askedAtMs = 0;
  let told: { atMs: number; missing: string } | undefined;
  const missingOf = (absence: Absence | undefined): string => absence?.roles.map(({ role }) => role).join() ?? '';
  return {
    moved() {
      movedAtMs = performance.now();
      told = undefined;
    },
    async look() {
      const nowMs = performance.now();
      const quietMs = nowMs - movedAtMs;
      if (quietMs < ASK_AFTER_MS || nowMs - askedAtMs < ASK_EVERY_MS) return;
      askedAtMs = nowMs;
      const { log, signal } = watch;
      const absence = findAbsence({
        ledger: log.ledger,
        presence: await readPresence({ network: session.network, log, signal }),
        quietMs,
      });
      const missing = missingOf(absence);
      if (told !== undefined && told.missing === missing && nowMs - told.atMs < SAY_AGAIN_MS) return;
      if (absence === undefined && quietMs < SAY_AGAIN_MS) return;
      told = { atMs: nowMs, missing };
      onEvent({ kind: 'stalled', quietMs, absence });
    },
  };
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
      advice: 'order it anew: that is another job.',
    });
  const timestamp = watch.log.head?.timestamp ?? 0;
  if (timestamp > job.deadlineSeconds)
    throw new RushesError({
      code: 'job-late',
      message: `the deadline of job ${job.jobId} has passed and not all of it is rendered`,
      facts: { jobId: job.jobId, deadline: job.deadlineSeconds },
      advice: 'order it anew with a later deadline; what was not earned came back.',
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
      advice: 'order it anew with a higher budget.',
    });
}
