import type { Logger } from 'pino';
import { type Clock, untilDeadline } from '../party/Clock.js';
import { machineClock } from '../party/machineClock.js';
import { type Daemon, runDaemon } from '../party/runDaemon.js';
import { bytesOfHex, u64 } from '../protocol/bytes.js';
import type { Address, Bytes32, LeaseId } from '../protocol/ids.js';
import { type Ledger, type LedgerLease, commitmentOf, createLedger, policyOf } from '../protocol/ledger.js';
import type { ChainPort, FollowEvents, ObjectStore } from '../protocol/ports.js';
import { sha256 } from '../protocol/sha256.js';
import { createAccountDuties } from '../party/createAccountDuties.js';
import { type JobCache, createJobCache } from '../party/createJobCache.js';
import { oncePerBlock } from '../party/oncePerBlock.js';
import { hasPartIn, openPartsOf, type PartyStatus, createPartyStatus } from '../party/partyStatus.js';
import { registerAccount } from '../party/registerAccount.js';
import type { SteadyEngine } from '../party/createSteadyEngine.js';
import { decide } from './decide.js';
import { readDraw } from './effects/readDraw.js';
import { revealLease } from './effects/revealLease.js';
import { sealLease } from './effects/sealLease.js';
import { topUp } from './effects/topUp.js';
import { DELAY_SPREAD_SECONDS, type KnownDraw, type VerifierAction } from './LeaseView.js';
import type { Measurements } from './measurements.js';
import type { VerifierContext } from './VerifierContext.js';
import { VERIFIER_DEFAULTS, type VerifierSettings } from './VerifierSettings.js';

