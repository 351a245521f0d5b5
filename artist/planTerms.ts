import type { Address, Wei } from '../protocol/ids.js';
import { chunkCount, geometryOf } from '../protocol/geometry.js';
import { formatMoney } from '../protocol/formatMoney.js';
import type { Manifest } from '../protocol/manifest.js';
import { leaseTimesOf } from '../protocol/leaseTimes.js';
import type { PolicyNumbers } from '../protocol/policy.js';
import { priceJob } from '../protocol/pricing.js';
import type { Terms } from '../protocol/terms.js';
import { equalWeights } from '../protocol/weights.js';
import { unitsOfRays } from '../protocol/workUnits.js';
import { BadInputError } from '../protocol/errors.js';

/**
 * Rays of one sample per path segment: the closest hit and the shadow ray, less what Russian roulette and the sky end
 * early.
 */
const RAYS_PER_SEGMENT = 1.4;
/** What a work unit is offered at: a hundredth of a token. */
const PRICE_PER_UNIT_WEI = 10n ** 16n;

/** What a job is expected to cost, before it is ordered. */
export interface Plan {
  /** All but the weights, which stand in terms as a number or as a file's CID. */
  terms: Omit<Terms, 'weights'>;
  /** Work units of every chunk. */
  weights: Uint16Array;
  /** Pay of the workers and fees of the verifiers when nothing goes wrong. */
  priceWei: Wei;
  /** The same where every audit must be drawn anew: the least that a budget may be. */
  mostWei: Wei;
}

/**
 * Terms for a manifest: where nobody weighed its chunks, each weighs what a full tile is estimated to take; the budget
 * is twice the price, so that chunks which must be rendered again do not stop the job; what is left comes back. Throws
 * BadInputError for a budget below the price.
 */
export function planTerms({
  manifest,
  policy,
  numbers,
  weights: weighed,
  budgetWei,
  nowSeconds,
  deadlineMinutes,
}: {
  manifest: Manifest;
  policy: Address;
  numbers: PolicyNumbers;
  /** Work units of every chunk; see quote/weighChunks.ts. Undefined: nobody measured. */
  weights?: Uint16Array | undefined;
  budgetWei: Wei | undefined;
  nowSeconds: number;
  deadlineMinutes: number;
}): Plan {
  const weights = weighed ?? equalWeights(chunkCount(geometryOf(manifest)), estimatedWeight(manifest, numbers));
  const { expectedWei, reserveWei } = priceJob({
    policy: numbers,
    pricePerUnitWei: PRICE_PER_UNIT_WEI,
    units: weights.reduce((sum, weight) => sum + weight, 0),
  });
  if (budgetWei !== undefined && budgetWei < reserveWei)
    throw new BadInputError({
      code: 'budget',
      message: `the budget is below the price: the job needs ${formatMoney(reserveWei, 18)} tokens and is given ${formatMoney(budgetWei, 18)}`,
      facts: { budgetWei: budgetWei.toString(), priceWei: reserveWei.toString() },
      advice: 'raise the budget, or render less.',
    });
  // A lease that could end after the job is never taken.
  const heaviest = weights.reduce((most, weight) => Math.max(most, weight), 0);
  const { longestPathSeconds } = leaseTimesOf({ policy: numbers, units: heaviest });
  const leastMinutes = Math.ceil(longestPathSeconds / 60) + 1;
  if (deadlineMinutes < leastMinutes)
    throw new BadInputError({
      code: 'deadline-too-near',
      message: `a deadline of ${deadlineMinutes} minutes is too near: with every wait its policy allows, one chunk may take ${leastMinutes} minutes, and no worker takes what could end too late`,
      facts: { deadlineMinutes, leastMinutes },
      advice: `give ${leastMinutes} minutes or more; nothing honest waits that long.`,
    });
  return {
    terms: {
      protocolVersion: 1,
      pricePerUnitWei: PRICE_PER_UNIT_WEI.toString(),
      budgetWei: (budgetWei ?? 2n * reserveWei).toString(),
      deadline: nowSeconds + deadlineMinutes * 60,
      policy,
      privacy: 'public',
    },
    weights,
    priceWei: expectedWei,
    mostWei: reserveWei,
  };
}

/** Work units of a full tile whose every path is long: more than most scenes take. */
function estimatedWeight(manifest: Manifest, numbers: PolicyNumbers): number {
  const { tileSize, size, samples, bounces } = manifest;
  const tilePixels = Math.min(tileSize, size.width) * Math.min(tileSize, size.height);
  const rays = tilePixels * samples * (1 + (bounces - 1) * RAYS_PER_SEGMENT);
  return Math.min(0xffff, numbers.maxUnitsPerLease, unitsOfRays(rays));
}
