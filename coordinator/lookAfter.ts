import type { Logger } from 'pino';
import { pause } from '../adapters/pause.js';
import type { Following } from './followChain.js';
import type { Session } from './Session.js';

/**
 * Does something again and again until the signal aborts, whenever the chain is read up to its head and the database is
 * there. What fails is told as `failed`, and tried again at the next look.
 */
export async function lookAfter(options: {
  following: Following;
  /** Milliseconds between looks. */
  lookMs: number;
  look: (session: Session) => Promise<void>;
  failed: string;
  signal: AbortSignal;
  log: Logger;
}): Promise<void> {
  const { following, lookMs, look, failed, signal, log } = options;
  while (!signal.aborted) {
    const session = following.session();
    // A chain of which only a part was read names too little.
    if (session?.caughtUp === true)
      await look(session).catch((error: unknown) => {
        if (signal.aborted) return;
        log.warn({ reason: error instanceof Error ? error.message : String(error) }, failed);
      });
    await pause(lookMs, signal).catch(() => undefined);
  }
}
