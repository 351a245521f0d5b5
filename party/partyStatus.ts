import type { Role } from '../protocol/events.js';
import type { Address, LeaseId, Wei } from '../protocol/ids.js';
import { type Ledger, type LedgerLease, type LeaseState, commitmentOf } from '../protocol/ledger.js';
import { oncePerBlock } from './oncePerBlock.js';
import type { Daemon } from './runDaemon.js';

/** What a party is doing and what it has earned, from the chain. */
export interface PartyStatus {
  account: Address;
  /** Newest chain block read; 0 before the first. */
  blockNumber: number;
  /** What it is registered as; undefined before it is. */
  role: Role | undefined;
  /** Open leases that it has a part in, with their states. */
  open: { leaseId: LeaseId; state: LeaseState }[];
  /** Leases that were paid, for a worker; audits revealed, for a verifier. */
  done: number;
  /** Everything ever credited to it. */
  earnedWei: Wei;
  stakeWei: Wei;
  slashedWei: Wei;
  convictions: number;
  /** Unix seconds from which its stake can be withdrawn; undefined while it takes part. */
  withdrawableAtSeconds: number | undefined;
  isFinishing: boolean;
}

/** Whether an account has a part in a lease: it is its worker, or sealed values of it. */
export function hasPartIn(lease: LedgerLease, account: Address): boolean {
  return lease.worker === account || auditOf(lease, account)?.sealHash !== undefined;
}

/** Tells the status of a daemon's account, whenever it is asked. */
export function createPartyStatus(
  daemon: Pick<Daemon, 'ledger' | 'blockNumber' | 'isFinishing'>,
  account: Address,
): () => PartyStatus {
  const done = oncePerBlock(daemon, (ledger) => countDone(ledger, account));
  return () => {
    const { ledger, blockNumber, isFinishing } = daemon;
    const me = ledger.accounts.get(account);
    return {
      account,
      blockNumber,
      role: me?.role,
      open: openPartsOf(ledger, account).map(({ leaseId, state }) => ({ leaseId, state })),
      done: done(),
      earnedWei: me?.creditedWei ?? 0n,
      stakeWei: me?.stakeWei ?? 0n,
      slashedWei: me?.slashedWei ?? 0n,
      convictions: me?.convictions ?? 0,
      withdrawableAtSeconds: me?.withdrawableAtSeconds,
      isFinishing,
    };
  };
}

function countDone(ledger: Ledger, account: Address): number {
  let count = 0;
  for (const lease of ledger.leases.values())
    if ((lease.worker === account && lease.state === 'PAYABLE') || auditOf(lease, account)?.reveal !== undefined)
      count++;
  return count;
}

/** Open leases that an account has a part in. */
export function openPartsOf(ledger: Ledger, account: Address): LedgerLease[] {
  return [...ledger.openLeaseIds]
    .map((leaseId) => ledger.leases.get(leaseId) as LedgerLease)
    .filter((lease) => hasPartIn(lease, account));
}

function auditOf(lease: LedgerLease, account: Address) {
  return commitmentOf(lease)?.audits.find(({ verifier }) => verifier === account);
}
