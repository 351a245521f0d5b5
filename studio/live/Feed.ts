import { useSyncExternalStore } from 'react';

/** A value that changes by itself, for React: each state of it is an object of its own. */
export interface Feed<T> {
  subscribe(onChange: () => void): () => void;
  snapshot(): T;
}

/** Views are drawn again at most this often. */
const LEAST_APART_MS = 120;

/**
 * A feed that runs while somebody looks at it, and keeps what it had when nobody does. `run` is given a way to say that
 * there is something new, and a signal that tells when to stop.
 */
export function createFeed<T>(options: {
  snapshot: () => T;
  run: (changed: () => void, signal: AbortSignal) => void;
}): Feed<T> {
  const listeners = new Set<() => void>();
  let current = options.snapshot();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: AbortController | undefined;
  const changed = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      current = options.snapshot();
      for (const listener of listeners) listener();
    }, LEAST_APART_MS);
  };
  return {
    snapshot: () => current,
    subscribe(listener) {
      listeners.add(listener);
      if (running === undefined) {
        running = new AbortController();
        options.run(changed, running.signal);
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        running?.abort();
        running = undefined;
      };
    },
  };
}

/** The present state of a feed; the view is drawn again when it changes. */
export function useFeed<T>(feed: Feed<T>): T {
  return useSyncExternalStore(feed.subscribe, feed.snapshot);
}
