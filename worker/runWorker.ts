import type { Logger } from 'pino';
import { type Clock, untilDeadline } from '../party/Clock.js';
import { machineClock, machineRandom } from '../party/machineClock.js';
import { type Daemon, runDaemon } from '../party/runDaemon.js';
import type { Address, Bytes32, LeaseId } from '../protocol/ids.js';
import {
  type Ledger,
  type LeaseState,
  type LedgerAccount,
  type LedgerLease,
  createLedger,
  policyOf,
} from '../protocol/ledger.js';
import { LOSS_SENTENCES, lossesOf } from '../protocol/lossesOf.js';
import { chunksOfMask } from '../protocol/masks.js';
import type { ChainPort, FollowEvents, ObjectStore, SuggestionPort } from '../protocol/ports.js';
import { createAccountDuties } from '../party/createAccountDuties.js';
import { type JobCache, createJobCache } from '../party/createJobCache.js';
import { oncePerBlock } from '../party/oncePerBlock.js';
import { type PartyStatus, createPartyStatus } from '../party/partyStatus.js';
import { registerAccount } from '../party/registerAccount.js';
import type { SteadyEngine } from '../party/createSteadyEngine.js';
import { decide } from './decide.js';
import { answerDemand } from './effects/answerDemand.js';
import { commitLease } from './effects/commitLease.js';
import { openLease } from './effects/openLease.js';
import { settleUndrawn } from './effects/settleUndrawn.js';
import { takeNext } from './effects/takeNext.js';
import type { WorkerAction } from './LeaseView.js';
import type { Spool } from './spool.js';
import type { RenderLeaves, WorkerContext } from './WorkerContext.js';
import { WORKER_DEFAULTS, type WorkerSettings } from './WorkerSettings.js';

/** What a worker is doing, for people and metrics. */
export interface WorkerStatistics {
  account: Address;
  /** Own leases in each state since the network began. */
  leases: Partial<Record<LeaseState, number>>;
  /** Chunks of own leases that were paid. */
  chunksPaid: number;
  /**
   * Wall time with a render under way, processor time of the render threads (ms), and ray traversals, since the start.
   */
  computeMs: number;
  cpuMs: number;
  /** Processor time of preparing frames (ms), since the start. */
  prepareCpuMs: number;
  rays: number;
  engineRestarts: number;
  /** Newest chain block read. */
  blockNumber: number;
}

export interface RunningWorker {
  readonly account: Address;
  statistics(): WorkerStatistics;
  status(): PartyStatus;
  /** Takes no lease any more, and stops once its open ones have ended and what it earned is withdrawn. */
  finish(): void;
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
  /** 0 to 1, exclusive; default the machine's. */
  random?: () => number;
  /** Default the machine's. */
  clock?: Clock;
}

/**
 * Runs a worker until it is closed, its signal aborts, or the chain cannot be followed any more. The engine stays open.
 */
