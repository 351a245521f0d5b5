// Dozens of requests end with one signal, and Node warns of the eleventh listener of a signal, which is a leak more
// often than not. No web standard tells it that so many are meant. So a signal is listened to once, whoever waits for
// it.
const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `end` once when the signal aborts, at once when it already has. Returns what stops waiting for it, to be called
 * in any case: a signal may outlive many requests.
 */
export function onAbort(signal: AbortSignal | undefined, end: () => void): () => void {
  if (signal === undefined) return () => undefined;
  if (signal.aborted) {
    end();
    return () => undefined;
  }
  const ends = waiting.get(signal) ?? listenTo(signal);
  // Of its own, so that the same function may wait twice.
  const own = (): void => end();
  ends.add(own);
  return () => void ends.delete(own);
}

function listenTo(signal: AbortSignal): Set<() => void> {
  const ends = new Set<() => void>();
  waiting.set(signal, ends);
  signal.addEventListener(
    'abort',
    () => {
      for (const end of ends) end();
      ends.clear();
    },
    { once: true },
  );
  return ends;
}
