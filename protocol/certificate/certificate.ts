import type { Finding } from '../audit/finding.js';
import type { Json } from '../canonicalJson.js';
import type { Address, Bytes32, JobId, LeaseId } from '../ids.js';
import type { LeaseEnding } from '../leaseEndings.js';
import type { LeaseState } from '../ledger.js';
import type { Manifest } from '../manifest.js';
import type { OpeningIndex } from '../opening.js';
import type { Outputs } from '../outputs.js';
import type { Terms } from '../terms.js';

// certificate.json: everything needed to check a finished job without asking anyone. Amounts are decimal strings of
// wei, everything that has a digest or a hash on chain is here in full, so that every number follows from events,
// documents and headers.

/** One transaction that emitted an event of the job. */
export interface CertificateTransaction {
  hash: Bytes32;
  blockNumber: number;
  gasUsed: string;
}

/** One lease of the job, in any of its final states. */
export interface CertificateLease {
  leaseId: LeaseId;
  worker: Address;
  state: LeaseState;
  chunks: number[];
  payWei: string;
  root: Bytes32 | null;
  outputs: Outputs | null;
  /** The draw with the RLP of its block's header; null where nobody brought it. */
  draw: {
    blockNumber: number;
    blockHash: Bytes32;
    header: `0x${string}`;
    seed: Bytes32;
    drawnChunks: number[];
    verifiers: Address[];
  } | null;
  seals: { verifier: Address; sealHash: Bytes32 }[];
  openingDigest: Bytes32 | null;
  opening: OpeningIndex | null;
  findings: { verifier: Address; findingDigest: Bytes32; finding: Finding | null }[];
}

/** Sums over the job. */
export interface CertificateTotals {
  chunks: { total: number; paid: number };
  leases: { taken: number } & Record<LeaseEnding, number>;
  workers: { address: Address; leases: number; chunks: number; paidWei: string; slashedWei: string }[];
  verifiers: { address: Address; audits: number; paidWei: string }[];
  artist: { fundedWei: string; spentWei: string; unreservedWei: string; withdrawnWei: string };
  gas: { total: string; perChunk: string };
  /** Leaves and pixels that two verifiers rendered again and found equal. */
  checked: { leaves: number; pixels: number };
  /**
   * With at least this confidence, no more than this share of the job's leaves is wrong: 1 - (1 - confidence)^(1 /
   * checked leaves).
   */
  bound: { confidence: number; wrongShare: number };
}

export interface Certificate {
  kind: 'rushes-certificate';
  protocolVersion: 1;
  /**
   * `headBlock` is the newest block the events were read up to; with its hash trusted, and receipts' proofs, the rest
   * follows.
   */
  chain: { chainId: number; contract: Address; headBlock: number };
  job: {
    jobId: JobId;
    artist: Address;
    nonce: Bytes32;
    manifestDigest: Bytes32;
    termsDigest: Bytes32;
    weightsRoot: Bytes32;
  };
  manifest: Manifest;
  terms: Terms;
  /** Work units of every chunk. */
  weights: number[];
  leases: CertificateLease[];
  /** The pictures: for every chunk the output of the lease that was paid for it. */
  outputs: { chunkIndex: number; leaseId: LeaseId; cid: string; pixelHash: Bytes32 }[];
  transactions: CertificateTransaction[];
  totals: CertificateTotals;
  /**
   * Every event that the above follows from, in chain order (see eventJson.ts): those of the job and its leases, and
   * those of accounts and policies.
   */
  events: Json[];
}
