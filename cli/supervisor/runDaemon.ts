import type { Terminal } from '../terminal/Terminal.js';
import { announceReady, announceStatistics } from './announce.js';

/** A daemon of coordinator/, worker/ or verifier/. */
export interface Daemon {
  /** Settles when it has ended, whatever ended it; rejects with what went wrong. */
  closed: Promise<void>;
  close(): Promise<void>;
}

const STATISTICS_MS = 500;

/**
 * Runs a daemon until it ends by itself or the signal aborts, and closes it. Rejects with the signal's reason, or with
 * what ended the daemon.
 */
export async function runDaemon({
  daemon,
  facts,
  said,
  statistics,
  terminal,
  signal,
}: {
  daemon: Daemon;
  facts: Record<string, unknown>;
  said: string;
  statistics?: () => Record<string, unknown>;
  terminal: Terminal;
  signal: AbortSignal;
}): Promise<never> {
  announceReady(facts);
  if (process.send === undefined) terminal.line(said);
  const report =
    statistics === undefined ? undefined : setInterval(() => announceStatistics(statistics()), STATISTICS_MS);
  try {
    await Promise.race([
      daemon.closed,
      new Promise<void>((resolve) =>
        signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true }),
      ),
    ]);
    if (statistics !== undefined) announceStatistics(statistics());
  } finally {
    clearInterval(report);
    await daemon.close();
  }
  signal.throwIfAborted();
  throw new Error('the daemon ended by itself');
}
