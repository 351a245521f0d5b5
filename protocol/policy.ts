import type { Wei } from './ids.js';

/**
 * The immutable numbers of a policy contract. Durations are seconds unless the name says blocks, shares are basis
 * points (1 / 10,000).
 */
export interface PolicyNumbers {
  /** Blocks between a commitment and the block whose header decides its draw. */
  drawDelayBlocks: number;
  /** A chunk is drawn with probability 2^-shift. */
  shift: number;
  /** Seals and reveals a ruling needs. */
  verifierCount: number;
  maxChunksPerLease: number;
  /** Work units one lease may hold. */
  maxUnitsPerLease: number;
  /** Time to commit that every lease has. */
  leaseSeconds: number;
  /** Time to commit that each work unit adds. */
  secondsPerUnit: number;
  /** Time the verifiers have to seal, from the commitment, and again from a redraft. */
  sealSeconds: number;
  sealSecondsPerUnit: number;
  /** Time the worker has to open, and to answer a demanded opening. */
  openSeconds: number;
  /** Time the verifiers have to reveal, from the opening. */
  revealSeconds: number;
  /** Time between a ruling and its pay; 0 until there is a court. */
  challengeSeconds: number;
  unbondingSeconds: number;
  /** A verifier's fee, as a share of the lease's pay. */
  feeBps: number;
  /** The same in a redrafted lease. */
  redraftFeeBps: number;
  /** What an expired lease costs its worker, as a share of the lease's pay. */
  bondBps: number;
  /** What a conviction costs a worker, as a share of its stake. */
  slashBps: number;
  /** What sealing without revealing costs a verifier, as a share of its stake. */
  silentBps: number;
  /** The most a conviction pays the artist beside the verifiers' fees, as a share of the lease's pay. */
  compensationBps: number;
  /** A worker's stake is at least max(stakeRewards, chunks) times the lease's mean pay per chunk. */
  stakeRewards: number;
  minWorkerStakeWei: Wei;
  minVerifierStakeWei: Wei;
}
