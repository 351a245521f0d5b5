import { RushesError } from '../protocol/errors.js';
import type { Bytes32, JobId } from '../protocol/ids.js';
import type { Ledger } from '../protocol/ledger.js';
import type { ObjectStore } from '../protocol/ports.js';
import { type JobDocuments, readJob } from '../protocol/readJob.js';
import type { Clock } from './Clock.js';
import { machineClock } from './machineClock.js';
import { type ManifestFrames, openManifestFrames } from '../renderer/openManifestFrames.js';

/** A job whose documents were fetched and checked. */
export interface OpenJob extends JobDocuments {
  jobId: JobId;
  /**
   * The scene's frames; it is fetched and loaded when the first is wanted. Throws once the cache has let go of the job.
   */
  frames(): ManifestFrames;
}

/** Jobs that a worker or verifier has to do with. */
export interface JobCache {
  /** Processor time that preparing frames took since the start, in milliseconds. */
  readonly prepareCpuMs: number;
  /** Fetches and checks a job's documents once. Throws for a job that this engine cannot render. */
  open(jobId: JobId): Promise<OpenJob>;
  /** Whether the job failed to open or was refused within the last minute, or was refused for good. */
  isRefused(jobId: JobId): boolean;
  /** Leaves a job alone for a minute, because something of it cannot be rendered here. */
  refuse(jobId: JobId): void;
  /** Leaves a job alone for as long as it lasts. */
  refuseForGood(jobId: JobId): void;
  noteSpeed(jobId: JobId, render: { units: number; computeMs: number }): void;
  /** Measured wall milliseconds per work unit; undefined before the first chunk. */
  msPerUnit(jobId: JobId): number | undefined;
  /** Lets go of jobs that are over and have nothing open. */
  sweep(): void;
  /** Lets go of everything. */
  dispose(): Promise<void>;
}

/** Milliseconds a job that could not be opened or rendered is left alone. */
const REFUSAL_MS = 60_000;

export function createJobCache(options: {
  ledger: () => Ledger;
  store: ObjectStore;
  kernelHash: Bytes32;
  fetchMs: number;
  /** Memory that each scene may take, bytes; undefined for the usual. */
  sceneBytes?: number;
  signal: AbortSignal;
  clock?: Clock;
}): JobCache {
  const { store, kernelHash, signal, clock = machineClock } = options;
  const opened = new Map<
    JobId,
    { job: Promise<OpenJob>; frames: ManifestFrames | undefined; msPerUnit: number | undefined }
  >();
  const refusedUntilMs = new Map<JobId, number>();
  const refuse = (jobId: JobId): void =>
    void refusedUntilMs.set(jobId, Math.max(refusedUntilMs.get(jobId) ?? 0, clock.nowMs() + REFUSAL_MS));
  const bounds = { signal, deadlineMs: options.fetchMs };
  let prepareCpuMs = 0;

  async function read(jobId: JobId): Promise<OpenJob> {
    const job = options.ledger().jobs.get(jobId);
    if (job === undefined)
      throw new RushesError({ code: 'job-unknown', message: `job ${jobId} is not on the chain`, facts: { jobId } });
    const documents = await readJob({ job, store, bounds });
    const { manifest } = documents;
    if (manifest.kernelHash !== kernelHash) {
      throw new RushesError({
        code: 'kernel-mismatch',
        message: `job ${jobId} asks for kernel ${manifest.kernelHash}, this engine has ${kernelHash}`,
        facts: { jobId },
        advice: 'Run the version of rushes that the artist runs.',
      });
    }
    return { ...documents, jobId, frames: () => openFrames(jobId, documents) };
  }

  function openFrames(jobId: JobId, { manifest }: JobDocuments): ManifestFrames {
    const entry = opened.get(jobId);
    // Frames are let go of with their entry: nobody would end the thread of others.
    if (entry === undefined)
      throw new RushesError({
        code: 'job-over',
        message: `job ${jobId} is over: there is nothing of it left to render`,
        facts: { jobId },
      });
    entry.frames ??= openManifestFrames({
      manifest,
      store,
      bounds,
      ...(options.sceneBytes === undefined ? {} : { sceneBytes: options.sceneBytes }),
      onPrepared: (cpuMs) => {
        prepareCpuMs += cpuMs;
      },
    });
    return entry.frames;
  }

  async function forget(jobId: JobId): Promise<void> {
    const frames = opened.get(jobId)?.frames;
    opened.delete(jobId);
    refusedUntilMs.delete(jobId);
    await frames?.dispose();
  }

  return {
    get prepareCpuMs() {
      return prepareCpuMs;
    },
    open(jobId) {
      const known = opened.get(jobId);
      if (known !== undefined) return known.job;
      const job = read(jobId);
      opened.set(jobId, { job, frames: undefined, msPerUnit: undefined });
      job.catch(() => {
        opened.delete(jobId);
        refuse(jobId);
      });
      return job;
    },
    isRefused: (jobId) => (refusedUntilMs.get(jobId) ?? 0) > clock.nowMs(),
    refuse,
    refuseForGood: (jobId) => void refusedUntilMs.set(jobId, Infinity),
    noteSpeed(jobId, { units, computeMs }) {
      const entry = opened.get(jobId);
      if (entry === undefined) return;
      const ms = computeMs / units;
      // A slow chunk counts at once, faster ones gradually: being late costs a bond.
      entry.msPerUnit = entry.msPerUnit === undefined || ms > entry.msPerUnit ? ms : 0.8 * entry.msPerUnit + 0.2 * ms;
    },
    msPerUnit: (jobId) => opened.get(jobId)?.msPerUnit,
    sweep() {
      for (const jobId of opened.keys()) {
        const job = options.ledger().jobs.get(jobId);
        if (job === undefined || ((job.closed || job.completed) && job.reservedWei === 0n)) void forget(jobId);
      }
    },
    async dispose() {
      await Promise.all([...opened.keys()].map(forget));
    },
  };
}
