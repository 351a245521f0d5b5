/**
 * Lets those who ask share runs: there is one at a time, and who asks while it goes on gets the next one, together with
 * everybody who asks before that one begins. What somebody gets was begun after he asked, however many ask at once.
 */
export function joinRuns<T>(run: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  let next: Promise<T> | undefined;
  const begin = (): Promise<T> => {
    next = undefined;
    running = run().finally(() => {
      // Else the next one begins in a moment, and whoever asks until then shares it.
      if (next === undefined) running = undefined;
    });
    return running;
  };
  return async () => {
    if (running === undefined) return await begin();
    next ??= running.then(begin, begin);
    return await next;
  };
}
