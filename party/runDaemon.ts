import { setMaxListeners } from 'node:events';
import type { Logger } from 'pino';
import type { LeaseId } from '../protocol/ids.js';
import { type Ledger, type LedgerLease, nextDutyDeadlineOf } from '../protocol/ledger.js';
import { createLedgerLog } from '../protocol/ledgerLog.js';
import type { ChainPort, FollowEvents } from '../protocol/ports.js';
import type { ChainNow, Clock } from './Clock.js';
import type { AccountDuties } from './createAccountDuties.js';
import { machineClock, machineRandom } from './machineClock.js';
import { createAccountTask } from './createAccountTask.js';
import { createLeaseTasks } from './leaseTasks.js';
import { tellLosses } from './tellLosses.js';
import { troubleOf } from './troubleOf.js';

/** What makes a daemon out of a transition table: a role decides and acts, the daemon sees to when. */
export interface DaemonRole<Action extends { do: string }> {
  chain: Pick<ChainPort, 'account' | 'blockNumber' | 'network'>;
  follow: FollowEvents;
  pollMs: number;
  signal: AbortSignal;
  log: Logger;
  clock?: Clock | undefined;
  /** 0 to 1, exclusive. */
  random?: (() => number) | undefined;
  /** Pure: what is to be done now about an open lease; undefined for nothing. */
  decide(lease: LedgerLease, now: ChainNow, ledger: Ledger, isFinishing: boolean): Action | undefined;
  /**
   * Does it; resolves to the block its transaction was mined in, so that the lease is not looked at before the ledger
   * holds that block.
   */
  act(
    lease: LedgerLease,
    action: Action,
    at: { now: () => ChainNow; ledger: () => Ledger; signal: AbortSignal },
  ): Promise<number | undefined>;
  /** What is due for the account itself, one thing at a time: register, take a lease, withdraw. */
  account: AccountDuties;
  /** Leases that something was kept of by a daemon before this one. */
  keptLeases(): Promise<LeaseId[]>;
  /** Lets go of what was kept of a lease that has ended; the log has been told what the account lost by it. */
  forget(leaseId: LeaseId): Promise<void>;
  /** Lets go of jobs that are over. */
  sweep(ledger: Ledger): void;
}

export interface Daemon {
  readonly ledger: Ledger;
  /** Newest chain block read; 0 before the first. */
  readonly blockNumber: number;
  /** Whether it ends once nothing of its own is open. */
  readonly isFinishing: boolean;
  /** Begins nothing new, and ends once nothing of its own is open and what was earned is withdrawn. */
  finish(): void;
  /** Stops within seconds: aborts what is under way and waits for it. */
  close(): Promise<void>;
  /** Settles when the daemon has stopped; rejects with what made it impossible to go on. */
  closed: Promise<void>;
}

// States: catching up (until the ledger holds the block that was newest at the start) -> working -> finishing -> closed;
// any of them -> closed.
// step() alone starts tasks, at most one per open lease and one for the account; it runs when the head moves and when a
// task ends.

/**
 * Follows the chain and acts for a role until it is closed, its signal aborts, or the chain cannot be followed any
 * more.
 */
