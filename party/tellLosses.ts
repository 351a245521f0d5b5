import type { Logger } from 'pino';
import type { Address } from '../protocol/ids.js';
import type { LedgerLease } from '../protocol/ledger.js';
import { LOSS_SENTENCES, lossesOf } from '../protocol/lossesOf.js';

/** Tells the log what an account lost by the end of a lease, and why. */
export function tellLosses(options: { lease: LedgerLease | undefined; account: Address; log: Logger }): void {
  const { lease, account, log } = options;
  if (lease === undefined) return;
  for (const { leaseId, role, cause, slashedWei, account: loser } of lossesOf(lease))
    if (loser === account)
      log.error(
        { leaseId, account, cause, ...(slashedWei === undefined ? {} : { slashedWei: slashedWei.toString() }) },
        `stake lost: this ${role} ${LOSS_SENTENCES[cause]}`,
      );
}
