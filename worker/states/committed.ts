import type { LeaseView, WorkerAction } from '../LeaseView.js';

/**
 * COMMITTED: wait for the seals. Where chunks are drawn with a probability below one, the worker itself brings the
 * header once its block is there, and is paid at once when nothing was drawn. Seals that do not come are redrafted
 * after their deadline.
 */
export function decideCommitted(view: LeaseView<'COMMITTED'>): WorkerAction {
  const { lease, now, policy } = view;
  if (view.forfeit) return { do: 'voidConvicted' };
  if (now.seconds > lease.sealDeadline) return { do: 'expire' };
  const { draw, drawBlock } = lease.commitment;
  const mayBeUndrawn =
    draw === undefined ? policy.shift > 0 && !view.knownDrawn && now.blockNumber >= drawBlock : draw.drawnMask === 0n;
  return mayBeUndrawn ? { do: 'settleUndrawn' } : { do: 'wait' };
}
