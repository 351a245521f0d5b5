import { bytes32Of } from '../../protocol/ids.js';
import { bytesOfHex, littleEndianBytes } from '../../protocol/bytes.js';
import { LEAF_FLOATS, blockAndBatchOf, chunkRect } from '../../protocol/geometry.js';
import { chunkRoot, leafSalt } from '../../protocol/hashes.js';
import { chunksOfMask } from '../../protocol/masks.js';
import type { ChunkOutput } from '../../protocol/outputs.js';
import { merklePath, treeHeight } from '../../protocol/trees.js';
import { leaseSecret } from '../leaseSecret.js';
import type { WorkerAction } from '../LeaseView.js';
import type { WorkerContext } from '../WorkerContext.js';
import { leafHashes, leavesOf } from './renderLease.js';

/**
 * OPENED: shows a demanded leaf on chain. A position that is padding of the tree is shown as such; one beyond the tree
 * is answered with the first leaf, whose path proves how small the tree is.
 */
export async function answerDemand(
  context: WorkerContext,
  demand: WorkerAction & { do: 'answer' },
  signal: AbortSignal,
): Promise<number> {
  const { lease } = demand;
  const { geometry } = await context.jobs.open(lease.jobId);
  const rect = chunkRect(geometry, demand.chunkIndex);
  const indices = chunksOfMask(lease.word, lease.mask);
  const outputs: ChunkOutput[] = [];
  let leaves = new Float32Array(0);
  for (const chunkIndex of indices) {
    const chunk = await leavesOf(context, { lease, chunkIndex, signal });
    outputs.push(chunk.output);
    if (chunkIndex === demand.chunkIndex) leaves = new Float32Array(chunk.leaves);
  }
  const place = indices.indexOf(demand.chunkIndex);
  const { pixelHash, preparedHash, kernelHash } = outputs[place] as ChunkOutput;
  const secret = leaseSecret({ key: context.key, ...context.chain.network, leaseId: lease.leaseId });
  const hashes = leafHashes({
    secret,
    jobId: lease.jobId,
    leaseId: lease.leaseId,
    rect,
    batches: geometry.batches,
    leaves,
  });
  while (hashes.length < 2 ** treeHeight(rect.leafCount)) hashes.push(new Uint8Array(32));
  const position = demand.leafIndex < hashes.length ? demand.leafIndex : 0;
  const isPadding = position >= rect.leafCount;
  const { block, batch } = blockAndBatchOf(position, geometry.batches);
  const { blockNumber } = await context.chain.answerOpening(
    {
      leaseId: lease.leaseId,
      verifier: demand.verifier,
      answer: {
        position,
        blockIndex: block,
        batch,
        salt: bytes32Of(leafSalt({ secret, leaseId: lease.leaseId, chunkIndex: rect.chunkIndex, leafIndex: position })),
        sums: isPadding
          ? new Uint8Array(0)
          : littleEndianBytes(leaves.subarray(position * LEAF_FLOATS, (position + 1) * LEAF_FLOATS)),
        leafPath: merklePath(hashes, position),
        pixelHash,
        preparedHash,
        kernelHash,
        chunkPath: merklePath(
          outputs.map((output) => bytesOfHex(chunkRoot(output))),
          place,
        ),
      },
    },
    { signal },
  );
  context.log.info(
    {
      leaseId: lease.leaseId,
      verifier: demand.verifier,
      chunkIndex: demand.chunkIndex,
      leafIndex: demand.leafIndex,
      blockNumber,
    },
    'demanded leaf answered',
  );
  return blockNumber;
}
