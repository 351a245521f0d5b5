/** How long to wait before trying again, longer after every failure. */
export interface Backoff {
  /** The next pause, in whole milliseconds; its ceiling doubles with every call. */
  nextMs(): number;
  /** The next pause is a first one again. */
  reset(): void;
}

/**
 * Exponential backoff with equal jitter, as in M. Brooker, "Exponential Backoff And Jitter" (AWS Architecture Blog,
 * 2015): pause n lies anywhere between half and all of `min(longestMs, firstMs * 2^n)`. The half that is sure keeps a
 * failure from being repeated at once, which full jitter would now and then; the half that is chance keeps many who lost
 * the same server from coming back to it together.
 *
 * @param options.firstMs ceiling of the first pause, above 0
 * @param options.longestMs ceiling of every pause, above 0
 * @param options.random 0 to 1, exclusive; 0 gives the ceilings themselves
 */
export function createBackoff(options: { firstMs: number; longestMs: number; random: () => number }): Backoff {
  const { longestMs, random } = options;
  const firstCeilingMs = Math.min(options.firstMs, longestMs);
  let ceilingMs = firstCeilingMs;
  return {
    nextMs() {
      const pauseMs = Math.ceil(ceilingMs * (1 - random() / 2));
      ceilingMs = Math.min(2 * ceilingMs, longestMs);
      return pauseMs;
    },
    reset() {
      ceilingMs = firstCeilingMs;
    },
  };
}
