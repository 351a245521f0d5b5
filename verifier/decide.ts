import type { LeaseState } from '../protocol/ledger.js';
import type { LeaseView, VerifierAction } from './LeaseView.js';
import { decideCommitted } from './states/committed.js';
import { decideEnded } from './states/ended.js';
import { decideOpened } from './states/opened.js';
import { decideSealed } from './states/sealed.js';
import { decideTaken } from './states/taken.js';

/**
 * The verifier's whole behaviour towards anybody's lease, by state. The contract moves the lease; each decision is a
 * pure function of the ledger, the draw and the time, so a verifier that starts anew decides as the one before it would
 * have.
 *
 * COMMITTED -> (readDraw, then seal) SEALED -> (worker opens) OPENED -> (reveal) PAYABLE | VOID | CONVICTED
 * COMMITTED -> (settleUndrawn) PAYABLE;  any state after its deadline -> (expire);  any open state of a worker
 * convicted since -> (voidConvicted) VOID
 */
const DECISIONS: { [State in LeaseState]: (view: LeaseView<State>) => VerifierAction } = {
  TAKEN: decideTaken,
  COMMITTED: decideCommitted,
  SEALED: decideSealed,
  OPENED: decideOpened,
  PAYABLE: decideEnded,
  VOID: decideEnded,
  CONVICTED: decideEnded,
  EXPIRED: decideEnded,
};

/** What to do next about a lease. */
export function decide(view: LeaseView): VerifierAction {
  return (DECISIONS[view.lease.state] as (view: LeaseView) => VerifierAction)(view);
}
