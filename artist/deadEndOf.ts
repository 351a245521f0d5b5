import { chunkState, type Ledger, type LedgerJob } from '../protocol/ledger.js';
import { payOf, priceLease } from '../protocol/pricing.js';

/** Why the chunks of a job that are not paid never will be. */
export type DeadEnd = 'closed' | 'late' | 'no-budget';

/**
 * Why a job cannot end; undefined while it can, and once it has. Without the job's weights a chunk is taken to weigh the
 * least it can, so that money counts as used up only where it is for certain.
 */
export function deadEndOf(
  ledger: Ledger,
  job: Readonly<LedgerJob>,
  /** By the chain's clock. */ nowSeconds: number,
  weights: Uint16Array | undefined,
): DeadEnd | undefined {
  if (job.completed || job.leaseIds.some((leaseId) => ledger.openLeaseIds.has(leaseId))) return undefined;
  if (job.closed) return 'closed';
  if (nowSeconds > job.deadlineSeconds) return 'late';
  const policy = ledger.policies.get(job.policy);
  const units = weights === undefined ? 1 : lightestLeft(job, weights);
  if (policy === undefined || units === undefined) return undefined;
  const payWei = payOf({ units, pricePerUnitWei: job.pricePerUnitWei });
  return job.unreservedWei < priceLease({ policy, payWei }).reservedWei ? 'no-budget' : undefined;
}

/** Work units of the lightest chunk that could be taken. */
function lightestLeft(job: Readonly<LedgerJob>, weights: Uint16Array): number | undefined {
  const left = [...weights].filter((_, chunk) => ['free', 'voided'].includes(chunkState(job, chunk)));
  return left.length === 0 ? undefined : left.reduce((least, weight) => Math.min(least, weight));
}
