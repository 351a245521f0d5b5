import type { WorkerAction } from '../LeaseView.js';

/** PAYABLE, VOID, CONVICTED, EXPIRED: nothing will be asked any more; the daemon lets go of what was kept. */
export function decideEnded(): WorkerAction {
  return { do: 'wait' };
}
