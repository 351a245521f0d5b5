import type { Address, Bytes32 } from '../protocol/ids.js';
import type { Ledger, LedgerJob } from '../protocol/ledger.js';
import { deadEndOf } from './deadEndOf.js';

/**
 * The job in which an artist ordered a manifest before, so that nothing is paid twice: one that is done, else one that
 * can still end; the newest of several. Undefined when there is none: jobs that were cancelled, are late or have used
 * their money up are over.
 */
export function findOrdered({
  ledger,
  artist,
  manifestDigest,
  nowSeconds,
  isAgain,
}: {
  ledger: Ledger;
  artist: Address;
  manifestDigest: Bytes32;
  /** By the chain's clock. */
  nowSeconds: number;
  /** Passes over jobs that are done. */
  isAgain: boolean;
}): Readonly<LedgerJob> | undefined {
  const jobs = [...ledger.jobs.values()].filter(
    (job) => job.artist === artist && job.manifestDigest === manifestDigest,
  );
  return (
    (isAgain ? undefined : jobs.findLast((job) => job.completed)) ??
    jobs.findLast((job) => !job.completed && !job.closed && deadEndOf(ledger, job, nowSeconds, undefined) === undefined)
  );
}
