import type { Wei } from '../../protocol/ids.js';
import type { Plan } from '../planTerms.js';
import type { Supply } from './estimateSupply.js';
import type { ProbeMeasure } from './probeWork.js';

/** What a job will take and cost, as far as can be told before. */
export interface Quote {
  chunkCount: number;
  /** Work units of all chunks, of the lightest and of the heaviest. */
  units: number;
  leastUnits: number;
  mostUnits: number;
  /** How far the probe that counted them came, above 0 to 1; below 1 the units may be off by more than PROBE_ERROR. */
  probedShare: number;
  /** Pay and fees when nothing goes wrong, and when every audit has to be drawn anew. */
  priceWei: Wei;
  mostWei: Wei;
  /** What goes into escrow; it is never more than this. */
  escrowWei: Wei;
  /** What of it comes back when nothing goes wrong. */
  backWei: Wei;
  /** Seconds until all is paid: alone, and shared evenly with the other jobs; undefined where nobody is there. */
  seconds: { from: number; to: number } | undefined;
  /** Where the pace is from: the chain's history, or this machine, to which each worker is likened. */
  paceFrom: 'history' | 'here';
  supply: Supply;
}

/** Seconds from a commitment to its pay where the chain knows of none. */
const USUAL_SETTLE_SECONDS = 10;

/** Puts a quote together from a plan, what the probe counted, and who is there. Pure. */
export function quoteJob({
  plan,
  rays,
  measure,
  threads,
  supply,
  sharesThisMachine,
}: {
  plan: Plan;
  /** Of the whole job; see weighChunks. */
  rays: number;
  measure: ProbeMeasure;
  /** Render threads of this machine. */
  threads: number;
  supply: Supply;
  /** True: all workers together are this machine. */
  sharesThisMachine: boolean;
}): Quote {
  const { weights, priceWei, mostWei } = plan;
  const units = weights.reduce((sum, weight) => sum + weight, 0);
  const escrowWei = BigInt(plan.terms.budgetWei);
  const settleSeconds = supply.settleSeconds ?? USUAL_SETTLE_SECONDS;
  const machines = sharesThisMachine ? 1 : supply.workers;
  // What others did is known in units, what this machine does in rays.
  const aloneSeconds =
    supply.unitsPerSecond === undefined
      ? rays / (raysPerSecondOfThread(measure) * threads * machines)
      : units / supply.unitsPerSecond;
  return {
    chunkCount: weights.length,
    units,
    leastUnits: weights.reduce((least, weight) => Math.min(least, weight)),
    mostUnits: weights.reduce((most, weight) => Math.max(most, weight)),
    probedShare: measure.share,
    priceWei,
    mostWei,
    escrowWei,
    backWei: escrowWei - priceWei,
    seconds:
      supply.workers > 0 && Number.isFinite(aloneSeconds)
        ? { from: aloneSeconds + settleSeconds, to: aloneSeconds * (1 + supply.otherJobs) + settleSeconds }
        : undefined,
    paceFrom: supply.unitsPerSecond === undefined ? 'here' : 'history',
    supply,
  };
}

/** By processor time, so that whatever else this machine does now counts for nothing. */
function raysPerSecondOfThread({ frames, cpuMs }: ProbeMeasure): number {
  const rays = frames.reduce((sum, { tiles }) => sum + tiles.reduce((all, tile) => all + tile.rays, 0), 0);
  return rays / (Math.max(1, cpuMs) / 1000);
}
