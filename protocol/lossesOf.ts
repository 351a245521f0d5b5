import type { Address, LeaseId, Wei } from './ids.js';
import type { LedgerLease } from './ledger.js';

/** Why somebody lost stake: for being late, which says nothing about their work, or for what was proven of it. */
export type LossCause = 'commitMissed' | 'openingMissed' | 'leafWithheld' | 'valuesWrong' | 'revealMissed';

/** Stake that somebody lost by how a lease ended. */
export interface Loss {
  leaseId: LeaseId;
  account: Address;
  role: 'worker' | 'verifier';
  cause: LossCause;
  /** Undefined where the lease does not say how much: verifiers lose a share of their stake. */
  slashedWei: Wei | undefined;
}

/** Each cause in words, to follow the name of who lost. */
export const LOSS_SENTENCES: Record<LossCause, string> = {
  commitMissed: 'did not commit its lease before the deadline',
  openingMissed: 'did not open its drawn leaves before the deadline; nobody found its values wrong',
  leafWithheld: 'did not show a leaf that a verifier demanded on chain before the deadline; nobody found it wrong',
  valuesWrong: 'committed to values that every verifier found wrong',
  revealMissed: 'sealed its values and did not reveal them before the deadline',
};

/** Who lost stake by the end of this lease, and why. Leases that a worker's other conviction ended cost nothing more. */
export function lossesOf(lease: LedgerLease): Loss[] {
  const { leaseId, worker } = lease;
  switch (lease.state) {
    case 'EXPIRED':
      return [{ leaseId, account: worker, role: 'worker', cause: 'commitMissed', slashedWei: lease.slashedWei }];
    case 'CONVICTED': {
      const isWithheld = lease.commitment.audits.some(({ demand }) => demand !== undefined && !demand.answered);
      const cause = lease.openingDigest === undefined ? 'openingMissed' : isWithheld ? 'leafWithheld' : 'valuesWrong';
      return [{ leaseId, account: worker, role: 'worker', cause, slashedWei: lease.slashedWei }];
    }
    case 'VOID':
      return lease.reason !== 'silent'
        ? []
        : (lease.commitment?.audits ?? [])
            .filter((audit) => audit.sealHash !== undefined && audit.reveal === undefined)
            .map(({ verifier }) => ({
              leaseId,
              account: verifier,
              role: 'verifier',
              cause: 'revealMissed',
              slashedWei: undefined,
            }));
    case 'TAKEN':
    case 'COMMITTED':
    case 'SEALED':
    case 'OPENED':
    case 'PAYABLE':
      return [];
  }
}
