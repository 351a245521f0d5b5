import type { ContractEvent, Role, Verdict } from './events.js';
import type { Address, Bytes32, Cid, JobId, LeaseId, Wei } from './ids.js';
import type { NetworkDescription } from './network.js';
import type { PolicyNumbers } from './policy.js';

// The outside world as the daemons need it. adapters/ implement these; tests give fakes.

/** Bounds of one fetch. */
export interface FetchBounds {
  signal?: AbortSignal;
  /** Milliseconds after which the fetch fails with DeadlineError. */
  deadlineMs?: number;
}

/**
 * Content-addressed storage. Everything read is verified against its CID; what nobody provides fails with
 * NotRetrievableError.
 */
export interface ObjectStore {
  /** Stores and pins one raw block of at most 1 MiB. */
  putBlock(bytes: Uint8Array, bounds?: FetchBounds): Promise<Cid>;
  /** One raw block, by CID or by its SHA-256 digest. */
  getBlock(cidOrDigest: Cid | Bytes32, bounds?: FetchBounds): Promise<Uint8Array>;
  /** Stores and pins a UnixFS file. */
  putFile(bytes: Uint8Array, bounds?: FetchBounds): Promise<Cid>;
  getFile(cid: Cid, options?: FetchBounds & { /** a larger file fails */ maxBytes?: number }): Promise<Uint8Array>;
  putDirectory(files: readonly { path: string; bytes: Uint8Array }[], bounds?: FetchBounds): Promise<Cid>;
  /** Every file below a directory. */
  getDirectory(cid: Cid, bounds?: FetchBounds): Promise<{ path: string; size: number }[]>;
  getDirectoryFile(cid: Cid, path: string, options?: FetchBounds & { maxBytes?: number }): Promise<Uint8Array>;
  pin(cid: Cid, bounds?: FetchBounds): Promise<void>;
  unpin(cid: Cid, bounds?: FetchBounds): Promise<void>;
}

/**
 * What a mined transaction did. A transaction that reverts throws an error that names the contract's custom error as
 * its code.
 */
export interface Receipt {
  transactionHash: Bytes32;
  blockNumber: number;
  gasUsed: bigint;
  /** The contract's own events of this transaction, decoded. */
  events: ContractEvent[];
}

/** Bounds of one transaction or call. */
export interface CallBounds {
  signal?: AbortSignal;
}

/** What createJob is given; see JobCreated for the meaning of the fields. */
export interface JobRequest {
  nonce: Bytes32;
  manifestDigest: Bytes32;
  termsDigest: Bytes32;
  policy: Address;
  chunkCount: number;
  weightsRoot: Bytes32;
  pricePerUnitWei: Wei;
  deadline: number;
  budgetWei: Wei;
}

/**
 * The contract, seen from one account. Transactions resolve when mined; the adapter owns nonces, gas limits and
 * retries.
 */
export interface ChainPort {
  readonly network: NetworkDescription;
  readonly account: Address;

  /** Stakes; the adapter sees to the token's allowance, here and in fundJob, createJob and topUpStake. */
  register(request: { role: Role; deviceClass: string; stakeWei: Wei }, bounds?: CallBounds): Promise<Receipt>;
  topUpStake(request: { amountWei: Wei }, bounds?: CallBounds): Promise<Receipt>;
  beginUnbonding(bounds?: CallBounds): Promise<Receipt>;
  withdrawStake(bounds?: CallBounds): Promise<Receipt>;

  createJob(request: JobRequest, bounds?: CallBounds): Promise<Receipt & { jobId: JobId }>;
  fundJob(request: { jobId: JobId; amountWei: Wei }, bounds?: CallBounds): Promise<Receipt>;
  closeJob(request: { jobId: JobId }, bounds?: CallBounds): Promise<Receipt>;
  withdrawUnreserved(request: { jobId: JobId; amountWei: Wei }, bounds?: CallBounds): Promise<Receipt>;

