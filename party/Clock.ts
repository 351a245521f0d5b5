/** Time as the roles need it, so that a test can hold it still. */
export interface Clock {
  /** Milliseconds since some moment; never goes back, also where the wall clock does. */
  nowMs(): number;
  /** A signal that aborts after some milliseconds, a whole number of at least 1. */
  abortAfter(ms: number): AbortSignal;
}

/** The longest a timer can count, in milliseconds. */
const LONGEST_MS = 2 ** 31 - 1;

/** A signal that aborts after some seconds of a deadline on chain, at least a millisecond. */
export function untilDeadline(clock: Clock, secondsLeft: number): AbortSignal {
  return clock.abortAfter(Math.min(LONGEST_MS, Math.max(1, Math.ceil(1000 * secondsLeft))));
}
