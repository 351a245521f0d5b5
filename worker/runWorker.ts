import type { Logger } from 'pino';
import { RushesError } from '../protocol/errors.js';
import type { Address, Bytes32, LeaseId } from '../protocol/ids.js';
import type { LeaseState, LedgerLease } from '../protocol/ledger.js';
import { createLedgerLog } from '../protocol/ledgerLog.js';
import { createLeaseTasks } from '../protocol/leaseTasks.js';
import { chunksOfMask } from '../protocol/masks.js';
import type { ChainPort, FollowEvents, ObjectStore, SuggestionPort } from '../protocol/ports.js';
import type { PolicyNumbers } from '../protocol/policy.js';
import type { SteadyEngine } from '../renderer/createSteadyEngine.js';
import { decide } from './decide.js';
import { answerDemand } from './effects/answerDemand.js';
import { commitLease } from './effects/commitLease.js';
import { openLease } from './effects/openLease.js';
import { registerWorker } from './effects/registerWorker.js';
import { settleUndrawn } from './effects/settleUndrawn.js';
import { takeNext } from './effects/takeNext.js';
import { createJobCache } from './jobCache.js';
import type { WorkerAction } from './LeaseView.js';
import type { Spool } from './spool.js';
import type { RenderLeaves, WorkerContext } from './WorkerContext.js';
import { WORKER_DEFAULTS, type WorkerSettings } from './WorkerSettings.js';

/** What a worker is doing, for people and metrics. */
export interface WorkerStatus {
  account: Address;
  /** Own leases in each state since the network began. */
  leases: Partial<Record<LeaseState, number>>;
  /** Chunks of own leases that were paid. */
  chunksPaid: number;
  /** Wall time with a render under way, processor time of the render threads (ms), and ray traversals, since the start. */
  computeMs: number;
  cpuMs: number;
  rays: number;
  engineRestarts: number;
  /** Newest block read. */
  blockNumber: number;
}

export interface RunningWorker {
  status(): WorkerStatus;
  /** Stops within seconds; the next start goes on with what is open. */
  close(): Promise<void>;
  /** Settles when the worker has stopped; rejects with what made it impossible to go on. */
  closed: Promise<void>;
}

export interface WorkerPorts {
  chain: ChainPort;
  follow: FollowEvents;
  store: ObjectStore;
  engine: SteadyEngine;
  spool: Spool;
  /** The worker's private key, which lease secrets come from. */
  key: Bytes32;
  suggestions: SuggestionPort | undefined;
  renderLeaves: RenderLeaves;
  settings?: Partial<WorkerSettings>;
  signal: AbortSignal;
  log: Logger;
  /** 0 to 1, exclusive; default Math.random. */
  random?: () => number;
}

/** Milliseconds without an open lease after which pay is withdrawn. */
const IDLE_MS = 3000;

// States of the daemon: catching up (until the ledger holds the block that was newest at the start) -> working -> closed.
// step() alone starts tasks, at most one per open lease and one for the account; it runs when the head moves and when a task ends.

