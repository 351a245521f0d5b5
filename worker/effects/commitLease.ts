import { InvariantError } from '../../protocol/errors.js';
import { encodeOutputs, rootOfOutputs } from '../../protocol/outputs.js';
import type { LeaseIn } from '../LeaseView.js';
import type { WorkerContext } from '../WorkerContext.js';
import { renderLease } from './renderLease.js';

/** TAKEN: renders and publishes what is missing, then commits the lease's root and the digest of its outputs index. */
export async function commitLease(
  context: WorkerContext,
  lease: LeaseIn<'TAKEN'>,
  signal: AbortSignal,
): Promise<number> {
  const outputs = await renderLease(context, lease, signal);
  context.rendered.add(lease.leaseId);
  const { bytes, cid, digest } = encodeOutputs(outputs);
  const stored = await context.store.putBlock(bytes, { signal });
  if (stored !== cid) throw new InvariantError({ what: 'CID of the outputs index', expected: cid, actual: stored });
  const root = rootOfOutputs(outputs, context.chain.network);
  const { blockNumber } = await context.chain.commit(
    { leaseId: lease.leaseId, root, outputsDigest: digest },
    { signal },
  );
  context.log.info(
    { leaseId: lease.leaseId, jobId: lease.jobId, chunks: outputs.chunks.length, root, blockNumber },
    'lease committed',
  );
  return blockNumber;
}
