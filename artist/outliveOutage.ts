import { retry } from '../adapters/retry.js';
import type { ErrorCode } from '../protocol/errorCodes.js';
import { RushesError } from '../protocol/errors.js';
import type { OutageEvent } from './ArtistEvent.js';

/** How long a part of the network may be away before its job is given up here; on chain it goes on. */
export const OUTAGE_PATIENCE_MS = 600_000;

const FIRST_PAUSE_MS = 600;
const LONGEST_PAUSE_MS = 4_000;
/** Shorter trouble is nobody's business. */
const TOLD_AFTER_MS = 2_000;

/**
 * What trouble of the network looks like: it may pass. Everything else does not become better by waiting. Content that
 * an endpoint which answers does not have is waited for less long than an endpoint that is away.
 */
const OUTAGES: Readonly<Partial<Record<ErrorCode, { of: 'chain' | 'objects'; patienceMs?: number }>>> = {
  'chain-unreachable': { of: 'chain' },
  'not-mined': { of: 'chain' },
  'ipfs-unreachable': { of: 'objects' },
  deadline: { of: 'objects' },
  'not-retrievable': { of: 'objects', patienceMs: 120_000 },
  'content-mismatch': { of: 'objects', patienceMs: 120_000 },
};

/**
 * Attempts something until it succeeds, as long as what fails is the network: with growing pauses, and for
 * `patienceMs` at most, after which the last error is thrown. `attempt` must be safe to repeat. What fails otherwise is
 * thrown at once, and so is the signal's reason.
 */
export async function outliveOutage<T>({
  attempt,
  onEvent,
  signal,
  patienceMs = OUTAGE_PATIENCE_MS,
}: {
  attempt: () => Promise<T>;
  onEvent: (event: OutageEvent) => void;
  signal: AbortSignal;
  patienceMs?: number;
}): Promise<T> {
  const startedAtMs = performance.now();
  let last: { code: ErrorCode; sinceMs: number } | undefined;
  let told: 'chain' | 'objects' | undefined;
  let attemptedAtMs = startedAtMs;
  const result = await retry({
    attempt() {
      attemptedAtMs = performance.now();
      return attempt();
    },
    onFailure(error, { pauseMs }) {
      const outage = error instanceof RushesError ? OUTAGES[error.code] : undefined;
      if (!(error instanceof RushesError) || outage === undefined) throw error;
      if (last?.code !== error.code) last = { code: error.code, sinceMs: attemptedAtMs };
      const againAtMs = performance.now() + pauseMs;
      if (againAtMs > last.sinceMs + Math.min(patienceMs, outage.patienceMs ?? patienceMs)) throw error;
      if (told === undefined && againAtMs > startedAtMs + TOLD_AFTER_MS) {
        told = outage.of;
        const lastedMs = performance.now() - startedAtMs;
        onEvent({ kind: 'outage', of: outage.of, lastedMs, patienceMs, reason: error.message });
      }
    },
    firstMs: FIRST_PAUSE_MS,
    longestMs: LONGEST_PAUSE_MS,
    signal,
  });
  if (told !== undefined) onEvent({ kind: 'recovered', of: told, lastedMs: performance.now() - startedAtMs });
  return result;
}

/** Which part of the network an error says is away; undefined for an error that says something else. */
export function outageOf(error: unknown): 'chain' | 'objects' | undefined {
  return error instanceof RushesError ? OUTAGES[error.code]?.of : undefined;
}
