import { askerOf } from './askerOf.js';

/** Tells whether more requests of an address are within bounds. */
export interface RateLimit {
  /** `count`: how many at once, default 1. */
  take(address: string, count?: number): boolean;
  /** Whether one more would be, without counting it. */
  has(address: string): boolean;
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
  const tokensOf = (key: string, atMs: number): number => {
    const before = buckets.get(key) ?? { tokens: options.burst, atMs };
    return Math.min(options.burst, before.tokens + ((atMs - before.atMs) / 1000) * options.perSecond);
  };
  return {
    has: (address) => tokensOf(askerOf(address), nowMs()) >= 1,
    take(address, count = 1) {
      const key = askerOf(address);
      const atMs = nowMs();
      const tokens = tokensOf(key, atMs);
      const isWithin = tokens >= count;
      buckets.delete(key);
      buckets.set(key, { tokens: isWithin ? tokens - count : tokens, atMs });
      if (buckets.size > MAX_ADDRESSES) buckets.delete(buckets.keys().next().value as string);
      return isWithin;
    },
  };
}
