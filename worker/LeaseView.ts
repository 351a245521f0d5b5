import type { Address } from '../protocol/ids.js';
import type { LeaseState, LedgerLease } from '../protocol/ledger.js';
import type { PolicyNumbers } from '../protocol/policy.js';

/** A lease in one state. */
export type LeaseIn<State extends LeaseState> = Extract<LedgerLease, { state: State }>;

/** Everything a decision about one of the worker's own leases may depend on. */
export interface LeaseView<State extends LeaseState = LeaseState> {
  lease: LeaseIn<State>;
  policy: PolicyNumbers;
  /** Newest chain block read, and the chain's time in unix seconds. */
  now: { blockNumber: number; seconds: number };
  /** The worker was convicted since it took this lease: the contract refuses everything but voidConvicted. */
  forfeit: boolean;
  /** The draw's header was read before and shows that chunks of this lease are drawn. */
  knownDrawn: boolean;
}

/** What the worker does next about a lease, with the lease in the one state it can be done in. */
export type WorkerAction =
  | { do: 'wait' }
  | { do: 'renderAndCommit'; lease: LeaseIn<'TAKEN'> }
  | { do: 'settleUndrawn'; lease: LeaseIn<'COMMITTED'> }
  | { do: 'open'; lease: LeaseIn<'SEALED'> }
  | { do: 'answer'; lease: LeaseIn<'OPENED'>; verifier: Address; chunkIndex: number; leafIndex: number }
  | { do: 'expire' }
  | { do: 'voidConvicted' };
