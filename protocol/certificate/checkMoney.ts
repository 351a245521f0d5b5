import { applyEvent } from '../applyEvent.js';
import type { ContractEvent } from '../events.js';
import type { Address, LeaseId } from '../ids.js';
import { type Ledger, type LedgerLease, commitmentOf, createLedger, policyOf } from '../ledger.js';
import type { PolicyNumbers } from '../policy.js';
import { type StakeCut, convictionCut, expiryCut, priceLease, silentCut } from '../pricing.js';

/** One sum of money, as an event states it and as the policy's numbers make it; decimal wei. */
export interface MoneyCheck {
  what: string;
  stated: string[];
  computed: string[];
}

/**
 * The money of all leases that `events` take, beside what the arithmetic of their policies makes it: fees, reserves,
 * and what was cut off stakes, with the artist's part and the burned one. Events in the chain's order. Throws
 * InvariantError where they contradict one another.
 */
export function checkMoney(events: readonly ContractEvent[]): MoneyCheck[] {
  const ledger = createLedger();
  return events.flatMap((event, place) => {
    const checks = checksOf(ledger, event, events.slice(place + 1));
    applyEvent(ledger, event);
    return checks;
  });
}

/** @param later the events after it */
function checksOf(ledger: Ledger, event: ContractEvent, later: readonly ContractEvent[]): MoneyCheck[] {
  switch (event.name) {
    case 'LeaseTaken': {
      const { leaseId, jobId, payWei, feeWei, reservedWei } = event.args;
      const policy = policyOf(ledger, { jobId });
      if (policy === undefined) return [];
      const price = priceLease({ policy, payWei });
      return [check(`lease ${leaseId}: fee and reserve`, [feeWei, reservedWei], [price.feeWei, price.reservedWei])];
    }
    case 'LeaseRedrafted': {
      const known = leaseOf(ledger, event.args.leaseId);
      if (known === undefined) return [];
      const { redraftFeeWei } = priceLease({ policy: known.policy, payWei: known.lease.payWei });
      return [check(`lease ${event.args.leaseId}: fee after the redraft`, [event.args.feeWei], [redraftFeeWei])];
    }
    case 'LeaseExpired':
    case 'LeaseConvicted': {
      const known = leaseOf(ledger, event.args.leaseId);
      if (known === undefined) return [];
      const { worker } = known.lease;
      const cut = workersCut(ledger, known, event.name);
      return [
        check(`lease ${event.args.leaseId}: cut of its worker`, [event.args.slashedWei], [cut.cutWei]),
        ...cutChecks(`lease ${event.args.leaseId}: stake of ${worker}`, { account: worker, cut, event, later }),
      ];
    }
    case 'LeaseVoided': {
      const known = leaseOf(ledger, event.args.leaseId);
      if (known === undefined || event.args.reason !== 'silent') return [];
      return silentVerifiers(known.lease).flatMap((account) => {
        const cut = silentCut({ policy: known.policy, stakeWei: stakeOf(ledger, account) });
        return cutChecks(`lease ${event.args.leaseId}: stake of ${account}`, { account, cut, event, later });
      });
    }
    default:
      return [];
  }
}

function workersCut(
  ledger: Ledger,
  { lease, policy }: { lease: LedgerLease; policy: PolicyNumbers },
  ending: 'LeaseExpired' | 'LeaseConvicted',
): StakeCut {
  const stakeWei = stakeOf(ledger, lease.worker);
  const { payWei } = lease;
  if (ending === 'LeaseExpired') return expiryCut({ policy, stakeWei, payWei });
  // A seal earns the fee where the worker is why there was no reveal.
  const seals = (commitmentOf(lease)?.audits ?? []).filter((audit) => audit.sealHash !== undefined).length;
  return convictionCut({ policy, stakeWei, payWei, feesWei: lease.feeWei * BigInt(seals) });
}

/** Compares a cut with the event that carried it out: the next one about the account, in the same transaction. */
function cutChecks(
  what: string,
  of: { account: Address; cut: StakeCut; event: ContractEvent; later: readonly ContractEvent[] },
): MoneyCheck[] {
  const { cut } = of;
  if (cut.cutWei === 0n) return [];
  const slashed = of.later.find(
    (event) =>
      event.name === 'Slashed' &&
      event.transactionHash === of.event.transactionHash &&
      event.args.account === of.account,
  );
  const stated =
    slashed?.name === 'Slashed' ? [slashed.args.amountWei, slashed.args.toArtistWei, slashed.args.burnedWei] : [];
  return [check(what, stated, [cut.cutWei, cut.toArtistWei, cut.burnedWei])];
}

function silentVerifiers(lease: LedgerLease): Address[] {
  return (commitmentOf(lease)?.audits ?? [])
    .filter((audit) => audit.sealHash !== undefined && audit.reveal === undefined)
    .map((audit) => audit.verifier);
}

function leaseOf(ledger: Ledger, leaseId: LeaseId): { lease: LedgerLease; policy: PolicyNumbers } | undefined {
  const lease = ledger.leases.get(leaseId);
  const policy = lease === undefined ? undefined : policyOf(ledger, lease);
  return lease === undefined || policy === undefined ? undefined : { lease, policy };
}

function stakeOf(ledger: Ledger, account: Address): bigint {
  return ledger.accounts.get(account)?.stakeWei ?? 0n;
}

function check(what: string, stated: readonly bigint[], computed: readonly bigint[]): MoneyCheck {
  return { what, stated: stated.map(String), computed: computed.map(String) };
}
