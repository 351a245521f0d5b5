import { secondsLeft } from '../../artist/secondsLeft.js';
import { aboutInWords } from './words.js';

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