/** What a verifier is doing, for people and metrics. */
export interface VerifierStatistics {
  account: Address;
  /** Leases this verifier sealed, and those it revealed a finding about. */
  sealed: number;
  revealed: number;
  /** Verdicts it revealed. */
  verdicts: { pass: number; void: number; convict: number };
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

export interface RunningVerifier {
  readonly account: Address;
  statistics(): VerifierStatistics;
  status(): PartyStatus;
  /** Seals nothing any more, and stops once what it sealed is revealed and what it earned is withdrawn. */
  finish(): void;
  /** Stops within seconds; the next start goes on with what is open. */
  close(): Promise<void>;
  /** Settles when the verifier has stopped; rejects with what made it impossible to go on. */
  closed: Promise<void>;
}

export interface VerifierPorts {
  chain: ChainPort;
  follow: FollowEvents;
  store: ObjectStore;
  engine: SteadyEngine;
  measurements: Measurements;
  /** The verifier's private key, which seal secrets come from. */
  key: Bytes32;
  settings?: Partial<VerifierSettings>;
  signal: AbortSignal;
  log: Logger;
  /** Default the machine's. */
  clock?: Clock;
}

/**
 * Runs a verifier until it is closed, its signal aborts, or the chain cannot be followed any more. The engine stays
 * open.
 */
export function runVerifier(ports: VerifierPorts): RunningVerifier {
  const { chain, store, engine, measurements, log, clock = machineClock } = ports;
  const settings: VerifierSettings = { ...VERIFIER_DEFAULTS, ...ports.settings };
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
  const context: VerifierContext = { chain, store, engine, measurements, key: ports.key, jobs, log };
  /** Draws read by this verifier itself; of use until the contract knows them. */
  const knownDraws = new Map<LeaseId, KnownDraw & { drawBlock: number; redrafted: boolean }>();

  /** A draw that was read is of use as long as the same chain block decides it. */
  function knownDrawOf(lease: LedgerLease): KnownDraw | undefined {
    const known = knownDraws.get(lease.leaseId);
    const commitment = commitmentOf(lease);
    return known !== undefined && known.drawBlock === commitment?.drawBlock && known.redrafted === commitment.redrafted
      ? known
      : undefined;
  }

  const account = createAccountDuties({
    chain,
    role: 'verifier',
    earnings: 'fees',
    clock,
    log,
    register: (signal) => registerAccount({ chain, role: 'verifier', engine, limits: settings, signal, log }),
    isBusy: (ledger) => openPartsOf(ledger, chain.account).length > 0,
    /** Makes up for what a slash took. */
    async next({ me, ledger, signal }) {
      const { minVerifierStakeWei } = ledger.policies.get(chain.network.policy) ?? { minVerifierStakeWei: 0n };
      if (me.withdrawableAtSeconds !== undefined || me.stakeWei >= minVerifierStakeWei) return undefined;
      const missingWei = minVerifierStakeWei - me.stakeWei;
      return topUp(context, { missingWei, account: me, maxStakeWei: settings.maxStakeWei, signal });
    },
  });

  const daemon = runDaemon<VerifierAction>({
    chain,
    follow: ports.follow,
    pollMs: settings.pollMs,
    signal: ports.signal,
    log,
    clock,
    keptLeases: () => measurements.leaseIds(),
    sweep: () => jobs.sweep(),

    decide(lease, now, ledger, isFinishing) {
      if (isFinishing && !hasPartIn(lease, chain.account)) return undefined;
      const policy = policyOf(ledger, lease);
      const me = ledger.accounts.get(chain.account);
      if (policy === undefined || me?.role !== 'verifier') return undefined;
      const action = decide({
        lease,
        policy,
        now,
        self: chain.account,
        knownDraw: knownDrawOf(lease),
        delaySeconds: delaySecondsOf(chain.account, lease.leaseId),
        forfeit: (ledger.accounts.get(lease.worker)?.convictions ?? 0) !== lease.workerConvictions,
        eligible:
          me.withdrawableAtSeconds === undefined &&
          me.stakeWei >= policy.minVerifierStakeWei &&
          lease.worker !== chain.account,
      });
      // A job that this engine cannot render is left to others, and tried again later.
      if (action.do === 'wait' || (action.do === 'seal' && jobs.isRefused(lease.jobId))) return undefined;
      return action;
    },

    async act(lease, action, at) {
      const { leaseId } = lease;
      const { signal } = at;
      switch (action.do) {
        case 'wait':
          return undefined;
        case 'readDraw': {
          const { commitment } = action.lease;
          const policy = policyOf(at.ledger(), lease);
          if (policy === undefined) return undefined;
          knownDraws.set(leaseId, {
            ...(await readDraw({ chain, ledger: at.ledger, lease: action.lease, policy, signal })),
            drawBlock: commitment.drawBlock,
            redrafted: commitment.redrafted,
          });
          return undefined;
        }
        case 'seal': {
          const { draw, lease: committed } = action;
          // Only the first seal brings the header; one that comes too late for that is taken all the same.
          const header = committed.commitment.draw === undefined ? knownDrawOf(lease)?.header : undefined;
          return sealLease(context, {
            lease: committed,
            draw,
            header: header ?? new Uint8Array(0),
            signal: AbortSignal.any([signal, untilDeadline(clock, committed.sealDeadlineSeconds - at.now().seconds)]),
          });
        }
        case 'settleUndrawn':
          return (
            await chain.settleUndrawn({ leaseId, header: knownDrawOf(lease)?.header ?? new Uint8Array(0) }, { signal })
          ).blockNumber;
        case 'reveal': {
          const secondsLeft = Math.max(1, action.lease.revealDeadlineSeconds - at.now().seconds);
          const workerClass = at.ledger().accounts.get(lease.worker)?.deviceClass ?? '';
          const revealSeconds = policyOf(at.ledger(), lease)?.revealSeconds ?? 0;
          return revealLease(context, {
            lease: action.lease,
            workerClass,
            secondsLeft,
            hasPatience: secondsLeft > revealSeconds / 2,
            signal: AbortSignal.any([signal, untilDeadline(clock, secondsLeft)]),
          });
        }
        case 'expire':
          return (await chain.expire({ leaseId }, { signal })).blockNumber;
        case 'voidConvicted':
          return (await chain.voidConvicted({ leaseId }, { signal })).blockNumber;
      }
    },

    account,

    async forget(leaseId) {
      knownDraws.delete(leaseId);
      await measurements.remove(leaseId);
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
}): () => VerifierStatistics {
  const { daemon, chain, engine, jobs } = of;
  const ofLedger = oncePerBlock(daemon, (ledger) => {
    const verdicts = { pass: 0, void: 0, convict: 0 };
    let sealed = 0;
    for (const lease of ledger.leases.values()) {
      const audit = commitmentOf(lease)?.audits.find(({ verifier }) => verifier === chain.account);
      if (audit?.sealHash !== undefined) sealed++;
      if (audit?.reveal !== undefined) verdicts[audit.reveal.verdict]++;
    }
    return { sealed, revealed: verdicts.pass + verdicts.void + verdicts.convict, verdicts };
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

/** Seconds before doing what anyone may do, another for every verifier and lease. */
function delaySecondsOf(account: Address, leaseId: LeaseId): number {
  return 1 + ((sha256(bytesOfHex(account), u64(leaseId))[0] as number) % DELAY_SPREAD_SECONDS);
}
