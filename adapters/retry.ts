import { createBackoff } from '../protocol/createBackoff.js';
import { pause } from './pause.js';

/** What is known when an attempt has failed. */
export interface FailedAttempt {
  /** Attempts made so far, at least 1. */
  attempts: number;
  /** Pause before the next attempt, in milliseconds. */
  pauseMs: number;
  /** Whether there is no next attempt: as many were made as may be, or the deadline comes before it. */
  isLast: boolean;
}

/**
 * Attempts something, which must be safe to repeat, until it succeeds, with growing pauses. `onFailure` judges every
 * failure: what it throws ends the attempts and is what the caller gets; when it returns, the attempt is repeated, or,
 * after the last one, what failed is thrown. Rejects with the signal's reason as soon as it aborts. Runs in a page as
 * in Node.
 */
export async function retry<T>({
  attempt,
  onFailure,
  firstMs,
  longestMs,
  deadlineMs = Number.POSITIVE_INFINITY,
  mostAttempts = Number.POSITIVE_INFINITY,
  signal,
  random = Math.random,
}: {
  attempt: () => Promise<T>;
  onFailure: (error: unknown, failed: FailedAttempt) => void;
  /** Ceilings of the first and of every pause, as in createBackoff. */
  firstMs: number;
  longestMs: number;
  /** No attempt starts later than this many milliseconds after the call; default never too late. */
  deadlineMs?: number | undefined;
  /** Default as many as it takes. */
  mostAttempts?: number;
  signal?: AbortSignal | undefined;
  /** 0 to 1, exclusive. */
  random?: () => number;
}): Promise<T> {
  const startedAtMs = performance.now();
  const backoff = createBackoff({ firstMs, longestMs, random });
  for (let attempts = 1; ; attempts++) {
    signal?.throwIfAborted();
    let pauseMs: number;
    try {
      return await attempt();
    } catch (error) {
      signal?.throwIfAborted();
      pauseMs = backoff.nextMs();
      const isLast = attempts >= mostAttempts || performance.now() - startedAtMs + pauseMs > deadlineMs;
      onFailure(error, { attempts, pauseMs, isLast });
      if (isLast) throw error;
    }
    await pause(pauseMs, signal);
  }
}
