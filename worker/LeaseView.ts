import type { Address } from '../protocol/ids.js';
import type { LeaseState, LedgerLease } from '../protocol/ledger.js';
import type { PolicyNumbers } from '../protocol/policy.js';

/** Everything a decision about one of the worker's own leases may depend on. */
export interface LeaseView<State extends LeaseState = LeaseState> {
  lease: Extract<LedgerLease, { state: State }>;
  policy: PolicyNumbers;
  /** Newest block read, and the chain's time in unix seconds. */
  now: { blockNumber: number; seconds: number };
  /** The worker was convicted since it took this lease: the contract refuses everything but voidConvicted. */
  forfeit: boolean;
  /** The draw's header was read before and shows that chunks of this lease are drawn. */
  knownDrawn: boolean;
}

/** What the worker does next about a lease. */
export type WorkerAction =
  | { do: 'wait' }
  | { do: 'renderAndCommit' }
  | { do: 'settleUndrawn' }
  | { do: 'open' }
  | { do: 'answer'; verifier: Address; chunkIndex: number; leafIndex: number }
  | { do: 'expire' }
  | { do: 'voidConvicted' };
