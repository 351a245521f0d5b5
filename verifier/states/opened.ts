import { type LeaseView, type VerifierAction, isTurn } from '../LeaseView.js';

/**
 * OPENED: compare and reveal. A leaf demanded on chain and not shown in time convicts; verifiers that stay silent are
 * reported after the deadline.
 */
export function decideOpened(view: LeaseView<'OPENED'>): VerifierAction {
  const { lease, now, delaySeconds } = view;
  if (view.forfeit) return isTurn(view) ? { do: 'voidConvicted' } : { do: 'wait' };
  const pending = lease.commitment.audits.flatMap(({ verifier, demand }) =>
    demand !== undefined && !demand.answered ? [{ verifier, demand }] : [],
  );
  if (pending.some(({ demand }) => now.seconds > demand.answerDeadline + delaySeconds)) return { do: 'expire' };
  const mine = lease.commitment.audits.find((audit) => audit.verifier === view.self && audit.sealHash !== undefined);
  const mayReveal =
    mine !== undefined && mine.reveal === undefined && !pending.some(({ verifier }) => verifier === view.self);
  if (mayReveal && now.seconds <= lease.revealDeadline) return { do: 'reveal' };
  return now.seconds > lease.revealDeadline + delaySeconds ? { do: 'expire' } : { do: 'wait' };
}
