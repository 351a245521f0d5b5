import type { Role } from '../protocol/events.js';
import { countChunks, type Ledger } from '../protocol/ledger.js';
import { PRESENCE_TIMES } from './presenceTimes.js';
import type { PartySeen } from './readPresence.js';

/** Whose whole kind seems to be away. */
export interface Absence {
  roles: {
    role: Role;
    /** All that are registered, the one seen last first; empty: none is. */
    parties: PartySeen[];
  }[];
}

/**
 * Which kind of party is away altogether; undefined: none, as far as can be told. Where the coordinator hears of a
 * kind, the kind is away when it has heard of nobody for so long that three beats are missing. Else the chain decides:
 * something has waited for the kind for 15 s and nobody of it has done anything meanwhile, which an honest party that
 * renders for long looks like as well.
 */
export function findAbsence({
  ledger,
  presence,
  quietMs,
}: {
  ledger: Ledger;
  presence: readonly PartySeen[];
  /** How long nothing has moved; undefined: not known, and the chain's own times decide. */
  quietMs: number | undefined;
}): Absence | undefined {
  const waits = { worker: waitsForWorker(ledger), verifier: waitsForVerifier(ledger) };
  const roles = (['worker', 'verifier'] as const).flatMap((role) => {
    const parties = presence.filter((party) => party.role === role).sort((a, b) => seenAgoMs(a) - seenAgoMs(b));
    const isHeard = parties.some((party) => party.heardAgoMs !== undefined);
    const isAway = isHeard
      ? parties.every((party) => (party.heardAgoMs ?? Infinity) > PRESENCE_TIMES.heardWithinMs)
      : waits[role] &&
        (quietMs ?? Infinity) >= PRESENCE_TIMES.actedWithinMs &&
        parties.every((party) => party.actedAgoMs > PRESENCE_TIMES.actedWithinMs);
    return isAway || parties.length === 0 ? [{ role, parties }] : [];
  });
  return roles.length === 0 ? undefined : { roles };
}

/** Milliseconds since a party was last seen, by whoever saw it last. */
export function seenAgoMs({ heardAgoMs, actedAgoMs }: PartySeen): number {
  return Math.min(heardAgoMs ?? Infinity, actedAgoMs);
}

function waitsForWorker(ledger: Ledger): boolean {
  return [...ledger.jobs.values()].some((job) => {
    const counts = countChunks(job);
    return !job.closed && !job.completed && counts.free + counts.voided > 0;
  });
}

function waitsForVerifier(ledger: Ledger): boolean {
  return [...ledger.openLeaseIds].some((leaseId) =>
    ['COMMITTED', 'OPENED'].includes(ledger.leases.get(leaseId)?.state ?? ''),
  );
}
