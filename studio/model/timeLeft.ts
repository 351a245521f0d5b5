import { aboutInWords } from './words.js';

/** Before this share is rendered the pace says nothing. */
const LEAST_SHARE = 0.03;

/**
 * Seconds that a job has left at the pace it had so far; undefined where that cannot be said yet. What waits for its
 * audit takes as long as that many chunks took to be rendered: in a steady flow it leaves at the pace at which it came.
 */
export function secondsLeft(progress: {
  total: number;
  /** Committed or further, paid chunks among them. */
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

/** What the page says of a job's end: how long it takes, or why that cannot be said. */
export function timeLeftInWords(
  job: Parameters<typeof secondsLeft>[0] & { isClosed: boolean; deadlineSeconds: number },
): string {
  if (job.paid === job.total) return 'done';
  if (job.isClosed) return 'cancelled';
  if (job.nowSeconds > job.deadlineSeconds) return 'past its deadline';
  if (job.startedAtSeconds === null || job.startedAtSeconds === undefined) return 'not begun';
  const left = secondsLeft(job);
  return left === undefined ? 'not known yet' : aboutInWords(left);
}
