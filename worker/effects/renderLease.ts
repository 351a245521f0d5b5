import { InvariantError } from '../../protocol/errors.js';
import { type ChunkRect, LEAF_FLOATS, blockAndBatchOf } from '../../protocol/geometry.js';
import { leafHash, leafSalt, pixelHash } from '../../protocol/hashes.js';
import { type Bytes32, type JobId, type LeaseId, bytes32Of } from '../../protocol/ids.js';
import type { LedgerLease } from '../../protocol/ledger.js';
import { chunksOfMask } from '../../protocol/masks.js';
import { canonicalizeSums } from '../../protocol/opening.js';
import type { ChunkOutput, Outputs } from '../../protocol/outputs.js';
import { merkleRoot } from '../../protocol/trees.js';
import { isUnderweighed, RAYS_PER_UNIT } from '../../protocol/workUnits.js';
import { chunkWorkOf } from '../../renderer/chunkWorkOf.js';
import { chunkOutput } from '../../renderer/image/chunkOutput.js';
import { encodeExrTile } from '../../renderer/image/encodeExrTile.js';
import { leaseSecret } from '../leaseSecret.js';
import { priorityOf } from '../../party/createSteadyEngine.js';
import type { OpenJob } from '../../party/createJobCache.js';
import type { WorkerContext } from '../WorkerContext.js';

/**
 * Chunks of one lease that may be rendered and not yet published: bounds memory while publishing overlaps with
 * rendering.
 */
const UNPUBLISHED = 2;

/**
 * Renders every chunk of a lease that the spool does not hold yet, publishes the pictures, spools the leaves, and
 * returns the outputs index. Doing it again gives the same bytes. The lease due first renders first; publishing one
 * chunk overlaps with rendering the next.
 */
export async function renderLease(context: WorkerContext, lease: LedgerLease, signal: AbortSignal): Promise<Outputs> {
  const job = await context.jobs.open(lease.jobId);
  const publishing: Promise<ChunkOutput>[] = [];
  const done = { rays: 0, units: 0, chunks: 0 };
  for (const [i, chunkIndex] of chunksOfMask(lease.word, lease.mask).entries()) {
    signal.throwIfAborted();
    if (i >= UNPUBLISHED) await publishing[i - UNPUBLISHED];
    const published = await obtainChunk(context, { lease, job, chunkIndex, signal });
    if (published.rays !== undefined) {
      done.rays += published.rays;
      done.units += job.weights[chunkIndex]!;
      done.chunks++;
    }
    // Awaited below; until then a failure must not count as unhandled.
    published.output.catch(() => undefined);
    publishing.push(published.output);
  }
  if (isUnderweighed(done)) leaveAlone(context, lease, done);
  return { jobId: lease.jobId, leaseId: lease.leaseId, worker: lease.worker, chunks: await Promise.all(publishing) };
}

/** This lease is done and paid as agreed; the job gets no other. */
function leaveAlone(context: WorkerContext, lease: LedgerLease, done: { rays: number; units: number }): void {
  context.jobs.refuseForGood(lease.jobId);
  const paidRays = done.units * RAYS_PER_UNIT;
  context.log.warn(
    { leaseId: lease.leaseId, jobId: lease.jobId, rays: done.rays, paidRays },
    `the job traces ${(done.rays / paidRays).toFixed(1)} times the rays that it pays for: no more of it is taken`,
  );
}

