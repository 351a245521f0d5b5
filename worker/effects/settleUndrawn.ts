import { drawSeed, drawnMask } from '../../protocol/draw.js';
import { readBlockHeader } from '../../protocol/header.js';
import type { LeaseIn } from '../LeaseView.js';
import type { WorkerContext } from '../WorkerContext.js';

/**
 * COMMITTED: reads the draw's header; brings it to the contract when it shows that nothing was drawn. Resolves to
 * undefined when something was.
 */
export async function settleUndrawn(
  context: WorkerContext,
  lease: LeaseIn<'COMMITTED'>,
  shift: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  const header = await context.chain.readHeader(lease.commitment.drawBlock, { signal });
  const seed = drawSeed({ mixHash: readBlockHeader(header).mixHash, leaseId: lease.leaseId });
  if (drawnMask({ seed, mask: lease.mask, shift }) !== 0n) return undefined;
  const { blockNumber } = await context.chain.settleUndrawn({ leaseId: lease.leaseId, header }, { signal });
  context.log.info({ leaseId: lease.leaseId, blockNumber }, 'lease settled: nothing of it was drawn');
  return blockNumber;
}