  takeLease(
    request: { jobId: JobId; word: number; mask: bigint; weightsWord: Uint8Array; weightsProof: readonly Bytes32[] },
    bounds?: CallBounds,
  ): Promise<Receipt & { leaseId: LeaseId }>;
  commit(request: { leaseId: LeaseId; root: Bytes32; outputsDigest: Bytes32 }, bounds?: CallBounds): Promise<Receipt>;
  /** `header` is the RLP of the draw's block for the first sealer, empty once drawn. */
  seal(request: { leaseId: LeaseId; header: Uint8Array; sealHash: Bytes32 }, bounds?: CallBounds): Promise<Receipt>;
  settleUndrawn(request: { leaseId: LeaseId; header: Uint8Array }, bounds?: CallBounds): Promise<Receipt>;
  open(request: { leaseId: LeaseId; openingDigest: Bytes32 }, bounds?: CallBounds): Promise<Receipt>;
  reveal(
    request: { leaseId: LeaseId; verdict: Verdict; findingDigest: Bytes32; valuesHash: Bytes32; secret: Bytes32 },
    bounds?: CallBounds,
  ): Promise<Receipt>;
  demandOpening(
    request: { leaseId: LeaseId; chunkIndex: number; leafIndex: number },
    bounds?: CallBounds,
  ): Promise<Receipt>;
  answerOpening(
    request: { leaseId: LeaseId; verifier: Address; answer: LeafAnswer },
    bounds?: CallBounds,
  ): Promise<Receipt>;
  expire(request: { leaseId: LeaseId }, bounds?: CallBounds): Promise<Receipt>;
  voidConvicted(request: { leaseId: LeaseId }, bounds?: CallBounds): Promise<Receipt>;
  withdraw(bounds?: CallBounds): Promise<Receipt>;

  /** Reads the policy contract itself, adopted or not. */
  readPolicy(policy: Address, bounds?: CallBounds): Promise<PolicyNumbers>;
  /** Token balance of an account in wei. */
  readBalance(account: Address, bounds?: CallBounds): Promise<Wei>;
  /**
   * The leaf that a mined answerOpening transaction showed; undefined when the transaction was no direct call of it.
   */
  readLeafAnswer(transactionHash: Bytes32, bounds?: CallBounds): Promise<LeafAnswer | undefined>;
  /** RLP of a block header whose keccak is the block's hash. */
  readHeader(blockNumber: number, bounds?: CallBounds): Promise<Uint8Array>;
  blockNumber(bounds?: CallBounds): Promise<number>;
  /** Unix seconds of a block, by default of the newest. */
  blockTimestamp(blockNumber?: number, bounds?: CallBounds): Promise<number>;
}

/**
 * The answer to a demanded leaf: the leaf, its path in its chunk, the rest of the chunk hash, and the chunk's path in
 * the lease.
 */
export interface LeafAnswer {
  /** Where the leaf stands in the chunk's tree. */
  position: number;
  blockIndex: number;
  batch: number;
  salt: Bytes32;
  /** 4,096 bytes: 256 x 4 little-endian float32. */
  sums: Uint8Array;
  leafPath: readonly Bytes32[];
  pixelHash: Bytes32;
  preparedHash: Bytes32;
  kernelHash: Bytes32;
  chunkPath: readonly Bytes32[];
}

/** The newest block a follower has read up to; every event at or below it was handed over. */
export interface ChainHead {
  blockNumber: number;
  /** Unix seconds. */
  timestampSeconds: number;
}

/** Hands over the contract's events in order, from `fromBlock` on, until the signal aborts; resolves then. */
export type FollowEvents = (options: {
  fromBlock: number;
  pollMs?: number;
  signal: AbortSignal;
  /** Called in order, one call at a time, also without events when the head moves. */
  onEvents(events: readonly ContractEvent[], head: ChainHead): void | Promise<void>;
  /** Everything above `toBlock` never happened: handed over before the events that replaced it. */
  onRollback(toBlock: number): void | Promise<void>;
}) => Promise<void>;

/** What a worker is told to take next; nothing but advice. */
export interface Suggestion {
  jobId: JobId;
  word: number;
  mask: bigint;
}

/** The coordinator as a worker needs it. */
export interface SuggestionPort {
  /** What this worker should take, or undefined when there is nothing. Throws when no coordinator answers. */
  suggest(request: { worker: Address; maxChunks: number; signal?: AbortSignal }): Promise<Suggestion | undefined>;
}
