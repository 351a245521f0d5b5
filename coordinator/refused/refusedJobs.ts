import { CID } from 'multiformats/cid';
import { type JobId, rawCidOfDigest } from '../../protocol/ids.js';
import type { Ledger } from '../../protocol/ledger.js';
import { isRefused, type RefusedList } from './parseRefusedList.js';

/**
 * Jobs whose artist or whose documents are on the list; what those documents name is looked for where they are kept.
 */
export function refusedJobs(list: RefusedList, ledger: Ledger): JobId[] {
  if (list.accounts.size === 0 && list.cids.size === 0) return [];
  const isNamed = (digest: Parameters<typeof rawCidOfDigest>[0]): boolean =>
    isRefused(list, CID.parse(rawCidOfDigest(digest)));
  return [...ledger.jobs.values()]
    .filter((job) => !job.closed && !job.completed)
    .filter((job) => list.accounts.has(job.artist) || isNamed(job.manifestDigest) || isNamed(job.termsDigest))
    .map((job) => job.jobId);
}
