import { InvariantError } from './errors.js';
import type { ContractEvent, ContractEventName } from './events.js';
import type { Address, JobId, LeaseId } from './ids.js';
import type {
  LeaseCommitment,
  LeaseCommon,
  LeaseState,
  LedgerAccount,
  LedgerAudit,
  LedgerJob,
  LedgerLease,
} from './ledger.js';
import type { PolicyNumbers } from './policy.js';

/** A ledger as applyEvent alone sees it. */
export interface MutableLedger {
  jobs: Map<JobId, LedgerJob>;
  leases: Map<LeaseId, LedgerLease>;
  accounts: Map<Address, LedgerAccount>;
  policies: Map<Address, PolicyNumbers>;
  verifiers: Address[];
  openLeaseIds: Set<LeaseId>;
  eventCount: number;
}

/**
 * What each of some events does to a ledger, in place. A handler throws InvariantError for an event that cannot follow
 * on what was applied before.
 */
export type Handlers<Names extends ContractEventName> = {
  readonly [Name in Names]: (ledger: MutableLedger, event: Extract<ContractEvent, { name: Name }>) => void;
};

/** A job that was created. Throws InvariantError for another. */
export function jobOf(ledger: MutableLedger, jobId: JobId): LedgerJob {
  const job = ledger.jobs.get(jobId);
  if (job === undefined)
    throw new InvariantError({ what: `job ${jobId}`, expected: 'created before', actual: 'unknown' });
  return job;
}

/** A lease that is in one of the given states. Throws InvariantError for any other. */
export function leaseIn<State extends LeaseState>(
  ledger: MutableLedger,
  leaseId: LeaseId,
  states: readonly State[],
): Extract<LedgerLease, { state: State }> {
  const lease = ledger.leases.get(leaseId);
  if (lease === undefined || !(states as readonly string[]).includes(lease.state))
    throw new InvariantError({
      what: `state of lease ${leaseId}`,
      expected: states.join(' or '),
      actual: lease?.state ?? 'unknown',
    });
  return lease as Extract<LedgerLease, { state: State }>;
}

/** An account, known or new. */
export function accountOf(ledger: MutableLedger, address: Address): LedgerAccount {
  const known = ledger.accounts.get(address);
  if (known !== undefined) return known;
  const account: LedgerAccount = {
    account: address,
    role: undefined,
    deviceClass: '',
    stakeWei: 0n,
    withdrawableAtSeconds: undefined,
    convictions: 0,
    slashedWei: 0n,
    owedWei: 0n,
    creditedWei: 0n,
    weights: [],
  };
  ledger.accounts.set(address, account);
  return account;
}

/** A verifier's part in the audit of a commitment, known or new. */
export function auditOf(commitment: LeaseCommitment, verifier: Address): LedgerAudit {
  const known = commitment.audits.find((audit) => audit.verifier === verifier);
  if (known !== undefined) return known;
  const audit: LedgerAudit = { verifier, sealHash: undefined, demand: undefined, reveal: undefined };
  commitment.audits.push(audit);
  return audit;
}

/** What a lease takes along into its next state. */
export function commonOf(lease: LedgerLease): LeaseCommon {
  const {
    leaseId,
    jobId,
    worker,
    word,
    mask,
    payWei,
    reservedWei,
    feeWei,
    workerConvictions,
    takenBlock,
    takenAtSeconds,
  } = lease;
  return {
    leaseId,
    jobId,
    worker,
    word,
    mask,
    payWei,
    reservedWei,
    feeWei,
    workerConvictions,
    takenBlock,
    takenAtSeconds,
  };
}
