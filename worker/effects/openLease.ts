import { cidOfFile } from '../../adapters/ipfs/cidOfFiles.js';
import { untilDeadline } from '../../party/Clock.js';
import { drawAudit, leavesToOpen } from '../../protocol/draw.js';
import { InvariantError } from '../../protocol/errors.js';
import { LEAF_FLOATS, chunkRect } from '../../protocol/geometry.js';
import { leafSalt } from '../../protocol/hashes.js';
import type { Bytes32, Cid } from '../../protocol/ids.js';
import { chunksOfMask } from '../../protocol/masks.js';
import { encodeChunkOpening, encodeOpeningIndex } from '../../protocol/opening.js';
import { merklePaths } from '../../protocol/trees.js';
import { leaseSecret } from '../leaseSecret.js';
import type { LeaseIn } from '../LeaseView.js';
import type { WorkerContext } from '../WorkerContext.js';
import { leafHashes, leavesOf } from './renderLease.js';

/**
 * SEALED: publishes the drawn leaves with their paths and puts the digest of their index on chain. Where the store takes
 * nothing, tries again while two thirds of the time last, and opens all the same then: verifiers demand leaves on chain,
 * and a worker that answers loses its pay at worst, while one that never opened loses its stake.
 */
export async function openLease(
  context: WorkerContext,
  options: {
    lease: LeaseIn<'SEALED'>;
    /** Until the deadline, and from the seals to the deadline. */
    secondsLeft: number;
    openSeconds: number;
    signal: AbortSignal;
  },
): Promise<number> {
  const { lease, secondsLeft, openSeconds, signal } = options;
  const opening = await makeOpening(context, lease, signal);
  const patienceSeconds = secondsLeft - openSeconds / 3;
  try {
    const bounds = {
      signal: AbortSignal.any([signal, untilDeadline(context.clock, Math.max(openSeconds / 6, patienceSeconds))]),
    };
    for (const file of opening.files) {
      const cid = await context.store.putFile(file.bytes, bounds);
      if (cid !== file.cid) throw new InvariantError({ what: 'CID of an opening', expected: file.cid, actual: cid });
    }
    await context.store.putBlock(opening.index.bytes, bounds);
  } catch (error) {
    if (signal.aborted || patienceSeconds > 0) throw error;
    context.log.error(
      { leaseId: lease.leaseId, secondsLeft, error: error instanceof Error ? error.message : String(error) },
      'the store takes no opening: opening on chain without it, to answer there what verifiers demand',
    );
  }
  const { blockNumber } = await context.chain.open(
    { leaseId: lease.leaseId, openingDigest: opening.index.digest },
    { signal },
  );
  context.log.info({ leaseId: lease.leaseId, chunks: opening.files.length, blockNumber }, 'lease opened');
  return blockNumber;
}

/** The opening of every drawn chunk, and the index of them. */
async function makeOpening(
  context: WorkerContext,
  lease: LeaseIn<'SEALED'>,
  signal: AbortSignal,
): Promise<{ files: { bytes: Uint8Array; cid: Cid }[]; index: ReturnType<typeof encodeOpeningIndex> }> {
  const { draw } = lease.commitment;
  if (draw === undefined)
    throw new InvariantError({ what: `draw of sealed lease ${lease.leaseId}`, expected: 'known', actual: 'unknown' });
  const { geometry } = await context.jobs.open(lease.jobId);
  const rects = chunksOfMask(lease.word, draw.drawnMask).map((chunkIndex) => chunkRect(geometry, chunkIndex));
  const secret = leaseSecret({ key: context.key, ...context.chain.network, leaseId: lease.leaseId });
  const files: { chunkIndex: number; bytes: Uint8Array; cid: Cid }[] = [];
  for (const chunk of drawAudit({ seed: draw.seed, rects, batches: geometry.batches })) {
    const { rect } = chunk;
    const { leaves } = await leavesOf(context, { lease, chunkIndex: rect.chunkIndex, signal });
    const indices = leavesToOpen(chunk, geometry.batches);
    const paths = merklePaths(
      leafHashes({ secret, jobId: lease.jobId, leaseId: lease.leaseId, rect, batches: geometry.batches, leaves }),
      indices,
    );
    const opened = indices.map((leafIndex, i) => ({
      leafIndex,
      salt: leafSalt({ secret, leaseId: lease.leaseId, chunkIndex: rect.chunkIndex, leafIndex }),
      sums: leaves.subarray(leafIndex * LEAF_FLOATS, (leafIndex + 1) * LEAF_FLOATS),
      path: paths[i] as Bytes32[],
    }));
    const bytes = encodeChunkOpening({ chunkIndex: rect.chunkIndex, leaves: opened });
    files.push({ chunkIndex: rect.chunkIndex, bytes, cid: await cidOfFile(bytes) });
  }
  const chunks = files.map(({ chunkIndex, cid }) => ({ chunkIndex, cid }));
  return { files, index: encodeOpeningIndex({ leaseId: lease.leaseId, chunks }) };
}
