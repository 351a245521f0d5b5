// The arithmetic of money, all of it: what a lease pays, costs, locks and can lose, and what a job is likely to cost.
// contracts/Pricing.sol repeats what the chain enforces, function by function, and test/vectors (leasePrices,
// neededStakes, cuts) ties the two: amounts are whole wei, and every division rounds down where it stands.
import type { Wei } from './ids.js';
import type { PolicyNumbers } from './policy.js';

/** Basis points of a whole. */
const BPS = 10_000n;

/** What a lease pays, costs and locks under a policy. */
export interface LeasePrice {
  /** The worker's pay. */
  payWei: Wei;
  /** Each verifier's fee at the first draw. */
  feeWei: Wei;
  /** Each verifier's fee after a redraft. */
  redraftFeeWei: Wei;
  /** Taken out of the job's unreserved money: pay, and every verifier's fee at its highest. */
  reservedWei: Wei;
  /** Locked in the worker's stake until the lease ends; lost when it is not committed in time. */
  bondWei: Wei;
}

type Shares = Pick<PolicyNumbers, 'feeBps' | 'redraftFeeBps' | 'bondBps' | 'verifierCount'>;

/** Pay of a lease of `units` work units. */
export function payOf(lease: { units: number; pricePerUnitWei: Wei }): Wei {
  return BigInt(lease.units) * lease.pricePerUnitWei;
}

/** Prices a lease by its pay; see payOf. */
export function priceLease({ policy, payWei }: { policy: Shares; payWei: Wei }): LeasePrice {
  const redraftFeeWei = shareOf(payWei, policy.redraftFeeBps);
  return {
    payWei,
    feeWei: shareOf(payWei, policy.feeBps),
    redraftFeeWei,
    reservedWei: payWei + redraftFeeWei * BigInt(policy.verifierCount),
    bondWei: shareOf(payWei, policy.bondBps),
  };
}

/**
 * Stake a worker must have to take a lease of `chunks` chunks (at least 1); `lockedWei` is the sum of the bonds of its
 * other open leases.
 */
export function neededStakeOf(lease: {
  policy: Pick<PolicyNumbers, 'bondBps' | 'stakeRewards' | 'minWorkerStakeWei'>;
  payWei: Wei;
  chunks: number;
  lockedWei: Wei;
}): Wei {
  const { policy, payWei, chunks, lockedWei } = lease;
  return [
    (payWei * BigInt(Math.max(chunks, policy.stakeRewards))) / BigInt(chunks),
    policy.minWorkerStakeWei,
    lockedWei + shareOf(payWei, policy.bondBps),
  ].reduce((most, wei) => (wei > most ? wei : most));
}

/** What somebody loses of a stake, and where it goes: cutWei = toArtistWei + burnedWei. */
export interface StakeCut {
  cutWei: Wei;
  toArtistWei: Wei;
  burnedWei: Wei;
}

/** What a conviction costs a worker: the artist gets back the fees it paid and a compensation, the rest is burned. */
export function convictionCut(conviction: {
  policy: Pick<PolicyNumbers, 'slashBps' | 'compensationBps'>;
  /** The worker's stake before. */
  stakeWei: Wei;
  payWei: Wei;
  /** Fees that the lease's verifiers earned, together. */
  feesWei: Wei;
}): StakeCut {
  const { policy, stakeWei, payWei, feesWei } = conviction;
  return divideCut({
    stakeWei,
    wantedWei: shareOf(stakeWei, policy.slashBps),
    artistWei: feesWei + shareOf(payWei, policy.compensationBps),
  });
}

/** What a lease that was not committed in time costs its worker: the bond, burned, so that no artist gains by it. */
export function expiryCut(expiry: {
  policy: Pick<PolicyNumbers, 'bondBps'>;
  /** The worker's stake before. */
  stakeWei: Wei;
  payWei: Wei;
}): StakeCut {
  const wantedWei = shareOf(expiry.payWei, expiry.policy.bondBps);
  return divideCut({ stakeWei: expiry.stakeWei, wantedWei, artistWei: 0n });
}

/** What sealing without revealing costs a verifier, burned. */
export function silentCut(silence: {
  policy: Pick<PolicyNumbers, 'silentBps'>;
  /** The verifier's stake before. */
  stakeWei: Wei;
}): StakeCut {
  const { stakeWei } = silence;
  return divideCut({ stakeWei, wantedWei: shareOf(stakeWei, silence.policy.silentBps), artistWei: 0n });
}

/** What a whole job costs, however it is cut into leases. */
export interface JobPrice {
  /** Pay of the workers. */
  payWei: Wei;
  /** Pay and fees when nothing is redrafted: the most that leases without trouble spend. */
  expectedWei: Wei;
  /** Pay and fees at their highest: enough to reserve every lease, since a sum of shares rounded down is no more. */
  reserveWei: Wei;
}

/** @param job.units work units of all chunks together */
export function priceJob(job: { policy: Shares; pricePerUnitWei: Wei; units: number }): JobPrice {
  const { policy } = job;
  const payWei = payOf(job);
  const withFees = (feeBps: number): Wei => payWei + shareOf(payWei, feeBps * policy.verifierCount);
  return {
    payWei,
    expectedWei: withFees(policy.feeBps),
    reserveWei: withFees(Math.max(policy.feeBps, policy.redraftFeeBps)),
  };
}

/** No more than the stake is cut; the artist comes first. */
function divideCut({ stakeWei, wantedWei, artistWei }: { stakeWei: Wei; wantedWei: Wei; artistWei: Wei }): StakeCut {
  const cutWei = wantedWei < stakeWei ? wantedWei : stakeWei;
  const toArtistWei = artistWei < cutWei ? artistWei : cutWei;
  return { cutWei, toArtistWei, burnedWei: cutWei - toArtistWei };
}

function shareOf(wei: Wei, bps: number): Wei {
  return (wei * BigInt(bps)) / BPS;
}
