import type { LeaseState } from '../protocol/ledger.js';
import type { LeaseView, WorkerAction } from './LeaseView.js';
import { decideCommitted } from './states/committed.js';
import { decideEnded } from './states/ended.js';
import { decideOpened } from './states/opened.js';
import { decideSealed } from './states/sealed.js';
import { decideTaken } from './states/taken.js';

/**
 * The worker's whole behaviour towards a lease of its own, by state. The contract moves the lease; each decision is a
 * pure function of the ledger and the time, so a worker that starts anew decides as the one before it would have.
 *
 * TAKEN -> (renderAndCommit) COMMITTED -> (verifiers seal) SEALED -> (open) OPENED -> (verifiers reveal) PAYABLE | VOID
 * | CONVICTED TAKEN -> (expire) EXPIRED;  COMMITTED -> (settleUndrawn) PAYABLE, -> (expire) COMMITTED again, then VOID;
 * any open state -> (voidConvicted) VOID
 */
const DECISIONS: { [State in LeaseState]: (view: LeaseView<State>) => WorkerAction } = {
  TAKEN: decideTaken,
  COMMITTED: decideCommitted,
  SEALED: decideSealed,
  OPENED: decideOpened,
  PAYABLE: decideEnded,
  VOID: decideEnded,
  CONVICTED: decideEnded,
  EXPIRED: decideEnded,
};

/** What to do next about one of the worker's own leases. */
export function decide(view: LeaseView): WorkerAction {
  return (DECISIONS[view.lease.state] as (view: LeaseView) => WorkerAction)(view);
}
