import type { Wei } from './ids.js';
import type { PolicyNumbers } from './policy.js';

const BPS = 10_000n;

/** What a lease of given size means under a policy: the contract's own arithmetic. */
export interface LeaseTerms {
  /** Taken out of the job's unreserved money: pay, and fees at their highest. */
  reservedWei: Wei;
  /** Each verifier's fee. */
  feeWei: Wei;
  /** Locked in the worker's stake until the lease ends; lost when it is not committed in time. */
  bondWei: Wei;
  /** Stake the worker must have to take it, given what its open leases lock. */
  neededStakeWei: Wei;
  /** Seconds to commit. */
  windowSeconds: number;
  /** Seconds from taking it to its end, at most: the job's deadline must not come before. */
  longestPathSeconds: number;
}

/** @param lease.units work units of its chunks; @param lease.lockedWei bonds of the worker's other open leases */
export function leaseTermsOf(lease: {
  policy: PolicyNumbers;
  pricePerUnitWei: Wei;
  units: number;
  chunks: number;
  lockedWei: Wei;
}): LeaseTerms {
  const { policy, units, chunks } = lease;
  const payWei = BigInt(units) * lease.pricePerUnitWei;
  const bondWei = (payWei * BigInt(policy.bondBps)) / BPS;
  const neededStakeWei = [
    (payWei * BigInt(Math.max(chunks, policy.stakeRewards))) / BigInt(chunks),
    policy.minWorkerStakeWei,
    lease.lockedWei + bondWei,
  ].reduce((most, wei) => (wei > most ? wei : most));
  const windowSeconds = policy.leaseSeconds + policy.secondsPerUnit * units;
  const sealSeconds = policy.sealSeconds + policy.sealSecondsPerUnit * units;
  return {
    reservedWei: payWei + ((payWei * BigInt(policy.redraftFeeBps)) / BPS) * BigInt(policy.verifierCount),
    feeWei: (payWei * BigInt(policy.feeBps)) / BPS,
    bondWei,
    neededStakeWei,
    windowSeconds,
    longestPathSeconds:
      windowSeconds + 2 * sealSeconds + (policy.openSeconds + policy.revealSeconds) * (1 + policy.verifierCount),
  };
}
