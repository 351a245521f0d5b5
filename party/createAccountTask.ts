import type { Logger } from 'pino';
import { createBackoff } from '../protocol/createBackoff.js';
import type { Clock } from './Clock.js';
import { troubleOf } from './troubleOf.js';

// What a daemon does for its account, one thing at a time. States:
// idle -> running (run) -> idle, looked at again with the block its transaction was mined in, or with the next block
//                          where nothing was due
//                       -> idle for a growing pause (failed), or for a first one (somebody else was quicker), and
//                          until the next block.

/** When the daemon acts for its account. Nothing in it outlives the process. */
export interface AccountTask {
  /** Whether everything it did is in the chain blocks that were read. */
  isSettled(blockNumber: number): boolean;
  /** Whether it may be started, given the newest chain block read. */
  isReady(blockNumber: number): boolean;
  /**
   * Runs it; `act` resolves to the block its transaction was mined in, or to undefined when nothing was due. Trouble goes
   * to the log as a warning when it begins and when it becomes another one, not at every attempt, and its end is said
   * too. Never rejects.
   */
  run(act: () => Promise<number | undefined>): Promise<void>;
  /** After a rollback: what was mined above is looked at again with the first block that takes its place. */
  rollBack(toBlock: number): void;
}

const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 15_000;

/**
 * @param options.random 0 to 1, exclusive
 * @param options.blockNumber the newest chain block read
 * @param options.signal once aborted, failures are no news
 */
export function createAccountTask(options: {
  clock: Pick<Clock, 'nowMs'>;
  random: () => number;
  blockNumber: () => number;
  signal: AbortSignal;
  log: Logger;
}): AccountTask {
  const { clock, random, signal, log } = options;
  const backoff = createBackoff({ firstMs: FIRST_PAUSE_MS, longestMs: LONGEST_PAUSE_MS, random });
  let running = false;
  let notBeforeBlock = 0;
  let notBeforeMs = 0;
  /** The trouble that the log was told of last, while it lasts. */
  let told: string | undefined;

  function fail(error: unknown): void {
    const { isLostRace, message, facts } = troubleOf(error);
    // Who loses a race has nothing to wait for, except that the next race is not run at the same moment.
    if (isLostRace) backoff.reset();
    const retryInMs = backoff.nextMs();
    notBeforeMs = clock.nowMs() + retryInMs;
    // What failed here may be mined all the same: the next block shows it.
    notBeforeBlock = Math.max(notBeforeBlock, options.blockNumber() + 1);
    if (signal.aborted) return;
    // The numbers in a message change from attempt to attempt; the code does not.
    const trouble = String(facts['code'] ?? message);
    const level = isLostRace ? 'info' : trouble === told ? 'debug' : 'warn';
    if (!isLostRace) told = trouble;
    log[level]({ ...facts, retryInMs }, `account task failed: ${message}`);
  }

  return {
    isSettled: (blockNumber) => !running && blockNumber >= notBeforeBlock,
    isReady: (blockNumber) => !running && blockNumber >= notBeforeBlock && clock.nowMs() >= notBeforeMs,
    async run(act) {
      running = true;
      try {
        notBeforeBlock = (await act()) ?? options.blockNumber() + 1;
        backoff.reset();
        if (told !== undefined) log.info({ was: told }, 'account task works again');
        told = undefined;
      } catch (error) {
        fail(error);
      } finally {
        running = false;
      }
    },
    rollBack(toBlock) {
      notBeforeBlock = Math.min(notBeforeBlock, toBlock + 1);
    },
  };
}
