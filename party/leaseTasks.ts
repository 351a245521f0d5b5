import { type Backoff, createBackoff } from '../protocol/createBackoff.js';
import type { LeaseId } from '../protocol/ids.js';

// What a daemon does about each lease, at most one thing at a time. States of one lease here:
// idle -> running (run) -> idle, looked at again once the ledger has read the block its transaction was mined in
// (settled)
//                       -> idle after a growing pause, which leaves time for more attempts before the deadline (failed).

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
   *
   * @param options.msLeft time until the lease's next deadline in milliseconds, asked when the task has failed; undefined
   * or below 0 for none to keep
   */
  run(
    leaseId: LeaseId,
    task: () => Promise<number | undefined>,
    options: { msLeft: () => number | undefined; onError: (error: unknown, retryInMs: number) => void },
  ): Promise<void>;
  /** Leases with a task under way. */
  readonly running: ReadonlySet<LeaseId>;
  /**
   * Whether nothing is under way, and everything that was done is in the chain blocks that were read: what failed may
   * be mined all the same.
   */
  isSettled(blockNumber: number): boolean;
  /** Forgets a lease that has ended. */
  forget(leaseId: LeaseId): void;
  /** After a rollback: what was mined above is looked at again with the first block that takes its place. */
  rollBack(toBlock: number): void;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
/** The most that a pause takes of the time left: who sleeps through a deadline loses stake. */
const PART_OF_TIME_LEFT = 1 / 4;

/**
 * @param options.nowMs clock in milliseconds
 * @param options.random 0 to 1, exclusive
 * @param options.blockNumber the newest chain block read
 */
export function createLeaseTasks(options: {
  nowMs: () => number;
  random: () => number;
  blockNumber: () => number;
}): LeaseTasks {
  const running = new Set<LeaseId>();
  const notBeforeBlock = new Map<LeaseId, number>();
  const pauses = new Map<LeaseId, { backoff: Backoff; untilMs: number }>();
  let settledFromBlock = 0;
  const settleWith = (blockNumber: number): void => {
    settledFromBlock = Math.max(settledFromBlock, blockNumber);
  };
  return {
    running,
    isReady(leaseId, now) {
      return (
        !running.has(leaseId) &&
        now.blockNumber >= (notBeforeBlock.get(leaseId) ?? 0) &&
        now.ms >= (pauses.get(leaseId)?.untilMs ?? 0)
      );
    },
    async run(leaseId, task, { msLeft, onError }) {
      running.add(leaseId);
      try {
        const blockNumber = await task();
        if (blockNumber !== undefined) {
          notBeforeBlock.set(leaseId, blockNumber);
          settleWith(blockNumber);
        }
        pauses.delete(leaseId);
      } catch (error) {
        settleWith(options.blockNumber() + 1);
        const backoff =
          pauses.get(leaseId)?.backoff ??
          createBackoff({ firstMs: FIRST_PAUSE_MS, longestMs: LONGEST_PAUSE_MS, random: options.random });
        const pauseMs = shortened(backoff.nextMs(), msLeft());
        pauses.set(leaseId, { backoff, untilMs: options.nowMs() + pauseMs });
        onError(error, pauseMs);
      } finally {
        running.delete(leaseId);
      }
    },
    isSettled: (blockNumber) => running.size === 0 && blockNumber >= settledFromBlock,
    forget(leaseId) {
      notBeforeBlock.delete(leaseId);
      pauses.delete(leaseId);
    },
    rollBack(toBlock) {
      settledFromBlock = Math.min(settledFromBlock, toBlock + 1);
      for (const [leaseId, blockNumber] of notBeforeBlock)
        notBeforeBlock.set(leaseId, Math.min(blockNumber, toBlock + 1));
    },
  };
}

function shortened(pauseMs: number, msLeft: number | undefined): number {
  if (msLeft === undefined || msLeft < 0) return pauseMs;
  return Math.min(pauseMs, Math.max(FIRST_PAUSE_MS, Math.floor(PART_OF_TIME_LEFT * msLeft)));
}
