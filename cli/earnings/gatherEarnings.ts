import type { ContractEvent } from '../../protocol/events.js';
import type { Address, Bytes32, JobId, LeaseId, Wei } from '../../protocol/ids.js';
import { type Ledger, type LedgerLease, type LeaseState, feesOf } from '../../protocol/ledger.js';
import { type LossCause, lossesOf } from '../../protocol/lossesOf.js';
import { hasPartIn } from '../../party/partyStatus.js';

/** What one lease brought an account, and cost it. */
export interface LeaseEarnings {
  leaseId: LeaseId;
  jobId: JobId;
  state: LeaseState;
  /** Unix seconds. */
  takenAtSeconds: number;
  /** Pay of a worker, or fee of a verifier, wei. */
  earnedWei: Wei;
  /** Stake lost by it, wei. */
  lostWei: Wei;
  cause: LossCause | undefined;
  /** Coins paid for gas by the transactions that were about it alone, wei. */
  gasWei: Wei;
}

/** What an account earned, lost and paid for gas. */
export interface Earnings {
  leases: LeaseEarnings[];
  /** Gas of everything that is about no lease: registering, topping up, withdrawing. */
  otherGasWei: Wei;
}

/**
 * Adds up what an account earned and lost, lease by lease, from the chain's events alone. `gasOf` says what the account
 * paid for a transaction, 0 where somebody else did.
 */
export function gatherEarnings({
  ledger,
  events,
  account,
  gasOf,
}: {
  ledger: Ledger;
  events: readonly ContractEvent[];
  account: Address;
  gasOf: (transactionHash: Bytes32) => Wei;
}): Earnings {
  const transactions = transactionsOf(events, account);
  const leases = [...ledger.leases.values()]
    .filter((lease) => hasPartIn(lease, account))
    .map((lease) => ({
      leaseId: lease.leaseId,
      jobId: lease.jobId,
      state: lease.state,
      takenAtSeconds: lease.takenAtSeconds,
      earnedWei: earnedBy(lease, account),
      ...lossOf(lease, events, account),
      gasWei: sum([...(transactions.byLease.get(lease.leaseId) ?? [])].map(gasOf)),
    }));
  return { leases, otherGasWei: sum([...transactions.others].map(gasOf)) };
}

/** Every transaction whose events are the account's doing, as far as events tell. */
export function ownTransactions(events: readonly ContractEvent[], account: Address): Bytes32[] {
  const { byLease, others } = transactionsOf(events, account);
  return [...new Set([...[...byLease.values()].flatMap((hashes) => [...hashes]), ...others])];
}

function transactionsOf(
  events: readonly ContractEvent[],
  account: Address,
): { byLease: Map<LeaseId, Set<Bytes32>>; others: Set<Bytes32> } {
  const byLease = new Map<LeaseId, Set<Bytes32>>();
  const others = new Set<Bytes32>();
  const workers = new Map<LeaseId, Address>();
  const ofLease = (leaseId: LeaseId, hash: Bytes32): void =>
    void (byLease.get(leaseId) ?? byLease.set(leaseId, new Set()).get(leaseId)!).add(hash);
  for (const event of events) {
    const { transactionHash } = event;
    switch (event.name) {
      case 'LeaseTaken':
        workers.set(event.args.leaseId, event.args.worker);
        if (event.args.worker === account) ofLease(event.args.leaseId, transactionHash);
        break;
      case 'LeaseCommitted':
      case 'LeaseOpened':
        if (workers.get(event.args.leaseId) === account) ofLease(event.args.leaseId, transactionHash);
        break;
      case 'LeaseSealed':
      case 'LeaseRevealed':
      case 'OpeningDemanded':
        if (event.args.verifier === account) ofLease(event.args.leaseId, transactionHash);
        break;
      case 'OpeningAnswered':
        if (workers.get(event.args.leaseId) === account) ofLease(event.args.leaseId, transactionHash);
        break;
      case 'Registered':
      case 'StakeAdded':
      case 'UnbondingStarted':
      case 'StakeWithdrawn':
      case 'Withdrawn':
        if (event.args.account === account) others.add(transactionHash);
        break;
      default:
    }
  }
  return { byLease, others };
}

function earnedBy(lease: LedgerLease, account: Address): Wei {
  if (lease.worker === account) return lease.state === 'PAYABLE' ? lease.payWei : 0n;
  return sum(feesOf(lease).flatMap(({ verifier, feeWei }) => (verifier === account ? [feeWei] : [])));
}

/** The lease itself does not say what a silent verifier lost: the cut stands beside its end, in one transaction. */
function lossOf(
  lease: LedgerLease,
  events: readonly ContractEvent[],
  account: Address,
): { lostWei: Wei; cause: LossCause | undefined } {
  const loss = lossesOf(lease).find((one) => one.account === account);
  if (loss === undefined) return { lostWei: 0n, cause: undefined };
  if (loss.slashedWei !== undefined) return { lostWei: loss.slashedWei, cause: loss.cause };
  const end = events.find((event) => event.name === 'LeaseVoided' && event.args.leaseId === lease.leaseId);
  const cut = events.find(
    (event) =>
      event.name === 'Slashed' && event.args.account === account && event.transactionHash === end?.transactionHash,
  );
  return { lostWei: cut?.name === 'Slashed' ? cut.args.amountWei : 0n, cause: loss.cause };
}

function sum(amounts: readonly Wei[]): Wei {
  return amounts.reduce((total, wei) => total + wei, 0n);
}
