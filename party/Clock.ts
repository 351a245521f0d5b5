/** Time as the roles need it, so that a test can hold it still. */
export interface Clock {
  /** Milliseconds since some moment; never goes back, also where the wall clock does. */
  nowMs(): number;
  /** A signal that aborts after some milliseconds, a whole number of at least 1. */
  abortAfter(ms: number): AbortSignal;
}

/**
 * The newest chain block read, and the chain's time: that of the chain block, and what has passed since it was read, in unix
 * seconds.
 */
export interface ChainNow {
  blockNumber: number;
  seconds: number;
}

/** The longest a timer can count, in milliseconds. */
const LONGEST_MS = 2 ** 31 - 1;

/** A signal that aborts after some seconds of a deadline on chain, at least a millisecond. */
export function untilDeadline(clock: Clock, secondsLeft: number): AbortSignal {
  return clock.abortAfter(Math.min(LONGEST_MS, Math.max(1, Math.ceil(1000 * secondsLeft))));
}
