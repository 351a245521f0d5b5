import { commitmentOf, countChunks, type Ledger, type LedgerLease } from '../../protocol/ledger.js';
import type { Address } from '../../protocol/ids.js';
import { PRESENCE_TIMES } from '../presenceTimes.js';
import type { PartySeen } from '../readPresence.js';

/** Who is there to work, and how fast they have been. */
export interface Supply {
  /** Workers and verifiers that are there. */
  workers: number;
  verifiers: number;
  /** Work units a second of all these workers; undefined: none of them has ever worked here. */
  unitsPerSecond: number | undefined;
  /** How many of the workers have worked before; the others are taken to be like them. */
  known: number;
  /** Other jobs that have chunks to give out. */
  otherJobs: number;
  /** Seconds from a commitment to its pay, the median of what the chain has; undefined: nothing was ever paid. */
  settleSeconds: number | undefined;
}

/** Leases of a worker that are looked at, its newest. */
const LEASES = 20;
/** Who was neither heard of nor acted within this is not there, where no coordinator hears of anybody. */
const ACTED_WITHIN_MS = 600_000;

/**
 * Who is alive, as far as chain and coordinator tell, and their pace from what the chain has: the units that each
 * committed in its newest leases over the time in which it held one of them. Pace is per work unit, so a job whose
 * weights lie bends it; a worker's median job does not.
 */
export function estimateSupply(ledger: Ledger, presence: readonly PartySeen[]): Supply {
  const isAnyHeard = presence.some(({ heardAgoMs }) => heardAgoMs !== undefined);
  const alive = presence.filter(({ heardAgoMs, actedAgoMs }) =>
    isAnyHeard ? heardAgoMs !== undefined && heardAgoMs <= PRESENCE_TIMES.heardWithinMs : actedAgoMs <= ACTED_WITHIN_MS,
  );
  const workers = alive.filter(({ role }) => role === 'worker');
  const paces = workers.map(({ account }) => paceOf(ledger, account)).filter((pace) => pace !== undefined);
  const mean = paces.reduce((sum, pace) => sum + pace, 0) / paces.length;
  return {
    workers: workers.length,
    verifiers: alive.length - workers.length,
    unitsPerSecond: paces.length === 0 ? undefined : mean * workers.length,
    known: paces.length,
    otherJobs: [...ledger.jobs.values()].filter((job) => {
      const { free, voided } = countChunks(job);
      return !job.closed && !job.completed && free + voided > 0;
    }).length,
    settleSeconds: median(
      [...ledger.leases.values()].flatMap((lease) =>
        lease.state === 'PAYABLE' ? [lease.endedAtSeconds - lease.commitment.committedAtSeconds] : [],
      ),
    ),
  };
}

/** Work units a second of a worker over its newest leases that it committed; undefined where there are none. */
function paceOf(ledger: Ledger, worker: Address): number | undefined {
  const leases = [...ledger.leases.values()]
    .filter((lease) => lease.worker === worker && lease.state !== 'CONVICTED' && commitmentOf(lease) !== undefined)
    .slice(-LEASES);
  if (leases.length === 0) return undefined;
  const units = leases.reduce((sum, lease) => sum + unitsIn(ledger, lease), 0);
  return units / Math.max(1, heldSeconds(leases));
}

/** A lease's pay tells its units. */
function unitsIn(ledger: Ledger, lease: LedgerLease): number {
  const pricePerUnitWei = ledger.jobs.get(lease.jobId)?.pricePerUnitWei ?? 0n;
  return pricePerUnitWei === 0n ? 0 : Number(lease.payWei / pricePerUnitWei);
}

/** Seconds in which at least one of the leases was taken and not committed. */
function heldSeconds(leases: readonly LedgerLease[]): number {
  let heldUntilSeconds = 0;
  let seconds = 0;
  const spans = leases.map((lease) => [lease.takenAtSeconds, commitmentOf(lease)!.committedAtSeconds] as const);
  for (const [from, to] of spans.sort((a, b) => a[0] - b[0])) {
    seconds += Math.max(0, to - Math.max(from, heldUntilSeconds));
    heldUntilSeconds = Math.max(heldUntilSeconds, to);
  }
  return seconds;
}

function median(values: number[]): number | undefined {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
