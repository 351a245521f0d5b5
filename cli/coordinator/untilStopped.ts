/** A coordinator that runs. */
interface Running {
  /** Settles when it has ended, whatever ended it; rejects with what went wrong. */
  closed: Promise<void>;
  close(): Promise<void>;
}

/**
 * Waits until a coordinator ends by itself or the signal aborts, and closes it. Rejects with the signal's reason, or
 * with what ended it.
 */
export async function untilStopped(coordinator: Running, signal: AbortSignal): Promise<never> {
  try {
    await Promise.race([
      coordinator.closed,
      new Promise<void>((resolve) =>
        signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true }),
      ),
    ]);
  } finally {
    await coordinator.close();
  }
  signal.throwIfAborted();
  throw new Error('the coordinator ended by itself');
}
