import { type LeaseView, type VerifierAction, isTurn } from '../LeaseView.js';

/** SEALED: the worker opens, or is convicted for not opening. */
export function decideSealed(view: LeaseView<'SEALED'>): VerifierAction {
  if (view.forfeit) return isTurn(view) ? { do: 'voidConvicted' } : { do: 'wait' };
  return view.now.seconds > view.lease.openDeadline + view.delaySeconds ? { do: 'expire' } : { do: 'wait' };
}
