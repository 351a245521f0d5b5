import { BadInputError } from '../protocol/errors.js';
import type { Ledger, LedgerJob } from '../protocol/ledger.js';

/** The job whose id begins with the given text. Throws BadInputError when there is none, or more than one. */
export function findJob(ledger: Ledger, text: string): Readonly<LedgerJob> {
  const prefix = (text.startsWith('0x') ? text : `0x${text}`).toLowerCase();
  if (!/^0x[0-9a-f]{1,64}$/.test(prefix))
    throw new BadInputError({
      code: 'bad-job',
      message: `${JSON.stringify(text)} is no job id`,
      facts: { job: text },
      advice: 'a job id is 0x and 64 hexadecimal digits, of which the first few are enough.',
    });
  const found = [...ledger.jobs.values()].filter((job) => job.jobId.startsWith(prefix));
  if (found.length === 1) return found[0]!;
  throw new BadInputError({
    code: 'bad-job',
    message: found.length === 0 ? `this network has no job ${prefix}` : `${found.length} jobs begin with ${prefix}`,
    facts: { job: text },
    advice: found.length === 0 ? 'check the id and the network.' : 'give more of its digits.',
  });
}
