import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Collects this thread's garbage now. Memory that threads share is given back when the last of them has collected what
 * stood for it, and it does not press on a thread's collector: one that idles would keep it for ever.
 */
export function collectGarbage(): void {
  // A new context has the function once the flag is set, however this process was started.
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
