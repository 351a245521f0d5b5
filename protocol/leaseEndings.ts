import type { LeaseState, LedgerLease } from './ledger.js';

type EndedState = Extract<LedgerLease, { endedAtSeconds: number }>['state'];

/** Every state in which a lease is at its end, and what a count of such leases is called wherever one is shown. */
const LEASE_ENDINGS = {
  PAYABLE: 'payable',
  VOID: 'voided',
  CONVICTED: 'convicted',
  EXPIRED: 'expired',
} as const satisfies Record<EndedState, string>;

export type LeaseEnding = (typeof LEASE_ENDINGS)[EndedState];

/** A value for each way a lease can end. */
export function perEnding<T>(valueOf: (ending: LeaseEnding, state: EndedState) => T): Record<LeaseEnding, T> {
  const endings = Object.entries(LEASE_ENDINGS) as [EndedState, LeaseEnding][];
  return Object.fromEntries(endings.map(([state, ending]) => [ending, valueOf(ending, state)])) as Record<
    LeaseEnding,
    T
  >;
}

/** Counts leases by how they ended; open ones count nowhere. */
export function countEndings(leases: readonly { state: LeaseState }[]): Record<LeaseEnding, number> {
  return perEnding((_, state) => leases.filter((lease) => lease.state === state).length);
}
