import { chunkState, type Ledger, type LedgerJob } from '../protocol/ledger.js';

/** Before this share is rendered the pace says nothing. */
const LEAST_SHARE = 0.03;

/**
 * Seconds that a job has left at the pace it had so far; undefined where that cannot be said yet. What waits for its
 * audit takes as long as that many chunks took to be rendered: in a steady flow it leaves at the pace at which it came.
 */
export function secondsLeft(progress: {
  /** Of whatever is counted: chunks, or better work units, where they are known. */
  total: number;
  /** Committed or further, paid among them. */
  rendered: number;
  paid: number;
  /** When the first lease was taken, and now: unix seconds by the chain's clock. */
  startedAtSeconds: number | null | undefined;
  nowSeconds: number;
}): number | undefined {
  const { total, rendered, paid, startedAtSeconds, nowSeconds } = progress;
  if (paid === total) return 0;
  if (startedAtSeconds === null || startedAtSeconds === undefined) return undefined;
  const elapsedSeconds = nowSeconds - startedAtSeconds;
  if (rendered / total < LEAST_SHARE || elapsedSeconds <= 0) return undefined;
  return (elapsedSeconds * (total - paid)) / rendered;
}

/** The same in work units, by what the chain has of a job. */
export function jobSecondsLeft({
  ledger,
  job,
  weights,
  nowSeconds,
}: {
  ledger: Ledger;
  job: Readonly<LedgerJob>;
  weights: Uint16Array;
  /** By the chain's clock. */
  nowSeconds: number;
}): number | undefined {
  const units = { total: 0, rendered: 0, paid: 0 };
  for (const [chunk, weight] of weights.entries()) {
    const state = chunkState(job, chunk);
    units.total += weight;
    if (state === 'committed' || state === 'paid') units.rendered += weight;
    if (state === 'paid') units.paid += weight;
  }
  const first = job.leaseIds[0];
  const startedAtSeconds = first === undefined ? undefined : ledger.leases.get(first)?.takenAtSeconds;
  return secondsLeft({ ...units, startedAtSeconds, nowSeconds });
}
