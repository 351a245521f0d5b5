import type { Clock } from './Clock.js';

// The one place where the roles touch the machine's time and chance; a lint rule keeps it so.

/** The machine's own monotonic clock. */
export const machineClock: Clock = {
  nowMs: () => performance.now(),
  abortAfter: (ms) => AbortSignal.timeout(ms),
};

/** The machine's own chance: 0 to 1, exclusive. Nothing secret is made of it. */
export const machineRandom = (): number => Math.random();
