import type { LeaseView, WorkerAction } from '../LeaseView.js';

/**
 * SEALED: every verifier is bound to its values, so open what was drawn. Too late is lost: anyone may convict, and the
 * worker does not help.
 */
export function decideSealed(view: LeaseView<'SEALED'>): WorkerAction {
  if (view.forfeit) return { do: 'voidConvicted' };
  return view.now.seconds > view.lease.openDeadline ? { do: 'wait' } : { do: 'open' };
}
