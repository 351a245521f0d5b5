import { type LeaseView, type VerifierAction, isTurn } from '../LeaseView.js';

/**
 * COMMITTED: read the draw as soon as its block is there; seal when drawn, or where a place is open; settle what
 * nothing was drawn of. When the seals do not come in time, the lease is redrafted, the second time voided.
 */
export function decideCommitted(view: LeaseView<'COMMITTED'>): VerifierAction {
  const { lease, now, delaySeconds } = view;
  const { commitment } = lease;
  if (view.forfeit) return isTurn(view) ? { do: 'voidConvicted' } : { do: 'wait' };
  if (now.seconds > lease.sealDeadline)
    return now.seconds > lease.sealDeadline + delaySeconds ? { do: 'expire' } : { do: 'wait' };
  if (commitment.audits.some((audit) => audit.verifier === view.self && audit.sealHash !== undefined))
    return { do: 'wait' };
  const draw = commitment.draw ?? view.knownDraw;
  if (draw === undefined) return now.blockNumber >= commitment.drawBlock ? { do: 'readDraw' } : { do: 'wait' };

  // Anyone may do what follows here: leave the others a moment.
  const waited = now.seconds > commitment.committedAt + view.policy.drawDelayBlocks + delaySeconds;
  if (draw.drawnMask === 0n) return waited ? { do: 'settleUndrawn' } : { do: 'wait' };
  if (!commitment.redrafted && draw.verifiers.includes(view.self)) return { do: 'seal' };
  return view.eligible && waited && openPlaces(view) > 0 ? { do: 'seal' } : { do: 'wait' };
}

/**
 * Seals that verifiers who were not drawn may still bring: those that too few could be drawn for, and after a redraft
 * all that are missing.
 */
function openPlaces(view: LeaseView<'COMMITTED'>): number {
  const { commitment } = view.lease;
  const draw = commitment.draw ?? view.knownDraw;
  const sealed = commitment.audits.filter((audit) => audit.sealHash !== undefined).length;
  const reserved = commitment.redrafted
    ? 0
    : (draw?.verifiers ?? []).filter(
        (verifier) => !commitment.audits.some((audit) => audit.verifier === verifier && audit.sealHash !== undefined),
      ).length;
  return view.policy.verifierCount - sealed - reserved;
}
