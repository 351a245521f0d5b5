import type { Address } from '../../protocol/ids.js';
import type { LedgerLease } from '../../protocol/ledger.js';
import type { ChainState } from '../store/ChainState.js';

// A worker stores the chunks of a lease as it renders them, for hours where they are heavy, and nothing names them
// before its commitment: until then nothing of its may go.

/**
 * When the oldest of the leases was taken whose commitment may come still, unix seconds; without end where none may.
 */
export function oldestUncommittedSeconds(state: ChainState): number {
  let oldest = Number.POSITIVE_INFINITY;
  for (const lease of uncommittedLeases(state)) oldest = Math.min(oldest, lease.takenAtSeconds);
  return oldest;
}

/** The workers whose commitments may come still. */
export function workersRendering(state: ChainState): Set<Address> {
  return new Set([...uncommittedLeases(state)].map(({ worker }) => worker));
}

function* uncommittedLeases({ ledger, head }: ChainState): Generator<LedgerLease> {
  for (const lease of ledger.leases.values())
    if (lease.state === 'TAKEN' && lease.deadlineSeconds >= (head?.timestampSeconds ?? 0)) yield lease;
}
