import { drawAudit, leavesToOpen } from '../../protocol/draw.js';
import { InvariantError } from '../../protocol/errors.js';
import { LEAF_FLOATS, chunkRect } from '../../protocol/geometry.js';
import { leafSalt } from '../../protocol/hashes.js';
import type { Bytes32, Cid } from '../../protocol/ids.js';
import { type LedgerLease, commitmentOf } from '../../protocol/ledger.js';
import { chunksOfMask } from '../../protocol/masks.js';
import { encodeChunkOpening, encodeOpeningIndex } from '../../protocol/opening.js';
import { merklePaths } from '../../protocol/trees.js';
import { leaseSecret } from '../leaseSecret.js';
import type { WorkerContext } from '../WorkerContext.js';
import { leafHashes, leavesOf } from './renderLease.js';

/** SEALED: publishes the drawn leaves with their paths and puts the digest of their index on chain. */
export async function openLease(context: WorkerContext, lease: LedgerLease, signal: AbortSignal): Promise<number> {
  const draw = commitmentOf(lease)?.draw;
  if (draw === undefined)
    throw new InvariantError({
      what: `draw of lease ${lease.leaseId} in state ${lease.state}`,
      expected: 'known',
      actual: 'unknown',
    });
  const { geometry } = await context.jobs.open(lease.jobId);
  const rects = chunksOfMask(lease.word, draw.drawnMask).map((chunkIndex) => chunkRect(geometry, chunkIndex));
  const secret = leaseSecret({ key: context.key, ...context.chain.network, leaseId: lease.leaseId });
  const chunks: { chunkIndex: number; cid: Cid }[] = [];
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
    chunks.push({
      chunkIndex: rect.chunkIndex,
      cid: await context.store.putFile(encodeChunkOpening({ chunkIndex: rect.chunkIndex, leaves: opened }), { signal }),
    });
  }
  const { bytes, digest } = encodeOpeningIndex({ leaseId: lease.leaseId, chunks });
  await context.store.putBlock(bytes, { signal });
  const { blockNumber } = await context.chain.open({ leaseId: lease.leaseId, openingDigest: digest }, { signal });
  context.log.info({ leaseId: lease.leaseId, chunks: chunks.length, blockNumber }, 'lease opened');
  return blockNumber;
}
