// Cases of the arithmetic of money and of a lease's times that hurt rounding: odd weights, prime prices, shares that do
// not divide, and both ends of every type.
import { hexOfBytes, u32 } from '../../protocol/bytes.js';
import { leaseTimesOf } from '../../protocol/leaseTimes.js';
import type { PolicyNumbers } from '../../protocol/policy.js';
import { convictionCut, expiryCut, neededStakeOf, payOf, priceLease, silentCut } from '../../protocol/pricing.js';
import { sha256 } from '../../protocol/sha256.js';

type Case = Record<string, string | number | number[]>;

const U16 = 0xffff;
const U32 = 0xffffffff;
const U96 = (1n << 96n) - 1n;
const U128 = (1n << 128n) - 1n;
/** A share that nothing divides by, 10,000 being 2^4 x 5^4; and its neighbours of use. */
const ODD_BPS = [0, 1, 3, 333, 3_333, 6_667, 9_999, 10_000, U16];

/** A number below `limit` that depends on a name and an index alone. */
function pick(name: string, i: number, limit: bigint): bigint {
  return BigInt(hexOfBytes(sha256(new TextEncoder().encode(name), u32(i)))) % limit;
}

function bps(name: string, i: number): number {
  return ODD_BPS[Number(pick(name, i, BigInt(ODD_BPS.length)))] as number;
}

/** Decimal strings of amounts. */
function decimal<Name extends string>(amounts: Record<Name, bigint>): Record<Name, string> {
  return Object.fromEntries(Object.entries<bigint>(amounts).map(([name, wei]) => [name, wei.toString()])) as Record<
    Name,
    string
  >;
}

/** @returns cases of payOf and priceLease */
export function leasePriceCases(): Case[] {
  const amounts: [number, bigint][] = [
    [0, 1n],
    [1, 0n],
    [1, 1n],
    [1, 9_999n],
    [1, 10_000n],
    [1, 10_001n],
    [7, 1_000_003n],
    [257, 99_999_999_999_999_997n],
    [65_535, 10n ** 16n],
    [16_776_960, 10n ** 18n + 9n],
    [1, U96],
    [U32, U128],
  ];
  return amounts.flatMap(([units, pricePerUnitWei], i) =>
    [0, 1, 2].map((k) => {
      const policy = {
        feeBps: bps('fee', 3 * i + k),
        redraftFeeBps: bps('redraft', 3 * i + k),
        bondBps: bps('bond', 3 * i + k),
        verifierCount: [2, 3, 5][k] as number,
      };
      const price = priceLease({ policy, payWei: payOf({ units, pricePerUnitWei }) });
      return { units, pricePerUnitWei: pricePerUnitWei.toString(), ...policy, ...decimal({ ...price }) };
    }),
  );
}

/** @returns cases of neededStakeOf, each of its three bounds the highest in some */
export function neededStakeCases(): Case[] {
  const chunkCounts = [1, 3, 7, 40, 41, 255, 256];
  return chunkCounts.flatMap((chunks, i) =>
    [0, 1, 40, 41, U16].map((stakeRewards, k) => {
      const n = 5 * i + k;
      const payWei = [pick('pay', n, 10n ** 19n), 0n, 1n, 10n ** 18n + 9n, U96][n % 5] as bigint;
      const bond = bps('neededBond', n);
      const policy = {
        stakeRewards,
        bondBps: bond,
        minWorkerStakeWei: [1n, pick('least', n, U96), U96][n % 3] as bigint,
      };
      const lockedWei = [0n, payWei, pick('locked', n, U96), U96][n % 4] as bigint;
      const neededWei = neededStakeOf({ policy, payWei, chunks, lockedWei });
      const amounts = decimal({ payWei, lockedWei, minWorkerStakeWei: policy.minWorkerStakeWei, neededWei });
      return { chunks, stakeRewards, bondBps: bond, ...amounts };
    }),
  );
}

/** @returns cases of convictionCut, expiryCut and silentCut over the same stakes */
export function cutCases(): Case[] {
  const stakes = [0n, 1n, 2n, 9_999n, 10_001n, 10n ** 18n - 1n, pick('stake', 0, U96), U96];
  const pays = [0n, 1n, 10_007n, 3n * 10n ** 17n + 1n, pick('paid', 0, U96), U96];
  return stakes.flatMap((stakeWei, i) =>
    pays.map((payWei, k) => {
      const n = pays.length * i + k;
      const policy = {
        slashBps: bps('slash', n) % 10_001,
        compensationBps: bps('compensation', n) % 10_001,
        silentBps: bps('silent', n) % 10_001,
        bondBps: bps('lost', n) % 10_001,
      };
      const feesWei = [0n, 1n, payWei / 7n, stakeWei][n % 4] as bigint;
      const conviction = convictionCut({ policy, stakeWei, payWei, feesWei });
      return {
        ...policy,
        ...decimal({ stakeWei, payWei, feesWei }),
        ...decimal({
          convictionCutWei: conviction.cutWei,
          convictionToArtistWei: conviction.toArtistWei,
          convictionBurnedWei: conviction.burnedWei,
          expiryBurnedWei: expiryCut({ policy, stakeWei, payWei }).burnedWei,
          silentBurnedWei: silentCut({ policy, stakeWei }).burnedWei,
        }),
      };
    }),
  );
}

