import type { LeaseView, WorkerAction } from '../LeaseView.js';

/** PAYABLE, VOID, CONVICTED, EXPIRED: nothing will be asked any more; let go of what was kept. */
export function decideEnded(_view: LeaseView<'PAYABLE' | 'VOID' | 'CONVICTED' | 'EXPIRED'>): WorkerAction {
  return { do: 'forget' };
}
