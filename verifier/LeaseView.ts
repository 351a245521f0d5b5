import type { Address, Bytes32 } from '../protocol/ids.js';
import type { LeaseState, LedgerLease } from '../protocol/ledger.js';
import type { PolicyNumbers } from '../protocol/policy.js';

/** What this verifier read of a draw by itself, before anybody brought the header to the contract. */
export interface KnownDraw {
  seed: Bytes32;
  drawnMask: bigint;
  verifiers: readonly Address[];
  /** RLP of the header that decided it. */
  header: Uint8Array;
}

/** A lease in one state. */
export type LeaseIn<State extends LeaseState> = Extract<LedgerLease, { state: State }>;

/** Everything a decision about a lease may depend on. */
export interface LeaseView<State extends LeaseState = LeaseState> {
  lease: LeaseIn<State>;
  policy: PolicyNumbers;
  /** This verifier. */
  self: Address;
  /** Newest chain block read, and the chain's time in unix seconds. */
  now: { blockNumber: number; seconds: number };
  /** The worker was convicted since it took this lease. */
  forfeit: boolean;
  /** This verifier may fill an open place: bonded, with the policy's least stake, and not the worker. */
  eligible: boolean;
  knownDraw: KnownDraw | undefined;
  /**
   * Seconds, 1 to DELAY_SPREAD_SECONDS, this verifier waits before it does what anyone may do, so that not everybody sends the
   * same transaction.
   */
  delaySeconds: number;
}

/** Over how long verifiers spread what anyone may do at once. */
export const DELAY_SPREAD_SECONDS = 4;

/** What the verifier does next about a lease, with the lease in the one state it can be done in. */
export type VerifierAction =
  | { do: 'wait' }
  | { do: 'readDraw'; lease: LeaseIn<'COMMITTED'> }
  | { do: 'seal'; lease: LeaseIn<'COMMITTED'>; draw: Omit<KnownDraw, 'header'> }
  | { do: 'settleUndrawn' }
  | { do: 'reveal'; lease: LeaseIn<'OPENED'> }
  | { do: 'expire' }
  | { do: 'voidConvicted' };
