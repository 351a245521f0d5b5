import { LOCAL_POLICY } from '../../adapters/chain/localPolicy.js';
import {
  type Address,
  type Bytes32,
  type JobId,
  type LeaseId,
  parseAddress,
  parseBytes32,
  parseJobId,
  parseLeaseId,
} from '../../protocol/ids.js';
import type { LeaseCommitment, LeaseState, LedgerAudit, LedgerLease } from '../../protocol/ledger.js';
import type { PolicyNumbers } from '../../protocol/policy.js';

/** Thirty-two bytes that are all the same, two hex digits. */
export const bytes32 = (byte: string): Bytes32 => parseBytes32(`0x${byte.repeat(32)}`);
/** The job whose id is bytes32(byte). */
export const jobId = (byte: string): JobId => parseJobId(bytes32(byte));
/** The lease of that number. */
export const leaseId = (number: number): LeaseId => parseLeaseId(number);
/** The account of twenty bytes that are all the same, two hex digits. */
export const address = (byte: string): Address => parseAddress(`0x${byte.repeat(20)}`);
export const WORKER = address('a1');
export const VERIFIERS = [address('b1'), address('b2'), address('b3')] as const;
export const POLICY: PolicyNumbers = LOCAL_POLICY;

/** Unix seconds at which the deadline of every fixture's state is. */
export const DEADLINE_SECONDS = 1000;

export function audit(verifier: Address, more: Partial<LedgerAudit> = {}): LedgerAudit {
  return { verifier, sealHash: undefined, demand: undefined, reveal: undefined, ...more };
}

export function commitment(more: Partial<LeaseCommitment> = {}): LeaseCommitment {
  return {
    root: bytes32('01'),
    outputsDigest: bytes32('02'),
    committedBlock: 50,
    committedAtSeconds: 900,
    drawBlock: 52,
    redrafted: false,
    draw: undefined,
    audits: [],
    ...more,
  };
}

/** A draw that picked the first two verifiers. */
export const DRAWN = { seed: bytes32('05'), drawnMask: 3n, verifiers: [VERIFIERS[0], VERIFIERS[1]] };

const common = {
  leaseId: leaseId(7),
  jobId: jobId('0a'),
  worker: WORKER,
  word: 0,
  mask: 3n,
  payWei: 2n,
  reservedWei: 4n,
  feeWei: 1n,
  workerConvictions: 0,
  takenBlock: 40,
  takenAtSeconds: 800,
};

/** A lease in every state, with its deadline at DEADLINE_SECONDS. */
function leasesOf(made: LeaseCommitment): { [State in LeaseState]: Extract<LedgerLease, { state: State }> } {
  return {
    TAKEN: { ...common, state: 'TAKEN', deadlineSeconds: DEADLINE_SECONDS },
    COMMITTED: { ...common, state: 'COMMITTED', commitment: made, sealDeadlineSeconds: DEADLINE_SECONDS },
    SEALED: { ...common, state: 'SEALED', commitment: made, openDeadlineSeconds: DEADLINE_SECONDS },
    OPENED: {
      ...common,
      state: 'OPENED',
      commitment: made,
      openingDigest: bytes32('06'),
      revealDeadlineSeconds: DEADLINE_SECONDS,
    },
    PAYABLE: { ...common, state: 'PAYABLE', commitment: made, openingDigest: bytes32('06'), endedAtSeconds: 990 },
    VOID: {
      ...common,
      state: 'VOID',
      commitment: made,
      openingDigest: undefined,
      reason: 'noShow',
      endedAtSeconds: 990,
    },
    CONVICTED: {
      ...common,
      state: 'CONVICTED',
      commitment: made,
      openingDigest: undefined,
      slashedWei: 1n,
      endedAtSeconds: 990,
    },
    EXPIRED: { ...common, state: 'EXPIRED', slashedWei: 1n, endedAtSeconds: 990 },
  };
}

/** Every state that a lease can be in. */
export const LEASE_STATES = Object.keys(leasesOf(commitment())) as LeaseState[];

/** A lease in a state, with its deadline at DEADLINE_SECONDS. */
export function lease<State extends LeaseState>(
  state: State,
  made: LeaseCommitment = commitment(),
): Extract<LedgerLease, { state: State }> {
  return leasesOf(made)[state];
}
