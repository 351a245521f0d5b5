import type { PolicyNumbers } from './policy.js';

/** How long the parties of a lease have, in seconds: the contract's own arithmetic (contracts/PolicyRules.sol). */
export interface LeaseTimes {
  /** The worker's time to commit. */
  commitWindowSeconds: number;
  /** The verifiers' time to seal, from the commitment, and again from a redraft. */
  sealWindowSeconds: number;
  /**
   * From taking it to its end, at most: a redraft, and every verifier demanding an opening at the last moment. The
   * job's deadline must not come before.
   */
  longestPathSeconds: number;
}

type TimedPolicy = Pick<
  PolicyNumbers,
  | 'leaseSeconds'
  | 'secondsPerUnit'
  | 'sealSeconds'
  | 'sealSecondsPerUnit'
  | 'openSeconds'
  | 'revealSeconds'
  | 'verifierCount'
>;

/** @param lease.units work units of its chunks */
export function leaseTimesOf(lease: { policy: TimedPolicy; units: number }): LeaseTimes {
  const { policy, units } = lease;
  const commitWindowSeconds = policy.leaseSeconds + policy.secondsPerUnit * units;
  const sealWindowSeconds = policy.sealSeconds + policy.sealSecondsPerUnit * units;
  const openSeconds = policy.openSeconds + policy.revealSeconds;
  return {
    commitWindowSeconds,
    sealWindowSeconds,
    longestPathSeconds: commitWindowSeconds + 2 * sealWindowSeconds + openSeconds * (1 + policy.verifierCount),
  };
}
