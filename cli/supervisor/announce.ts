import type { Explanation } from '../errors/explainError.js';
import type { ChildMessage } from './ChildSpec.js';

/** Tells the supervisor, where there is one, that this process is ready. */
export function announceReady(facts: Record<string, unknown>): void {
  send({ kind: 'ready', facts });
}

/** Tells the supervisor, where there is one, what this process has done since it started. */
export function announceStatistics(values: Record<string, unknown>): void {
  send({ kind: 'statistics', values });
}

/** Tells the supervisor, where there is one, why this process ends. */
export function announceFailure({ code, message, advice, exitCode }: Explanation): void {
  send({ kind: 'failed', code, message, advice, exitCode });
}

function send(message: ChildMessage): void {
  // A closed channel means the supervisor is gone: nobody is left to tell.
  if (process.connected) process.send?.(message, undefined, {}, () => {});
}
