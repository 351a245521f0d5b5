import { type LeaseView, type VerifierAction, isTurn } from '../LeaseView.js';

/** TAKEN: nothing to audit yet; chunks of a worker that is gone are freed. */
export function decideTaken(view: LeaseView<'TAKEN'>): VerifierAction {
  if (view.forfeit) return isTurn(view) ? { do: 'voidConvicted' } : { do: 'wait' };
  return view.now.seconds > view.lease.deadline + view.delaySeconds ? { do: 'expire' } : { do: 'wait' };
}