export function runWorker(ports: WorkerPorts): RunningWorker {
  const { chain, store, engine, spool, log, clock = machineClock, random = machineRandom } = ports;
  const settings: WorkerSettings = { ...WORKER_DEFAULTS, ...ports.settings };
  let ledgerNow: () => Ledger = createLedger;
  const jobs = createJobCache({
    ledger: () => ledgerNow(),
    store,
    kernelHash: engine.kernelHash,
    fetchMs: settings.fetchMs,
    sceneBytes: settings.sceneBytes,
    signal: ports.signal,
    clock,
  });
  const context: WorkerContext = {
    chain,
    store,
    engine,
    spool,
    key: ports.key,
    jobs,
    rendered: new Set(),
    renderLeaves: ports.renderLeaves,
    clock,
    log,
  };
  const knownDrawn = new Set<LeaseId>();
  let toldOfConviction = false;

  function ownLeases(ledger: Ledger): LedgerLease[] {
    return [...ledger.openLeaseIds]
      .map((leaseId) => ledger.leases.get(leaseId) as LedgerLease)
      .filter((lease) => lease.worker === chain.account);
  }

  /**
   * A worker that was convicted takes nothing more: whatever made its samples wrong would cost the next stake as well.
   */
  function isConvicted(me: Readonly<LedgerAccount>, ledger: Ledger): boolean {
    if (me.convictions === 0) return false;
    if (!toldOfConviction) tellConviction({ me, ledger, log });
    toldOfConviction = true;
    return true;
  }

  /** The next lease, unless enough are open, the stake is being withdrawn or was lost to a conviction. */
  const account = createAccountDuties({
    chain,
    role: 'worker',
    earnings: 'pay',
    clock,
    log,
    register: (signal) => registerAccount({ chain, role: 'worker', engine, limits: settings, signal, log }),
    isBusy: (ledger) => ownLeases(ledger).length > 0,
    async next({ me, idleMs, now, ledger, signal }) {
      const leases = ownLeases(ledger);
      const toRender = leases.filter((lease) => lease.state === 'TAKEN' && !context.rendered.has(lease.leaseId)).length;
      if (toRender >= settings.leasesToRender || leases.length >= settings.openLeases) return undefined;
      if (me.withdrawableAtSeconds !== undefined || isConvicted(me, ledger)) return undefined;
      return takeNext(context, {
        ledger,
        account: me,
        leases,
        suggestions: ports.suggestions,
        maxStakeWei: settings.maxStakeWei,
        idleMs,
        nowSeconds: now.seconds,
        random,
        mayTake: () => !daemon.isFinishing,
        signal,
      });
    },
  });

  const daemon: Daemon = runDaemon<WorkerAction>({
    chain,
    follow: ports.follow,
    pollMs: settings.pollMs,
    signal: ports.signal,
    log,
    clock,
    random,
    keptLeases: () => spool.leaseIds(),
    sweep: () => jobs.sweep(),

    decide(lease, now, ledger) {
      const policy = policyOf(ledger, lease);
      if (lease.worker !== chain.account || policy === undefined) return undefined;
      const forfeit = (ledger.accounts.get(chain.account)?.convictions ?? 0) !== lease.workerConvictions;
      const action = decide({ lease, policy, now, forfeit, knownDrawn: knownDrawn.has(lease.leaseId) });
      return action.do === 'wait' ? undefined : action;
    },

    async act(lease, action, at) {
      const { leaseId } = lease;
      const { signal } = at;
      switch (action.do) {
        case 'wait':
          return undefined;
        case 'renderAndCommit': {
          // Past the deadline a commitment is refused: stop rendering then.
          const secondsLeft = action.lease.deadlineSeconds - at.now().seconds;
          return commitLease(context, action.lease, AbortSignal.any([signal, untilDeadline(clock, secondsLeft)]));
        }
        case 'settleUndrawn': {
          const blockNumber = await settleUndrawn(
            context,
            action.lease,
            policyOf(at.ledger(), lease)?.shift ?? 0,
            signal,
          );
          if (blockNumber === undefined) knownDrawn.add(leaseId);
          return blockNumber;
        }
        case 'open':
          return openLease(context, {
            lease: action.lease,
            secondsLeft: action.lease.openDeadlineSeconds - at.now().seconds,
            openSeconds: policyOf(at.ledger(), lease)?.openSeconds ?? 0,
            signal,
          });
        case 'answer':
          return answerDemand(context, action, signal);
        case 'expire':
          return (await chain.expire({ leaseId }, { signal })).blockNumber;
        case 'voidConvicted':
          return (await chain.voidConvicted({ leaseId }, { signal })).blockNumber;
      }
    },

    account,

    async forget(leaseId) {
      knownDrawn.delete(leaseId);
      context.rendered.delete(leaseId);
      await spool.remove(leaseId);
    },
  });
  ledgerNow = () => daemon.ledger;
  const closed = daemon.closed.finally(() => jobs.dispose());
  closed.catch(() => undefined);

  return {
    closed,
    finish: () => daemon.finish(),
    close: () => daemon.close(),
    account: chain.account,
    status: createPartyStatus(daemon, chain.account),
    statistics: createStatistics({ daemon, chain, engine, jobs }),
  };
}

function createStatistics(of: {
  daemon: Pick<Daemon, 'ledger' | 'blockNumber'>;
  chain: Pick<ChainPort, 'account'>;
  engine: Pick<SteadyEngine, 'totals'>;
  jobs: Pick<JobCache, 'prepareCpuMs'>;
}): () => WorkerStatistics {
  const { daemon, chain, engine, jobs } = of;
  const ofLedger = oncePerBlock(daemon, (ledger) => {
    const own = [...ledger.leases.values()].filter((lease) => lease.worker === chain.account);
    const leases: WorkerStatistics['leases'] = {};
    for (const { state } of own) leases[state] = (leases[state] ?? 0) + 1;
    const chunksPaid = own.reduce(
      (sum, lease) => sum + (lease.state === 'PAYABLE' ? chunksOfMask(lease.word, lease.mask).length : 0),
      0,
    );
    return { leases, chunksPaid };
  });
  return () => {
    const { computeMs, cpuMs, rays, restarts } = engine.totals;
    return {
      account: chain.account,
      ...ofLedger(),
      computeMs,
      cpuMs,
      prepareCpuMs: jobs.prepareCpuMs,
      rays,
      engineRestarts: restarts,
      blockNumber: daemon.blockNumber,
    };
  };
}

/** Says that this worker was convicted, what for, and what to do about it. */
function tellConviction(of: { me: Readonly<LedgerAccount>; ledger: Ledger; log: Logger }): void {
  const { me, ledger, log } = of;
  const { account } = me;
  const causes = [...ledger.leases.values()]
    .filter((lease) => lease.state === 'CONVICTED')
    .flatMap(lossesOf)
    .flatMap((loss) => (loss.account === account ? loss.cause : []));
  const isProven = causes.includes('valuesWrong');
  log.error(
    { account, convictions: me.convictions, causes, slashedWei: me.slashedWei.toString() },
    `this worker was convicted and takes no more leases: it ${LOSS_SENTENCES[isProven ? 'valuesWrong' : (causes[0] ?? 'valuesWrong')]}; ${isProven ? 'find out why they were wrong' : 'find out what held it up for so long (stopped, no disk, no network)'}, then go on with another key`,
  );
}
