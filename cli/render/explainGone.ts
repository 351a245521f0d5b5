import { RushesError } from '../../protocol/errors.js';
import { formatMoney } from '../../protocol/formatMoney.js';
import type { LedgerJob } from '../../protocol/ledger.js';

/**
 * What is said where a job is done and paid for and nobody has all of its outputs any more, in the place of what failed;
 * any other error as it is.
 */
export function explainGone(error: unknown, job: Readonly<LedgerJob> | undefined): unknown {
  if (!(error instanceof RushesError) || error.code !== 'not-retrievable' || job?.completed !== true) return error;
  return new RushesError({
    code: 'not-retrievable',
    message: `job ${job.jobId} is done and paid for, and nobody has all of its outputs any more: ${error.message}`,
    facts: { ...error.facts, jobId: job.jobId, spentWei: job.spentWei.toString() },
    advice: `\`rushes fetch ${job.jobId.slice(0, 10)}\` takes the frames that are there; the same command with --again orders it anew, which cost ${formatMoney(job.spentWei)} the last time.`,
    cause: error,
  });
}
