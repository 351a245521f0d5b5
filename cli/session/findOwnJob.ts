import { findJob } from '../../artist/findJob.js';
import { BadInputError } from '../../protocol/errors.js';
import type { Address } from '../../protocol/ids.js';
import type { Ledger, LedgerJob } from '../../protocol/ledger.js';

/** A job of this account by its id or the first characters of it. Throws what findJob throws, and for others' jobs. */
export function findOwnJob(ledger: Ledger, wanted: string, account: Address): Readonly<LedgerJob> {
  const job = findJob(ledger, wanted);
  const { jobId, artist } = job;
  if (artist === account) return job;
  throw new BadInputError({
    code: 'not-yours',
    message: `job ${jobId} belongs to ${artist}, not to ${account}`,
    facts: { jobId, artist },
    advice: "give the artist's key with --key.",
  });
}
