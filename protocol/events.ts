import type { Address, Bytes32, JobId, LeaseId, Wei } from './ids.js';
import type { PolicyNumbers } from './policy.js';

/** Verdict of one verifier on one lease, and of a lease. */
export type Verdict = 'pass' | 'void' | 'convict';

/** The numbers verdicts have on chain. */
export const VERDICT_CODES = { pass: 1, void: 2, convict: 3 } as const satisfies Record<Verdict, number>;

/** What an account registers as; the numbers are those of the contract. */
export type Role = 'worker' | 'verifier';
export const ROLE_CODES = { worker: 1, verifier: 2 } as const satisfies Record<Role, number>;

/**
 * Why a lease was voided; the numbers are those of the contract. noShow: nobody sealed; silent: a verifier sealed and
 * did not reveal; verdicts: the reveals were not unanimous, or unanimously void; workerConvicted: another lease of the
 * worker was convicted.
 */
export type VoidReason = 'noShow' | 'silent' | 'verdicts' | 'workerConvicted';
export const VOID_REASON_CODES = { noShow: 1, silent: 2, verdicts: 3, workerConvicted: 4 } as const satisfies Record<
  VoidReason,
  number
>;

/** Where an event stands in the chain. */
export interface EventPosition {
  blockNumber: number;
  blockHash: Bytes32;
  /** Unix seconds of the block. */
  blockTimestamp: number;
  transactionHash: Bytes32;
  /** Index of the log in its block: (blockNumber, logIndex) orders events. */
  logIndex: number;
}

/**
 * Arguments of every event of the contract, named as there. Lease ids, block numbers and unix seconds are numbers, wei
 * and masks are bigints, addresses and hashes lowercase hex, verdicts, roles and reasons their words, the device class
 * its text without padding.
 */
export interface ContractEventArgs {
  JobCreated: {
    jobId: JobId;
    artist: Address;
    nonce: Bytes32;
    manifestDigest: Bytes32;
    termsDigest: Bytes32;
    policy: Address;
    chunkCount: number;
    weightsRoot: Bytes32;
    pricePerUnitWei: Wei;
    deadline: number;
  };
  JobFunded: { jobId: JobId; from: Address; amountWei: Wei };
  JobClosed: { jobId: JobId };
  JobWithdrawn: { jobId: JobId; amountWei: Wei };
  JobCompleted: { jobId: JobId };
  PolicyAdopted: { policy: Address; values: PolicyNumbers };
  LeaseTaken: {
    leaseId: LeaseId;
    jobId: JobId;
    worker: Address;
    word: number;
    mask: bigint;
    payWei: Wei;
    feeWei: Wei;
    deadline: number;
    reservedWei: Wei;
  };
  LeaseCommitted: { leaseId: LeaseId; root: Bytes32; outputsDigest: Bytes32; drawBlock: number; sealDeadline: number };
  LeaseDrawn: { leaseId: LeaseId; seed: Bytes32; drawnMask: bigint; verifiers: Address[] };
  LeaseSealed: { leaseId: LeaseId; verifier: Address; sealHash: Bytes32 };
  LeaseSealsComplete: { leaseId: LeaseId; openDeadline: number };
  LeaseRedrafted: { leaseId: LeaseId; sealDeadline: number; feeWei: Wei; drawBlock: number };
  LeaseOpened: { leaseId: LeaseId; openingDigest: Bytes32; revealDeadline: number };
  LeaseRevealed: { leaseId: LeaseId; verifier: Address; verdict: Verdict; findingDigest: Bytes32; valuesHash: Bytes32 };
  LeasePayable: { leaseId: LeaseId; payWei: Wei };
  LeaseVoided: { leaseId: LeaseId; reason: VoidReason };
  LeaseConvicted: { leaseId: LeaseId; slashedWei: Wei };
  LeaseExpired: { leaseId: LeaseId; slashedWei: Wei };
  LeaseReleased: { leaseId: LeaseId; jobId: JobId; amountWei: Wei };
  OpeningDemanded: {
    leaseId: LeaseId;
    verifier: Address;
    chunkIndex: number;
    leafIndex: number;
    answerDeadline: number;
    revealDeadline: number;
  };
  OpeningAnswered: { leaseId: LeaseId; verifier: Address; chunkIndex: number; leafIndex: number; present: boolean };
  Registered: { account: Address; role: Role; deviceClass: string; stakeWei: Wei };
  StakeAdded: { account: Address; amountWei: Wei };
  UnbondingStarted: { account: Address; withdrawableAt: number };
  StakeWithdrawn: { account: Address; amountWei: Wei };
  Slashed: { account: Address; amountWei: Wei; toArtistWei: Wei; burnedWei: Wei };
  Credited: { account: Address; amountWei: Wei };
  Withdrawn: { account: Address; amountWei: Wei };
}

export type ContractEventName = keyof ContractEventArgs;

/** One event of the contract with its position, discriminated by name. */
export type ContractEvent = {
  [Name in ContractEventName]: EventPosition & { name: Name; args: ContractEventArgs[Name] };
}[ContractEventName];
