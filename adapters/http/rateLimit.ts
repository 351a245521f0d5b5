/** Tells whether one more request of an address is within bounds. */
export interface RateLimit {
  take(address: string): boolean;
}

/**
 * Addresses remembered; beyond, those that have not asked for longest are forgotten, which only ever lets more through.
 */
const MAX_ADDRESSES = 10_000;

/**
 * A bucket of tokens per address: `burst` at most, refilled at `perSecond`. `nowMs` is a clock in milliseconds, for
 * tests.
 */
export function createRateLimit(options: { perSecond: number; burst: number; nowMs?: () => number }): RateLimit {
  const nowMs = options.nowMs ?? ((): number => performance.now());
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  return {
    take(address) {
      const now = nowMs();
      const before = buckets.get(address) ?? { tokens: options.burst, atMs: now };
      const tokens = Math.min(options.burst, before.tokens + ((now - before.atMs) / 1000) * options.perSecond);
      buckets.delete(address);
      buckets.set(address, { tokens: tokens >= 1 ? tokens - 1 : tokens, atMs: now });
      if (buckets.size > MAX_ADDRESSES) buckets.delete(buckets.keys().next().value as string);
      return tokens >= 1;
    },
  };
}
