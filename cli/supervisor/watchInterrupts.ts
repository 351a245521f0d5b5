import { setMaxListeners } from 'node:events';
import { InterruptedError } from '../errors/InterruptedError.js';

/** How long a process may tidy up after its supervisor is gone. */
const ORPHAN_MS = 5000;

/**
 * A signal that aborts when a person (Ctrl-C, closed terminal), the system (SIGTERM) or the disappearance of the
 * supervisor asks this process to end. The second Ctrl-C ends it at once with 130; 'exit' handlers still run, so
 * children are killed.
 */
export function watchInterrupts(): { signal: AbortSignal; stop: () => void } {
  const controller = new AbortController();
  // Every request under way listens to it: dozens are no leak.
  setMaxListeners(0, controller.signal);
  const onSignal = (by: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new InterruptedError(by));
  };
  const onDisconnect = (): void => {
    if (!controller.signal.aborted) controller.abort(new InterruptedError('parent'));
    setTimeout(() => process.kill(-process.pid, 'SIGKILL'), ORPHAN_MS).unref();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, onSignal);
  // A child of the supervisor leads its own process group, so killing the group takes along what it started.
  if (process.send !== undefined) {
    process.on('disconnect', onDisconnect);
    // The supervisor may have been killed while this process was loading its modules: that was told to nobody.
    if (!process.connected) onDisconnect();
  }
  return {
    signal: controller.signal,
    stop() {
      for (const name of signals) process.off(name, onSignal);
      process.off('disconnect', onDisconnect);
    },
  };
}