/** The spooled chunk, or a newly rendered one whose publishing goes on after this returns. */
async function obtainChunk(
  context: WorkerContext,
  options: { lease: LedgerLease; job: OpenJob; chunkIndex: number; signal: AbortSignal },
): Promise<{ output: Promise<ChunkOutput>; /** Traced just now. */ rays: number | undefined }> {
  const { lease, job, chunkIndex, signal } = options;
  const spooled = await context.spool.read(lease, chunkIndex);
  if (spooled !== undefined) return { output: Promise.resolve(spooled.output), rays: undefined };
  const work = chunkWorkOf(job.manifest, chunkIndex);
  const { rect } = work;
  const prepared = await job.frames().prepare(rect.frame);
  const startedMs = context.clock.nowMs();
  const { leaves, rays, cpuMs } = await context.renderLeaves({
    engine: context.engine.at(priorityOf(lease), (computeMs) =>
      context.jobs.noteSpeed(lease.jobId, { units: job.weights[chunkIndex] as number, computeMs }),
    ),
    prepared,
    signal,
    ...work,
  });
  context.log.debug(
    { leaseId: lease.leaseId, chunkIndex, frame: rect.frame, rays, cpuMs, wallMs: context.clock.nowMs() - startedMs },
    'chunk rendered',
  );
  return { output: publishChunk(context, { lease, job, rect, leaves, preparedHash: prepared.hash, signal }), rays };
}

async function publishChunk(
  context: WorkerContext,
  options: {
    lease: LedgerLease;
    job: OpenJob;
    rect: ChunkRect;
    leaves: Float32Array;
    preparedHash: Bytes32;
    signal: AbortSignal;
  },
): Promise<ChunkOutput> {
  const { lease, job, rect, leaves, preparedHash, signal } = options;
  const { halfs } = chunkOutput({
    leaves: canonicalizeSums(leaves),
    rect,
    samples: job.geometry.samples,
    batches: job.geometry.batches,
  });
  const cid = await context.store.putFile(await encodeExrTile({ width: rect.width, height: rect.height, halfs }), {
    signal,
  });
  const hashes = leafHashes({
    secret: leaseSecret({ key: context.key, ...context.chain.network, leaseId: lease.leaseId }),
    jobId: lease.jobId,
    leaseId: lease.leaseId,
    rect,
    batches: job.geometry.batches,
    leaves,
  });
  const output: ChunkOutput = {
    chunkIndex: rect.chunkIndex,
    cid,
    pixelHash: pixelHash(halfs),
    leafRoot: bytes32Of(merkleRoot(hashes)),
    preparedHash,
    kernelHash: job.manifest.kernelHash,
  };
  await context.spool.write(lease, { output, leaves });
  return output;
}

/** The hash of every leaf of a chunk, in the order of the tree. */
export function leafHashes(options: {
  secret: Uint8Array;
  jobId: JobId;
  leaseId: LeaseId;
  rect: ChunkRect;
  batches: number;
  leaves: Float32Array;
}): Uint8Array[] {
  const { secret, jobId, leaseId, rect, batches, leaves } = options;
  return Array.from({ length: rect.leafCount }, (_, leafIndex) =>
    leafHash({
      jobId,
      leaseId,
      chunkIndex: rect.chunkIndex,
      ...blockAndBatchOf(leafIndex, batches),
      salt: leafSalt({ secret, leaseId, chunkIndex: rect.chunkIndex, leafIndex }),
      sums: leaves.subarray(leafIndex * LEAF_FLOATS, (leafIndex + 1) * LEAF_FLOATS),
    }),
  );
}

/**
 * The leaves of one chunk of a committed lease, from the spool or rendered again. Throws when they are not what was
 * committed.
 */
export async function leavesOf(
  context: WorkerContext,
  options: { lease: LedgerLease; chunkIndex: number; signal: AbortSignal },
): Promise<{ output: ChunkOutput; leaves: Float32Array }> {
  const { lease, chunkIndex, signal } = options;
  const job = await context.jobs.open(lease.jobId);
  await (
    await obtainChunk(context, { lease, job, chunkIndex, signal })
  ).output;
  const spooled = await context.spool.read(lease, chunkIndex);
  if (spooled === undefined)
    throw new InvariantError({
      what: `spooled chunk ${chunkIndex} of lease ${lease.leaseId}`,
      expected: 'to read back',
      actual: 'missing or damaged',
    });
  return spooled;
}
