import type { Logger } from 'pino';
import { isUnstorable } from '../../adapters/database/connectDatabase.js';
import { type Backoff, createBackoff } from '../../protocol/createBackoff.js';
import { BadInputError, MalformedError } from '../../protocol/errors.js';
import type { JobId } from '../../protocol/ids.js';
import type { ObjectStore } from '../../protocol/ports.js';
import { readJob } from '../../protocol/readJob.js';
import type { Session } from '../Session.js';
import { refuseJobDocuments, writeJobDocuments } from '../store/writeJobDocuments.js';

/** Jobs looked at in one go. */
const PARALLEL = 4;
const FETCH_DEADLINE_MS = 20_000;
/** How long the next look at the jobs may take to come by itself. */
const LOOK_MS = 500;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** The ledger has a block a moment before the database does. */
const NOT_WRITTEN = 'the block that made the job is not written yet';
/**
 * A job of more chunks is not suggested: its rows would crowd out everybody else's. Workers can still take its leases
 * by themselves.
 */
const MAX_CHUNKS = 500_000;

/** The task that reads manifests. */
export interface FetchingDocuments {
  /** Looks for jobs without documents soon. */
  look(): void;
  /**
   * After a rollback: which jobs have their chunks has to be found out anew. A job may be back already, its chunks
   * gone.
   */
  forget(): void;
  /** Settles when the signal aborted; rejects when the database went away. */
  closed: Promise<void>;
}

/**
 * Reads the manifest, terms and weights of every job from IPFS, and with them makes the job's chunks, as long as the
 * signal lets it. Jobs that can still be worked on come first. What nobody provides is tried again with growing pauses;
 * documents that contradict the chain are refused for good.
 */
export function fetchDocuments(options: {
  session: Session;
  objects: ObjectStore;
  signal: AbortSignal;
  log: Logger;
}): FetchingDocuments {
  const { session, signal } = options;
  const { db } = session.database;
  const done = new Set<JobId>();
  const later = new Map<JobId, { atMs: number; backoff: Backoff }>();
  const running = new Set<JobId>();
  let rollbacks = 0;
  let wake: () => void = () => undefined;
  let failure: unknown;

  async function fetchOne(jobId: JobId): Promise<void> {
    const job = session.state.ledger.jobs.get(jobId);
    if (job === undefined) return;
    // What was written before a rollback went with it.
    const rollbacksBefore = rollbacks;
    const finish = (): void => {
      if (rollbacks === rollbacksBefore) done.add(jobId);
    };
    try {
      if (job.chunkCount > MAX_CHUNKS)
        throw new BadInputError({
          message: `the job has ${job.chunkCount} chunks, more than the ${MAX_CHUNKS} a coordinator keeps`,
        });
      const documents = await readJob({
        job,
        store: options.objects,
        bounds: { signal, deadlineMs: FETCH_DEADLINE_MS },
      });
      if (!(await writeJobDocuments(db, { jobId, documents, stateNow: () => session.state })))
        return tryLater(jobId, NOT_WRITTEN);
      options.log.info({ jobId, chunks: job.chunkCount }, 'job ready');
      finish();
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof MalformedError || error instanceof BadInputError || isUnstorable(error)) {
        if (!(await refuseJobDocuments(db, jobId, error.message))) return tryLater(jobId, NOT_WRITTEN);
        options.log.warn({ jobId, reason: error.message }, 'job refused: its documents cannot be used');
        finish();
        return;
      }
      if (!isFromStore(error)) throw error;
      tryLater(jobId, error instanceof Error ? error.message : String(error));
    }
  }

  function tryLater(jobId: JobId, reason: string): void {
    const backoff =
      later.get(jobId)?.backoff ??
      createBackoff({ firstMs: FIRST_PAUSE_MS, longestMs: LONGEST_PAUSE_MS, random: Math.random });
    const retryInMs = backoff.nextMs();
    later.set(jobId, { atMs: performance.now() + retryInMs, backoff });
    options.log.info({ jobId, reason, retryInMs }, 'documents of a job cannot be had yet');
  }

  function candidates(): JobId[] {
    const nowMs = performance.now();
    return [...session.state.ledger.jobs.values()]
      .filter((job) => !done.has(job.jobId) && !running.has(job.jobId) && (later.get(job.jobId)?.atMs ?? 0) <= nowMs)
      .sort(
        (a, b) => Number(a.closed || a.completed) - Number(b.closed || b.completed) || a.createdBlock - b.createdBlock,
      )
      .map((job) => job.jobId);
  }

  async function run(): Promise<void> {
    const known = await db.selectFrom('jobs').select('job_id').where('documents', '<>', 'pending').execute();
    if (rollbacks === 0) for (const row of known) done.add(row.job_id as JobId);
    while (!signal.aborted && failure === undefined) {
      for (const jobId of candidates().slice(0, PARALLEL - running.size)) {
        running.add(jobId);
        void fetchOne(jobId)
          .catch((error: unknown) => {
            failure ??= error;
          })
          .finally(() => {
            running.delete(jobId);
            wake();
          });
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, LOOK_MS);
      });
    }
    if (failure !== undefined && !signal.aborted) throw failure;
  }

  signal.addEventListener('abort', () => wake(), { once: true });
  return {
    look: () => wake(),
    forget() {
      rollbacks++;
      done.clear();
      wake();
    },
    closed: run(),
  };
}

/** Whether an error says that IPFS, not the database, is the trouble. */
function isFromStore(error: unknown): boolean {
  return [
    'not-retrievable',
    'deadline',
    'ipfs-unreachable',
    'ipfs-refused',
    'content-mismatch',
    'block-too-large',
    'disk-full',
    'file-too-large',
  ].includes(String((error as { code?: unknown }).code));
}
