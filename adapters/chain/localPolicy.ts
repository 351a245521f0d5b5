import type { PolicyNumbers } from '../../protocol/policy.js';

const TOKEN = 10n ** 18n;

/**
 * The policy of local networks: blocks of 1 s, everything audited, a lease of a frame or a minute. Lease and seal
 * windows grow with the work, so that a busy machine keeps them. Nothing honest waits for a deadline, and being late
 * costs a stake: so each leaves a party time to be stopped, or its disk to be full, for a minute, and to catch up on a
 * busy machine. The longest path of a lease is 6,900 s, inside the unbonding time; of one unit 1,506 s.
 */
export const LOCAL_POLICY: PolicyNumbers = {
  drawDelayBlocks: 2,
  shift: 0,
  verifierCount: 2,
  maxChunksPerLease: 256,
  maxUnitsPerLease: 900,
  leaseSeconds: 180,
  secondsPerUnit: 4,
  sealSeconds: 120,
  sealSecondsPerUnit: 1,
  openSeconds: 180,
  revealSeconds: 180,
  challengeSeconds: 0,
  unbondingSeconds: 7_200,
  feeBps: 500,
  redraftFeeBps: 1_000,
  bondBps: 1_000,
  slashBps: 10_000,
  silentBps: 2_000,
  compensationBps: 10_000,
  stakeRewards: 40,
  minWorkerStakeWei: 100n * TOKEN,
  minVerifierStakeWei: 100n * TOKEN,
};
