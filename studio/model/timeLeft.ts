/** Most of a job's time goes into rendering; what is audited and paid for comes a little behind. */
const RENDERING_SHARE = 0.85;
/** Before this share is done the pace says nothing. */
const LEAST_SHARE = 0.03;

/** How far a job is, from 0 to 1. */
export function shareDone({ total, rendered, paid }: { total: number; rendered: number; paid: number }): number {
  return (RENDERING_SHARE * rendered + (1 - RENDERING_SHARE) * paid) / total;
}

/**
 * Seconds that a job has left at the pace it had so far; undefined where that cannot be said yet. `rendered` counts
 * what is committed or further, paid chunks among them.
 */
export function secondsLeft(progress: {
  total: number;
  rendered: number;
  paid: number;
  /** When the first lease was taken, and now: unix seconds by the chain's clock. */
  startedAtSeconds: number | null | undefined;
  nowSeconds: number;
}): number | undefined {
  const { startedAtSeconds, nowSeconds } = progress;
  if (progress.paid === progress.total) return 0;
  if (startedAtSeconds === null || startedAtSeconds === undefined) return undefined;
  const share = shareDone(progress);
  const elapsedSeconds = nowSeconds - startedAtSeconds;
  if (share < LEAST_SHARE || elapsedSeconds <= 0) return undefined;
  return (elapsedSeconds * (1 - share)) / share;
}
