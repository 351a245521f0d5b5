import { type Handlers, auditOf, commonOf, leaseIn } from './mutableLedger.js';

/** What the verifiers of a lease do, and what is demanded of its worker, do to a ledger. */
export const AUDIT_EVENTS: Handlers<
  | 'LeaseDrawn'
  | 'LeaseSealed'
  | 'LeaseSealsComplete'
  | 'LeaseRedrafted'
  | 'OpeningDemanded'
  | 'OpeningAnswered'
  | 'LeaseRevealed'
> = {
  LeaseDrawn(ledger, event) {
    const { leaseId, seed, drawnMask, verifiers } = event.args;
    const { commitment } = leaseIn(ledger, leaseId, ['COMMITTED']);
    commitment.draw = { seed, drawnMask, verifiers };
    for (const verifier of verifiers) auditOf(commitment, verifier);
  },

  LeaseSealed(ledger, event) {
    const { commitment } = leaseIn(ledger, event.args.leaseId, ['COMMITTED']);
    auditOf(commitment, event.args.verifier).sealHash = event.args.sealHash;
  },

  LeaseSealsComplete(ledger, event) {
    const lease = leaseIn(ledger, event.args.leaseId, ['COMMITTED']);
    // Those who were drawn and did not seal have no part in what follows.
    lease.commitment.audits = lease.commitment.audits.filter((audit) => audit.sealHash !== undefined);
    ledger.leases.set(lease.leaseId, {
      ...commonOf(lease),
      state: 'SEALED',
      commitment: lease.commitment,
      openDeadlineSeconds: event.args.openDeadline,
    });
  },

  LeaseRedrafted(ledger, event) {
    const lease = leaseIn(ledger, event.args.leaseId, ['COMMITTED']);
    lease.commitment.redrafted = true;
    lease.commitment.drawBlock = event.args.drawBlock;
    lease.commitment.audits = lease.commitment.audits.filter((audit) => audit.sealHash !== undefined);
    lease.feeWei = event.args.feeWei;
    lease.sealDeadlineSeconds = event.args.sealDeadline;
  },

  OpeningDemanded(ledger, event) {
    const lease = leaseIn(ledger, event.args.leaseId, ['OPENED']);
    const { verifier, chunkIndex, leafIndex, answerDeadline, revealDeadline } = event.args;
    auditOf(lease.commitment, verifier).demand = {
      chunkIndex,
      leafIndex,
      answerDeadlineSeconds: answerDeadline,
      answered: false,
      present: false,
      answerTransaction: undefined,
    };
    lease.revealDeadlineSeconds = revealDeadline;
  },

  OpeningAnswered(ledger, event) {
    const { commitment } = leaseIn(ledger, event.args.leaseId, ['OPENED']);
    const audit = auditOf(commitment, event.args.verifier);
    if (audit.demand !== undefined)
      audit.demand = {
        ...audit.demand,
        answered: true,
        present: event.args.present,
        answerTransaction: event.transactionHash,
      };
  },

  LeaseRevealed(ledger, event) {
    const { leaseId, verifier, verdict, findingDigest, valuesHash } = event.args;
    const { commitment } = leaseIn(ledger, leaseId, ['OPENED']);
    auditOf(commitment, verifier).reveal = {
      verdict,
      findingDigest,
      valuesHash,
      transactionHash: event.transactionHash,
    };
  },
};
