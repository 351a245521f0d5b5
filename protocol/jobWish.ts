import type { JobId } from './ids.js';

/**
 * How an artist wishes a job to be suggested to workers. Advice to coordinators: the chain knows nothing of it, money and
 * leases stay as they are, and a worker may take whatever the contract offers.
 */
export interface JobWish {
  jobId: JobId;
  /** It is suggested to nobody. */
  paused: boolean;
  /**
   * Higher comes first among the jobs of one artist, whose turns they share: nobody comes before somebody else's jobs by
   * it. 0 unless wished otherwise.
   */
  priority: number;
}

/** Of a priority, either way. */
export const MOST_PRIORITY = 1000;