/** Times of a policy that no sum of fewer terms equals. */
const TIMES = [
  [5, 0, 5, 0, 5, 5, 2],
  [30, 1, 30, 1, 20, 20, 2],
  [101, 7, 1_009, 13, 10_007, 100_003, 3],
  [U32, U16, U32, U16, U32, U32, 5],
] as const;

/** @returns cases of leaseTimesOf */
export function leaseTimeCases(): Case[] {
  return TIMES.flatMap((times) =>
    [0, 1, 2_560, U32].map((units) => {
      const policy = {
        leaseSeconds: times[0],
        secondsPerUnit: times[1],
        sealSeconds: times[2],
        sealSecondsPerUnit: times[3],
        openSeconds: times[4],
        revealSeconds: times[5],
        verifierCount: times[6],
      };
      return { ...policy, units, ...leaseTimesOf({ policy, units }) };
    }),
  );
}

/** @returns leases with policies that a contract adopts and stakes that test money pays, for the contract itself to run */
export function leaseMoneyCases(): Case[] {
  const cases: { weights: number[]; price: bigint; shares: number[]; rewards: number }[] = [
    { weights: [10], price: 10n ** 16n, shares: [500, 1_000, 1_000, 10_000, 2_000, 10_000], rewards: 40 },
    { weights: [1, 3, 7], price: 1_000_003n, shares: [333, 3_333, 6_667, 9_999, 1, 333], rewards: 2 },
    { weights: [65_535, 1], price: 99_999_999_989n, shares: [1, 9_999, 9_999, 3_333, 6_667, 9_999], rewards: 7 },
    { weights: [13, 17, 19, 23, 29], price: 7n, shares: [3, 3, 1, 1, 9_999, 1], rewards: 11 },
    { weights: [101, 211], price: 10n ** 17n - 1n, shares: [0, 6_667, 3_333, 6_667, 3_333, 0], rewards: 1 },
  ];
  return cases.map(({ weights, price, shares, rewards }, i) => {
    const policy: Pick<
      PolicyNumbers,
      | 'verifierCount'
      | 'feeBps'
      | 'redraftFeeBps'
      | 'bondBps'
      | 'slashBps'
      | 'silentBps'
      | 'compensationBps'
      | 'stakeRewards'
      | 'minWorkerStakeWei'
    > = {
      verifierCount: 2 + (i % 4),
      feeBps: shares[0] as number,
      redraftFeeBps: shares[1] as number,
      bondBps: shares[2] as number,
      slashBps: shares[3] as number,
      silentBps: shares[4] as number,
      compensationBps: shares[5] as number,
      stakeRewards: rewards,
      minWorkerStakeWei: 17n,
    };
    const units = weights.reduce((sum, weight) => sum + weight, 0);
    const { payWei, ...priced } = priceLease({ policy, payWei: payOf({ units, pricePerUnitWei: price }) });
    const neededWei = neededStakeOf({ policy, payWei, chunks: weights.length, lockedWei: 0n });
    const secondNeededWei = neededStakeOf({ policy, payWei, chunks: weights.length, lockedWei: priced.bondWei });
    const feesWei = priced.redraftFeeWei * BigInt(policy.verifierCount);
    // The stake of the worker when it is convicted, and of every verifier.
    const stakeWei = 3n * neededWei + 1n;
    const verifierStakeWei = 10n ** 15n + 7n;
    const conviction = convictionCut({ policy, stakeWei, payWei, feesWei });
    return {
      weights,
      ...{ ...policy, minWorkerStakeWei: policy.minWorkerStakeWei.toString() },
      ...decimal({ pricePerUnitWei: price, payWei, ...priced, neededWei, secondNeededWei, stakeWei, verifierStakeWei }),
      ...decimal({
        expiryBurnedWei: expiryCut({ policy, stakeWei: neededWei, payWei }).burnedWei,
        convictionCutWei: conviction.cutWei,
        convictionToArtistWei: conviction.toArtistWei,
        convictionBurnedWei: conviction.burnedWei,
        silentBurnedWei: silentCut({ policy, stakeWei: verifierStakeWei }).burnedWei,
      }),
    };
  });
}
