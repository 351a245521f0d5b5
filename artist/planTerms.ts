import type { Address, Wei } from '../protocol/ids.js';
import { chunkCount, geometryOf } from '../protocol/geometry.js';
import { formatMoney } from '../protocol/formatMoney.js';
import type { Manifest } from '../protocol/manifest.js';
import { leaseTimesOf } from '../protocol/leaseTimes.js';
import type { PolicyNumbers } from '../protocol/policy.js';
import { priceJob } from '../protocol/pricing.js';
import { checkTerms, type Terms } from '../protocol/terms.js';
import { BadInputError } from '../protocol/errors.js';

/** A work unit is one second on a machine of score 100: this many rays. */
const RAYS_PER_UNIT = 1_200_000;
/**
 * Rays of one sample per path segment: the closest hit and the shadow ray, less what Russian roulette and the sky end
 * early.
 */
const RAYS_PER_SEGMENT = 1.4;
/** What a work unit is offered at: a hundredth of a token. */
const PRICE_PER_UNIT_WEI = 10n ** 16n;

/** What a job is expected to cost. */
export interface Plan {
  terms: Terms;
  /** Work units of one chunk; all are equal. */
  weight: number;
  /** Pay of the workers and fees of the verifiers when nothing goes wrong. */
  priceWei: Wei;
}

/**
 * Terms for a manifest: every chunk weighs what a full tile is estimated to take, and the budget is twice the price, so
 * that chunks which must be rendered again do not stop the job; what is left comes back. Throws BadInputError for a
 * budget below the price.
 */
export function planTerms({
  manifest,
  policy,
  numbers,
  budgetWei,
  nowSeconds,
  deadlineMinutes,
}: {
  manifest: Manifest;
  policy: Address;
  numbers: PolicyNumbers;
  budgetWei: Wei | undefined;
  nowSeconds: number;
  deadlineMinutes: number;
}): Plan {
  const geometry = geometryOf(manifest);
  const tilePixels =
    Math.min(manifest.tileSize, manifest.size.width) * Math.min(manifest.tileSize, manifest.size.height);
  const rays = tilePixels * manifest.samples * (1 + (manifest.bounces - 1) * RAYS_PER_SEGMENT);
  const weight = Math.min(0xffff, numbers.maxUnitsPerLease, Math.max(1, Math.round(rays / RAYS_PER_UNIT)));
  const { expectedWei, reserveWei } = priceJob({
    policy: numbers,
    pricePerUnitWei: PRICE_PER_UNIT_WEI,
    units: chunkCount(geometry) * weight,
  });
  if (budgetWei !== undefined && budgetWei < reserveWei)
    throw new BadInputError({
      code: 'budget',
      message: `the budget is below the price: the job needs ${formatMoney(reserveWei, 18)} tokens and is given ${formatMoney(budgetWei, 18)}`,
      facts: { budgetWei: budgetWei.toString(), priceWei: reserveWei.toString() },
      advice: 'raise the budget, or render less.',
    });
  // A lease that could end after the job is never taken.
  const { longestPathSeconds } = leaseTimesOf({ policy: numbers, units: weight });
  const leastMinutes = Math.ceil(longestPathSeconds / 60) + 1;
  if (deadlineMinutes < leastMinutes)
    throw new BadInputError({
      code: 'deadline-too-near',
      message: `a deadline of ${deadlineMinutes} minutes is too near: with every wait its policy allows, one chunk may take ${leastMinutes} minutes, and no worker takes what could end too late`,
      facts: { deadlineMinutes, leastMinutes },
      advice: `give ${leastMinutes} minutes or more; nothing honest waits that long.`,
    });
  const terms = checkTerms({
    protocolVersion: 1,
    pricePerUnitWei: PRICE_PER_UNIT_WEI.toString(),
    budgetWei: (budgetWei ?? 2n * reserveWei).toString(),
    deadline: nowSeconds + deadlineMinutes * 60,
    policy,
    privacy: 'public',
    weights: weight,
  });
  return { terms, weight, priceWei: expectedWei };
}
