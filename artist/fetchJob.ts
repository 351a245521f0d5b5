import { BadInputError, RushesError } from '../protocol/errors.js';
import { type Geometry, geometryOf, tilesPerFrame } from '../protocol/geometry.js';
import type { LeaseId } from '../protocol/ids.js';
import { chunkState, type LedgerJob } from '../protocol/ledger.js';
import { type Manifest, parseManifest } from '../protocol/manifest.js';
import type { Outputs } from '../protocol/outputs.js';
import type { ObjectStore } from '../protocol/ports.js';
import type { ArtistEvent } from './ArtistEvent.js';
import { type CollectedFrame, fetchFrame } from './fetchFrame.js';
import { outageOf, outliveOutage } from './outliveOutage.js';
import type { ChainWatch } from './watchChain.js';

/** A frame that was asked for and is not there, and why. */
export type AbsentFrame =
  /** Not all of its chunks are verified and paid. */
  | { number: number; why: 'unpaid'; chunksPaid: number; chunkCount: number }
  /** It is paid, and what is needed of it cannot be had or is not what was paid for. */
  | { number: number; why: 'unavailable'; error: RushesError };

/** What fetching a job gave, beside the frames that were handed over. */
export interface FetchedJob {
  manifest: Manifest;
  /** In the order of their numbers. */
  absent: AbsentFrame[];
  /** Outputs indices that were read, by lease. */
  outputs: ReadonlyMap<LeaseId, Outputs>;
}

const TILE_DEADLINE_MS = 30_000;
/** What nobody provides now is asked for again for so long; whoever fetches can come back. */
const PATIENCE_MS = 10_000;
/** Once something was nowhere to be had, the next frame that is not is given up sooner. */
const IMPATIENT_DEADLINE_MS = 5_000;

/**
 * Fetches the frames of a job that are paid, whoever ordered it, and hands each over, checked against what its workers
 * committed to. Reads only: nothing is paid or signed. Throws BadInputError for frames that the job does not have, code
 * `not-retrievable` when nobody has its manifest, and the store's error when the store itself is away.
 */
export async function fetchJob({
  job,
  watch,
  store,
  frames,
  onFrame,
  onEvent = () => {},
  patienceMs = PATIENCE_MS,
}: {
  job: Readonly<LedgerJob>;
  watch: ChainWatch;
  store: Pick<ObjectStore, 'getBlock' | 'getFile'>;
  /** Numbers in the animation, inclusive; undefined: all. */
  frames: { first: number; last: number } | undefined;
  onFrame: (frame: CollectedFrame, manifest: Manifest) => void | Promise<void>;
  onEvent?: (event: ArtistEvent) => void;
  /** How long what cannot be had is asked for. */
  patienceMs?: number;
}): Promise<FetchedJob> {
  const { signal } = watch;
  const manifest = await readManifest({ job, store, patienceMs, onEvent, signal });
  const geometry = geometryOf(manifest);
  const range = frames ?? manifest.frames;
  requireFrames({ job, manifest, range });
  const outputs = new Map<LeaseId, Outputs>();
  const absent: AbsentFrame[] = [];
  let deadlineMs = TILE_DEADLINE_MS;
  for (let number = range.first; number <= range.last; number++) {
    const offset = number - geometry.firstFrame;
    const paid = paidChunks(job, geometry, offset);
    if (paid.chunksPaid < paid.chunkCount) {
      absent.push({ number, why: 'unpaid', ...paid });
      continue;
    }
    const { ledger } = watch.log;
    const request = { ledger, job, manifest, offset, store, outputs, deadlineMs, signal };
    const isPatient = deadlineMs === TILE_DEADLINE_MS;
    const attempt = (): Promise<CollectedFrame> => fetchFrame(request);
    let frame: CollectedFrame;
    try {
      frame = await outliveOutage({ attempt, onEvent, signal, patienceMs: isPatient ? patienceMs : 0 });
    } catch (error) {
      signal.throwIfAborted();
      if (!isOfFrame(error)) throw error;
      absent.push({ number, why: 'unavailable', error });
      deadlineMs = IMPATIENT_DEADLINE_MS;
      continue;
    }
    await onFrame(frame, manifest);
  }
  return { manifest, absent, outputs };
}

/** Errors that say something of one frame; any other says that the store is away. */
function isOfFrame(error: unknown): error is RushesError {
  const codes = ['not-retrievable', 'content-mismatch', 'deadline', 'malformed', 'no-output', 'wrong-output'];
  const sizes = ['block-too-large', 'file-too-large', 'unsupported-codec', 'bad-input'];
  return error instanceof RushesError && [...codes, ...sizes].includes(error.code);
}

async function readManifest({
  job,
  store,
  patienceMs,
  onEvent,
  signal,
}: {
  job: Readonly<LedgerJob>;
  store: Pick<ObjectStore, 'getBlock'>;
  patienceMs: number;
  onEvent: (event: ArtistEvent) => void;
  signal: AbortSignal;
}): Promise<Manifest> {
  const attempt = async (): Promise<Manifest> =>
    parseManifest(await store.getBlock(job.manifestDigest, { deadlineMs: TILE_DEADLINE_MS, signal }));
  try {
    return await outliveOutage({ attempt, onEvent, signal, patienceMs });
  } catch (error) {
    signal.throwIfAborted();
    if (outageOf(error) === undefined || (error as RushesError).code === 'ipfs-unreachable') throw error;
    throw new RushesError({
      code: 'not-retrievable',
      message: `nobody has the manifest of job ${job.jobId}, without which its frames cannot be put together`,
      facts: { jobId: job.jobId, manifestDigest: job.manifestDigest },
      advice: 'ask again when a machine that keeps it is there.',
      cause: error,
    });
  }
}

function requireFrames({
  job,
  manifest,
  range,
}: {
  job: Pick<LedgerJob, 'jobId'>;
  manifest: Manifest;
  range: { first: number; last: number };
}): void {
  const { first, last } = manifest.frames;
  if (range.first >= first && range.last <= last) return;
  throw new BadInputError({
    code: 'no-frames',
    message: `job ${job.jobId} has ${first === last ? `frame ${first} alone` : `frames ${first} to ${last}`}, not ${range.first === range.last ? range.first : `${range.first} to ${range.last}`}`,
    facts: { jobId: job.jobId, first, last },
    advice: 'ask for frames that it has.',
  });
}

function paidChunks(
  job: Readonly<LedgerJob>,
  geometry: Geometry,
  offset: number,
): { chunksPaid: number; chunkCount: number } {
  const tiles = tilesPerFrame(geometry);
  let chunksPaid = 0;
  for (let chunk = offset * tiles; chunk < (offset + 1) * tiles; chunk++)
    if (chunkState(job, chunk) === 'paid') chunksPaid++;
  return { chunksPaid, chunkCount: tiles };
}
