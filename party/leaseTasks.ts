import { type Backoff, createBackoff } from '../protocol/createBackoff.js';
import type { LeaseId } from '../protocol/ids.js';

// What a daemon does about each lease, at most one thing at a time. States of one lease here:
// idle -> running (run) -> idle, looked at again once the ledger has read the block its transaction was mined in
// (settled)
//                       -> idle after a growing pause (failed).

/**
 * Keeps, per lease, whether something is under way and when the lease is to be looked at again. Nothing in it outlives
 * the process: everything follows from the chain.
 */
export interface LeaseTasks {
  /** Whether something may be started for this lease, given the newest chain block read and the time in milliseconds. */
  isReady(leaseId: LeaseId, now: { blockNumber: number; ms: number }): boolean;
  /**
   * Starts a task, which resolves to the block its transaction was mined in, or to undefined when it sent none. Never
   * rejects.
   */
  run(
    leaseId: LeaseId,
    task: () => Promise<number | undefined>,
    onError: (error: unknown, retryInMs: number) => void,
  ): Promise<void>;
  /** Leases with a task under way. */
  readonly running: ReadonlySet<LeaseId>;
  /** Forgets a lease that has ended. */
  forget(leaseId: LeaseId): void;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/**
 * @param options.nowMs clock in milliseconds
 * @param options.random 0 to 1, exclusive
 */
export function createLeaseTasks(options: { nowMs: () => number; random: () => number }): LeaseTasks {
  const running = new Set<LeaseId>();
  const notBeforeBlock = new Map<LeaseId, number>();
  const pauses = new Map<LeaseId, { backoff: Backoff; untilMs: number }>();
  return {
    running,
    isReady(leaseId, now) {
      return (
        !running.has(leaseId) &&
        now.blockNumber >= (notBeforeBlock.get(leaseId) ?? 0) &&
        now.ms >= (pauses.get(leaseId)?.untilMs ?? 0)
      );
    },
    async run(leaseId, task, onError) {
      running.add(leaseId);
      try {
        const blockNumber = await task();
        if (blockNumber !== undefined) notBeforeBlock.set(leaseId, blockNumber);
        pauses.delete(leaseId);
      } catch (error) {
        const backoff =
          pauses.get(leaseId)?.backoff ??
          createBackoff({ firstMs: FIRST_PAUSE_MS, longestMs: LONGEST_PAUSE_MS, random: options.random });
        const pauseMs = backoff.nextMs();
        pauses.set(leaseId, { backoff, untilMs: options.nowMs() + pauseMs });
        onError(error, pauseMs);
      } finally {
        running.delete(leaseId);
      }
    },
    forget(leaseId) {
      notBeforeBlock.delete(leaseId);
      pauses.delete(leaseId);
    },
  };
}
