import type { LeaseView, WorkerAction } from '../LeaseView.js';

/**
 * TAKEN: render and commit before the deadline; after it the chunks are given back, by the worker as well as by anyone.
 */
export function decideTaken(view: LeaseView<'TAKEN'>): WorkerAction {
  if (view.forfeit) return { do: 'voidConvicted' };
  return view.now.seconds > view.lease.deadline ? { do: 'expire' } : { do: 'renderAndCommit' };
}