/** Runs a worker until it is closed, its signal aborts, or the chain cannot be followed any more. The engine stays open. */
export function runWorker(ports: WorkerPorts): RunningWorker {
  const { chain, store, engine, spool, log, random = Math.random } = ports;
  const settings: WorkerSettings = { ...WORKER_DEFAULTS, ...ports.settings };
  const stopping = new AbortController();
  const signal = AbortSignal.any([ports.signal, stopping.signal]);
  const chainLog = createLedgerLog();
  const tasks = createLeaseTasks({ nowMs: () => performance.now() });
  const jobs = createJobCache({ ledger: () => chainLog.ledger, store, kernelHash: engine.kernelHash, fetchMs: settings.fetchMs, signal });
  const context: WorkerContext = { chain, store, engine, spool, key: ports.key, jobs, renderLeaves: ports.renderLeaves, log };
  const underWay = new Set<Promise<void>>();
  const knownDrawn = new Set<LeaseId>();
  /** Leases that may have something spooled. */
  const kept = new Set<LeaseId>();
  let caughtUpAt = Number.POSITIVE_INFINITY;
  let headReadMs = 0;
  let account = { busy: false, notBeforeBlock: 0, notBeforeMs: 0, idleSinceMs: undefined as number | undefined };

  /** The chain's time: that of its newest block, and what has passed since it was read. */
  function nowSeconds(): number {
    return (chainLog.head?.timestamp ?? 0) + Math.floor((performance.now() - headReadMs) / 1000);
  }

  function ownLeases(): LedgerLease[] {
    return [...chainLog.ledger.openLeaseIds].map((leaseId) => chainLog.ledger.leases.get(leaseId) as LedgerLease).filter((lease) => lease.worker === chain.account);
  }

  /** Looks at everything and starts what is due. */
  function step(): void {
    const { head, ledger } = chainLog;
    if (signal.aborted || head === undefined || head.blockNumber < caughtUpAt) return;
    for (const lease of ownLeases()) {
      kept.add(lease.leaseId);
      const policy = ledger.policies.get(ledger.jobs.get(lease.jobId)?.policy ?? '0x');
      if (policy === undefined || !tasks.isReady(lease.leaseId, { blockNumber: head.blockNumber, ms: performance.now() })) continue;
      const action = decide({
        lease, policy, now: { blockNumber: head.blockNumber, seconds: nowSeconds() },
        forfeit: (ledger.accounts.get(chain.account)?.convictions ?? 0) !== lease.workerConvictions,
        knownDrawn: knownDrawn.has(lease.leaseId),
      });
      if (action.do === 'wait') continue;
      log.debug({ leaseId: lease.leaseId, state: lease.state, action: action.do }, 'lease task starts');
      launch(tasks.run(lease.leaseId, () => act(lease, action, policy), (error, retryInMs) => {
        if (!signal.aborted) log.warn({ leaseId: lease.leaseId, state: lease.state, action: action.do, retryInMs, ...factsOf(error) }, `lease task failed: ${messageOf(error)}`);
      }));
    }
    for (const leaseId of kept) if (!ledger.openLeaseIds.has(leaseId) && !tasks.running.has(leaseId)) forget(leaseId);
    jobs.sweep();
    if (!account.busy && head.blockNumber >= account.notBeforeBlock && performance.now() >= account.notBeforeMs) launch(accountTask());
  }

  /** Carries out what was decided; resolves to the block its transaction was mined in. */
  async function act(lease: LedgerLease, action: WorkerAction, policy: PolicyNumbers): Promise<number | undefined> {
    const { leaseId } = lease;
    switch (action.do) {
      case 'wait': return undefined;
      case 'forget': return undefined;
      case 'renderAndCommit': {
        const leftMs = lease.state === 'TAKEN' ? Math.max(1, 1000 * (lease.deadline - nowSeconds())) : 1;
        return commitLease(context, lease, AbortSignal.any([signal, AbortSignal.timeout(leftMs)]));
      }
      case 'settleUndrawn': {
        const blockNumber = await settleUndrawn(context, lease, policy.shift, signal);
        if (blockNumber === undefined) knownDrawn.add(leaseId);
        return blockNumber;
      }
      case 'open': return openLease(context, lease, signal);
      case 'answer': return answerDemand(context, lease, action, signal);
      case 'expire': return (await chain.expire({ leaseId }, { signal })).blockNumber;
      case 'voidConvicted': return (await chain.voidConvicted({ leaseId }, { signal })).blockNumber;
    }
  }

  function forget(leaseId: LeaseId): void {
    kept.delete(leaseId);
    knownDrawn.delete(leaseId);
    tasks.forget(leaseId);
    launch(spool.remove(leaseId).catch((error: unknown) => log.warn({ leaseId, ...factsOf(error) }, `spooled leaves stay behind: ${messageOf(error)}`)));
  }

  function launch(task: Promise<void>): void {
    const tracked: Promise<void> = task.finally(() => {
      underWay.delete(tracked);
      step();
    });
    underWay.add(tracked);
  }

  /** Does what is due for the account; then waits for the block it was mined in, for the next block where nothing was due, or a second after a failure. */
  async function accountTask(): Promise<void> {
    account.busy = true;
    try {
      const minedIn = await nextAccountStep();
      account.notBeforeBlock = minedIn ?? (chainLog.head?.blockNumber ?? 0) + 1;
    } catch (error) {
      account.notBeforeMs = performance.now() + 1000 * (1 + random());
      if (!signal.aborted) log.warn(factsOf(error), `account task failed: ${messageOf(error)}`);
    } finally {
      account.busy = false;
    }
  }

  /** Registers, takes the next lease, or withdraws pay when nothing is open: whatever is due first. */
  async function nextAccountStep(): Promise<number | undefined> {
    const me = chainLog.ledger.accounts.get(chain.account);
    if (me?.role === undefined) return registerWorker(context, settings.stakeWei, signal);
    if (me.role !== 'worker') throw new RushesError({ code: 'wrong-role', message: `account ${chain.account} is registered as ${me.role}, not as worker`, facts: { account: chain.account }, advice: 'Give the worker a key of its own.' });
    const leases = ownLeases();
    account.idleSinceMs = leases.length > 0 ? undefined : account.idleSinceMs ?? performance.now();
    const toRender = leases.filter((lease) => lease.state === 'TAKEN').length;
    if (me.withdrawableAt === undefined && toRender < settings.leasesToRender && leases.length < settings.openLeases) {
      const minedIn = await takeNext(context, { ledger: chainLog.ledger, account: me, leases, suggestions: ports.suggestions, nowSeconds: nowSeconds(), random, signal });
      if (minedIn !== undefined) return minedIn;
    }
    if (me.owedWei === 0n || account.idleSinceMs === undefined || performance.now() - account.idleSinceMs < IDLE_MS) return undefined;
    const { blockNumber } = await chain.withdraw({ signal });
    log.info({ amountWei: me.owedWei.toString(), blockNumber }, 'pay withdrawn');
    return blockNumber;
  }

  async function follow(): Promise<void> {
    for (const leaseId of await spool.leaseIds()) kept.add(leaseId);
    caughtUpAt = await chain.blockNumber({ signal });
    await ports.follow({
      fromBlock: chain.network.deploymentBlock, pollMs: settings.pollMs, signal,
      onEvents(events, head) {
        chainLog.append(events, head);
        headReadMs = performance.now();
        step();
      },
      onRollback(toBlock) {
        log.warn({ toBlock }, 'the chain rolled back');
        chainLog.rollBack(toBlock);
        account = { ...account, notBeforeBlock: 0 };
      },
    });
  }

  const closed = follow().catch((error: unknown) => {
    if (!signal.aborted) throw error;
  }).finally(async () => {
    stopping.abort();
    while (underWay.size > 0) await Promise.allSettled(underWay);
    jobs.dispose();
  });
  closed.catch(() => undefined);

  return {
    closed,
    async close() {
      stopping.abort();
      await closed.catch(() => undefined);
    },
    status() {
      const own = [...chainLog.ledger.leases.values()].filter((lease) => lease.worker === chain.account);
      const leases: WorkerStatus['leases'] = {};
      for (const { state } of own) leases[state] = (leases[state] ?? 0) + 1;
      const { computeMs, cpuMs, rays, restarts } = engine.totals;
      return {
        account: chain.account, leases, chunksPaid: own.reduce((sum, lease) => sum + (lease.state === 'PAYABLE' ? chunksOfMask(lease.word, lease.mask).length : 0), 0),
        computeMs, cpuMs, rays, engineRestarts: restarts, blockNumber: chainLog.head?.blockNumber ?? 0,
      };
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** An error's facts as fields of a log line. */
function factsOf(error: unknown): Record<string, unknown> {
  return error instanceof RushesError ? { code: error.code, facts: error.facts, advice: error.advice } : {};
}