export function runDaemon<Action extends { do: string }>(role: DaemonRole<Action>): Daemon {
  const { chain, log, clock = machineClock, random = machineRandom } = role;
  const stopping = new AbortController();
  const signal = AbortSignal.any([role.signal, stopping.signal]);
  // Every fetch and transaction under way listens to it.
  setMaxListeners(0, signal);
  const chainLog = createLedgerLog();
  const tasks = createLeaseTasks({ nowMs: () => clock.nowMs(), random, blockNumber: () => now().blockNumber });
  const account = createAccountTask({ clock, random, blockNumber: () => now().blockNumber, signal, log });
  const underWay = new Set<Promise<void>>();
  const kept = new Set<LeaseId>();
  let caughtUpAtBlock = Number.POSITIVE_INFINITY;
  let headReadMs = 0;
  let isFinishing = false;

  function now(): ChainNow {
    const { head } = chainLog;
    return {
      blockNumber: head?.blockNumber ?? 0,
      seconds: (head?.timestampSeconds ?? 0) + Math.floor((clock.nowMs() - headReadMs) / 1000),
    };
  }

  /** Time until somebody has to act on the lease, as the ledger has it now; undefined when it has ended. */
  function msUntilDue(leaseId: LeaseId): number | undefined {
    const lease = chainLog.ledger.leases.get(leaseId);
    const deadlineSeconds = lease === undefined ? undefined : nextDutyDeadlineOf(lease);
    return deadlineSeconds === undefined ? undefined : 1000 * (deadlineSeconds - now().seconds);
  }

  /** Looks at everything and starts what is due. */
  function step(): void {
    const { head, ledger } = chainLog;
    if (signal.aborted || head === undefined || head.blockNumber < caughtUpAtBlock) return;
    for (const leaseId of ledger.openLeaseIds) {
      const lease = ledger.leases.get(leaseId) as LedgerLease;
      if (!tasks.isReady(leaseId, { blockNumber: head.blockNumber, ms: clock.nowMs() })) continue;
      const action = role.decide(lease, now(), ledger, isFinishing);
      if (action === undefined) continue;
      kept.add(leaseId);
      log.debug({ leaseId, state: lease.state, action: action.do }, 'lease task starts');
      launch(
        tasks.run(leaseId, () => role.act(lease, action, { now, ledger: () => chainLog.ledger, signal }), {
          msLeft: () => msUntilDue(leaseId),
          onError(error, retryInMs) {
            const { isLostRace, message, facts } = troubleOf(error);
            if (!signal.aborted)
              log[isLostRace ? 'info' : 'warn'](
                { leaseId, state: lease.state, action: action.do, retryInMs, ...facts },
                `lease task failed: ${message}`,
              );
          },
        }),
      );
    }
    for (const leaseId of kept) if (!ledger.openLeaseIds.has(leaseId) && !tasks.running.has(leaseId)) forget(leaseId);
    role.sweep(ledger);
    // A lease that was just taken or sealed is on the chain before it is in the ledger.
    const isSettled = underWay.size === 0 && tasks.isSettled(head.blockNumber) && account.isSettled(head.blockNumber);
    if (isFinishing && isSettled && role.account.isDone(ledger)) return stopping.abort();
    if (account.isReady(head.blockNumber))
      launch(account.run(() => role.account.act({ now: now(), ledger: chainLog.ledger, isFinishing, signal })));
  }

  function launch(task: Promise<void>): void {
    const tracked: Promise<void> = task.finally(() => {
      underWay.delete(tracked);
      step();
    });
    underWay.add(tracked);
  }

  function forget(leaseId: LeaseId): void {
    kept.delete(leaseId);
    tasks.forget(leaseId);
    tellLosses({ lease: chainLog.ledger.leases.get(leaseId), account: chain.account, log });
    launch(
      role.forget(leaseId).catch((error: unknown) => {
        const { message, facts } = troubleOf(error);
        log.warn({ leaseId, ...facts }, `something of an ended lease stays behind: ${message}`);
      }),
    );
  }

  async function follow(): Promise<void> {
    for (const leaseId of await role.keptLeases()) kept.add(leaseId);
    caughtUpAtBlock = await chain.blockNumber({ signal });
    await role.follow({
      fromBlock: chain.network.deploymentBlock,
      pollMs: role.pollMs,
      signal,
      onEvents(events, head) {
        chainLog.append(events, head);
        headReadMs = clock.nowMs();
        step();
      },
      onRollback(toBlock) {
        log.warn({ toBlock }, 'the chain rolled back');
        chainLog.rollBack(toBlock);
        tasks.rollBack(toBlock);
        account.rollBack(toBlock);
      },
    });
  }

  const closed = follow()
    .catch((error: unknown) => {
      if (!signal.aborted) throw error;
    })
    .finally(async () => {
      stopping.abort();
      while (underWay.size > 0) await Promise.allSettled(underWay);
    });
  closed.catch(() => undefined);

  return {
    closed,
    get ledger() {
      return chainLog.ledger;
    },
    get blockNumber() {
      return chainLog.head?.blockNumber ?? 0;
    },
    get isFinishing() {
      return isFinishing;
    },
    finish() {
      isFinishing = true;
      step();
    },
    async close() {
      stopping.abort();
      await closed.catch(() => undefined);
    },
  };
}
