import type { ContractEvent } from '../../protocol/events.js';
import type { Certificate } from '../../protocol/certificate/certificate.js';
import type { Address, Cid } from '../../protocol/ids.js';
import { type LossCause, lossesOf } from '../../protocol/lossesOf.js';
import { describeEngine } from './describeEngine.js';
import type { FrameResult } from '../pictures/FrameResult.js';
import { progressOf } from '../../artist/progressOf.js';
import type { Session } from '../session/Session.js';
import type { ChainWatch } from '../../artist/watchChain.js';

/** What a worker or verifier process of a network of this machine counted; null for parties elsewhere. */
interface PartyWork {
  /** Processor time of its render threads. */
  cpuMs: number | null;
  /** Processor time of preparing frames for them. */
  prepareCpuMs: number | null;
  /** Milliseconds in which its engine rendered. */
  busyMs: number | null;
  /** busyMs over the time from the job's first lease to its last commitment. */
  busyShare: number | null;
  rays: number | null;
  /** How often its engine failed and was started anew. */
  engineRestarts: number | null;
}

/** One lease that was not paid, and why. */
export interface Conviction {
  leaseId: number;
  worker: Address;
  /** What it was convicted for: being late says nothing about the work. */
  cause: LossCause;
  chunks: number[];
  slashedWei: string;
  /** The measurements that convicted, of every verifier. */
  tests: {
    verifier: Address;
    test: string;
    chunkIndex: number | null;
    measured: number;
    threshold: number;
    detail: string;
  }[];
  /** Pictures of the re-rendered block beside the published one. */
  evidence: Cid[];
  /** The same as files of the out folder. */
  pictures: string[];
}

/** report.json of a job on a network, and the answer of `rushes render --json`. Wei are decimal strings. */
export type Report = ReturnType<typeof buildReport>;

/** Sums a finished job up. Money, chunks and gas are the certificate's, so they follow from the chain. */
export function buildReport({
  session,
  watch,
  certificate,
  certificatePath,
  manifestCid,
  frames,
  animation,
  pictures,
  timings,
}: {
  session: Session;
  watch: ChainWatch;
  certificate: Certificate;
  certificatePath: string;
  manifestCid: Cid;
  frames: FrameResult[];
  animation: string | undefined;
  pictures: ReadonlyMap<Cid, string>;
  timings: Record<string, number | null>;
}) {
  const { totals } = certificate;
  const { ledger } = watch.log;
  const job = ledger.jobs.get(certificate.job.jobId)!;
  const windowMs = renderWindowMs(certificate);
  const nameOf = (address: Address): string | null =>
    session.local?.parties.find((party) => party.address === address)?.name ?? null;
  const work = new Map(
    (session.local?.parties ?? []).map(
      (party) => [party.address, workOf(party.child()?.statistics() ?? [], windowMs)] as const,
    ),
  );
  const none: PartyWork = {
    cpuMs: null,
    prepareCpuMs: null,
    busyMs: null,
    busyShare: null,
    rays: null,
    engineRestarts: null,
  };
  const workers = totals.workers.map((worker) => ({
    ...worker,
    name: nameOf(worker.address),
    ...(work.get(worker.address) ?? none),
  }));
  const verifiers = totals.verifiers.map((verifier) => ({
    ...verifier,
    name: nameOf(verifier.address),
    ...(work.get(verifier.address) ?? none),
  }));
  const sum = (values: (number | null)[]): number => values.reduce((total: number, value) => total + (value ?? 0), 0);
  const { total, rendered, audited, paid, voided, convicted } = progressOf(ledger, job);
  return {
    jobId: certificate.job.jobId,
    manifestCid,
    network: {
      name: session.network.name,
      chainId: session.network.chainId,
      contract: session.network.contract,
      testMoney: session.network.testMoney,
    },
    frames,
    animation: animation ?? null,
    chunks: { total, rendered, audited, paid, voided, convicted },
    workers,
    verifiers,
    losses: job.leaseIds
      .flatMap((leaseId) => lossesOf(ledger.leases.get(leaseId)!))
      .map(({ slashedWei, ...loss }) => ({
        ...loss,
        name: nameOf(loss.account),
        slashedWei: slashedWei?.toString() ?? null,
      })),
    convictions: convictionsOf(certificate, ledger, pictures),
    artist: { address: job.artist, ...totals.artist },
    gas: { total: Number(totals.gas.total), perChunk: Number(totals.gas.perChunk) },
    timings,
    engine: describeEngine('wasm', {
      rays: sum(workers.map((worker) => worker.rays)),
      cpuMs: sum(workers.map((worker) => worker.cpuMs)),
      restarts: sum([...workers, ...verifiers].map((party) => party.engineRestarts)),
    }),
    checked: totals.checked,
    bound: totals.bound,
    certificate: certificatePath,
  };
}

function workOf(lives: Record<string, unknown>[], windowMs: number): PartyWork {
  const sum = (name: string): number | null => {
    const values = lives.map((life) => life[name]).filter((value): value is number => typeof value === 'number');
    return values.length === 0 ? null : values.reduce((total, value) => total + value, 0);
  };
  const busyMs = sum('computeMs');
  return {
    cpuMs: sum('cpuMs'),
    prepareCpuMs: sum('prepareCpuMs'),
    busyMs,
    busyShare: busyMs === null || windowMs <= 0 ? null : Math.round((busyMs / windowMs) * 1000) / 1000,
    rays: sum('rays'),
    engineRestarts: sum('engineRestarts'),
  };
}

/** Milliseconds from the first lease taken to the last commitment, by the chain's clock. */
function renderWindowMs(certificate: Certificate): number {
  const events = certificate.events as unknown as Pick<ContractEvent, 'name' | 'blockTimestamp'>[];
  const times = (name: string): number[] =>
    events.filter((event) => event.name === name).map((event) => event.blockTimestamp * 1000);
  const [taken, committed] = [times('LeaseTaken'), times('LeaseCommitted')];
  return taken.length === 0 || committed.length === 0 ? 0 : Math.max(...committed) - Math.min(...taken);
}

function convictionsOf(
  certificate: Certificate,
  ledger: ChainWatch['log']['ledger'],
  pictures: ReadonlyMap<Cid, string>,
): Conviction[] {
  return certificate.leases
    .filter((lease) => lease.state === 'CONVICTED')
    .map((lease) => {
      const onChain = ledger.leases.get(lease.leaseId)!;
      const findings = lease.findings.flatMap(({ verifier, finding }) =>
        finding === null ? [] : [{ verifier, finding }],
      );
      return {
        leaseId: lease.leaseId,
        worker: lease.worker,
        cause: lossesOf(onChain)[0]!.cause,
        chunks: lease.chunks,
        slashedWei: onChain.state === 'CONVICTED' ? onChain.slashedWei.toString() : '0',
        tests: findings.flatMap(({ verifier, finding }) =>
          finding.tests
            .filter((test) => test.verdict === 'convict')
            .map(({ test, chunkIndex, measured, threshold, detail }) => ({
              verifier,
              test,
              chunkIndex,
              measured,
              threshold,
              detail,
            })),
        ),
        evidence: evidenceOf(lease),
        pictures: evidenceOf(lease).flatMap((cid) => pictures.get(cid) ?? []),
      };
    });
}

/** The pictures that the verifiers of a lease stored; two who found the same stored the same one. */
export function evidenceOf(lease: Certificate['leases'][number]): Cid[] {
  return [...new Set(lease.findings.flatMap(({ finding }) => finding?.evidence ?? []))];
}
