import { deadlineOf, type Ledger, type LedgerJob } from '../../protocol/ledger.js';
import type { NetworkDescription } from '../../protocol/network.js';
import { LOSS_SENTENCES, lossesOf } from '../../protocol/lossesOf.js';
import { chunksOfMask } from '../../protocol/masks.js';
import type { CommandContext } from '../options/CommandContext.js';
import { refuseIdleOptions } from '../options/refuseIdleOptions.js';
import { requireSession } from '../session/openSession.js';
import { formatDuration } from '../terminal/formatDuration.js';
import { formatMoney } from '../../protocol/formatMoney.js';
import { formatTable } from '../terminal/formatTable.js';
import { findJob } from '../../artist/findJob.js';
import { progressOf } from '../../artist/progressOf.js';
import { type Absence, findAbsence, seenAgoMs } from '../../artist/findAbsence.js';
import { type PartySeen, readPresence } from '../../artist/readPresence.js';
import { describeAbsence } from '../session/describeAbsence.js';
import { PROMPT_PATIENCE_MS } from '../session/promptPatienceMs.js';
import type { Terminal } from '../terminal/Terminal.js';
import { watchChain } from '../../artist/watchChain.js';

/** Runs `rushes status [JOB]`, from the chain alone. */
export async function statusCommand({
  job: wanted,
  network: source,
  data,
  given,
  context,
}: {
  job: string | undefined;
  network?: string;
  data?: string;
  /** Names of the options that a person gave. */
  given: ReadonlySet<string>;
  context: CommandContext;
}): Promise<void> {
  const { terminal, signal } = context;
  if (source !== undefined) refuseIdleOptions({ command: 'status', given, situation: 'named' });
  const session = await requireSession({
    source,
    data,
    keyFile: undefined,
    context,
  });
  const watch = watchChain({ network: session.network, signal, patienceMs: PROMPT_PATIENCE_MS });
  try {
    await watch.reached(await session.chain.blockNumber({ signal }));
    const { ledger, head } = watch.log;
    const presence = await readPresence({ network: session.network, log: watch.log, signal });
    const absence = findAbsence({ ledger, presence, quietMs: undefined });
    const more = presenceFacts(presence, absence);
    if (wanted === undefined) {
      const jobs = [...ledger.jobs.values()].map((job) => jobFacts(ledger, job));
      showJobs({ terminal, network: session.network, ledger, jobs });
      terminal.result({ network: session.network, jobs, ...more });
    } else {
      const job = findJob(ledger, wanted);
      const leases = leaseFacts(ledger, job);
      const losses = lossFacts(ledger, job);
      showJob({ terminal, job, facts: jobFacts(ledger, job), leases, losses, nowSeconds: head?.timestampSeconds ?? 0 });
      terminal.result({ network: session.network, ...jobFacts(ledger, job), losses, leases, ...more });
    }
    showPresence(terminal, presence, absence);
  } finally {
    await watch.stop();
  }
}

function showJob({
  terminal,
  job,
  facts,
  leases,
  losses,
  nowSeconds,
}: {
  terminal: Terminal;
  job: Readonly<LedgerJob>;
  facts: ReturnType<typeof jobFacts>;
  leases: ReturnType<typeof leaseFacts>;
  losses: ReturnType<typeof lossFacts>;
  nowSeconds: number;
}): void {
  const { chunks } = facts;
  terminal.line(`${terminal.bold(job.jobId)} ${facts.state}`);
  terminal.line(
    `chunks    ${chunks.total}: ${chunks.rendered} rendered, ${chunks.audited} audited, ${chunks.paid} paid${chunks.voided + chunks.convicted === 0 ? '' : `, ${chunks.voided} voided and ${chunks.convicted} convicted on the way`}`,
  );
  terminal.line(
    `money     ${formatMoney(job.fundedWei)} paid in, ${formatMoney(job.spentWei, 6)} spent, ${formatMoney(job.reservedWei, 6)} held by leases, ${formatMoney(job.unreservedWei, 6)} unreserved, ${formatMoney(job.withdrawnWei, 6)} came back`,
  );
  terminal.line();
  for (const line of formatTable(
    [
      { heading: 'lease', right: true },
      { heading: 'worker' },
      { heading: 'state' },
      { heading: 'chunks', right: true },
      { heading: 'time left', right: true },
    ],
    leases.map((lease) => [
      String(lease.leaseId),
      lease.worker,
      lease.state,
      String(lease.chunks.length),
      lease.deadlineSeconds === null ? '' : formatDuration(Math.max(0, lease.deadlineSeconds - nowSeconds) * 1000),
    ]),
  ))
    terminal.line(line);
  for (const { leaseId, account, role, cause } of losses)
    terminal.line(terminal.yellow(`lease ${leaseId}: ${role} ${account} ${LOSS_SENTENCES[cause]}, and lost stake`));
}

function showJobs({
  terminal,
  network,
  ledger,
  jobs,
}: {
  terminal: Terminal;
  network: NetworkDescription;
  ledger: Ledger;
  jobs: ReturnType<typeof jobFacts>[];
}): void {
  const parties = [...ledger.accounts.values()].filter((account) => account.role !== undefined);
  const count = (role: string): number =>
    parties.filter((account) => account.role === role && account.withdrawableAtSeconds === undefined).length;
  terminal.line(
    `network ${network.name}: ${count('worker')} workers and ${count('verifier')} verifiers are registered${network.testMoney ? '; it pays in test money' : ''}`,
  );
  if (network.contact !== undefined) terminal.line(`whom to write to: ${network.contact}`);
  if (jobs.length === 0) return terminal.line('no job yet');
  for (const line of formatTable(
    [
      { heading: 'job' },
      { heading: 'state' },
      { heading: 'chunks', right: true },
      { heading: 'rendered', right: true },
      { heading: 'paid', right: true },
      { heading: 'spent', right: true },
      { heading: 'unreserved', right: true },
    ],
    jobs.map((job) => [
      job.jobId.slice(0, 18),
      job.state,
      String(job.chunks.total),
      String(job.chunks.rendered),
      String(job.chunks.paid),
      formatMoney(BigInt(job.spentWei)),
      formatMoney(BigInt(job.unreservedWei)),
    ]),
  ))
    terminal.line(line);
}

/** A job as --json gives it. */
function jobFacts(ledger: Ledger, job: Readonly<LedgerJob>) {
  const chunks = progressOf(ledger, job);
  return {
    jobId: job.jobId,
    state: job.completed
      ? 'complete'
      : job.closed
        ? 'closed'
        : chunks.paid + chunks.rendered === 0
          ? 'waiting'
          : 'running',
    artist: job.artist,
    deadlineSeconds: job.deadlineSeconds,
    chunks,
    fundedWei: job.fundedWei.toString(),
    spentWei: job.spentWei.toString(),
    reservedWei: job.reservedWei.toString(),
    unreservedWei: job.unreservedWei.toString(),
    withdrawnWei: job.withdrawnWei.toString(),
  };
}

/** Who lost stake over a job, and why. */
function lossFacts(ledger: Ledger, job: Readonly<LedgerJob>) {
  return job.leaseIds
    .flatMap((leaseId) => lossesOf(ledger.leases.get(leaseId)!))
    .map((loss) => ({ ...loss, slashedWei: loss.slashedWei?.toString() ?? null }));
}

/** The leases of a job as --json gives them. */
function leaseFacts(ledger: Ledger, job: Readonly<LedgerJob>) {
  return job.leaseIds.map((leaseId) => {
    const lease = ledger.leases.get(leaseId)!;
    return {
      leaseId,
      worker: lease.worker,
      state: lease.state,
      chunks: chunksOfMask(lease.word, lease.mask),
      deadlineSeconds: deadlineOf(lease) ?? null,
    };
  });
}

/** Who was last seen when, and whether a kind of party is away altogether. */
function showPresence(terminal: Terminal, presence: PartySeen[], absence: Absence | undefined): void {
  if (presence.length > 0) {
    terminal.line();
    for (const line of formatTable(
      [{ heading: 'party' }, { heading: 'role' }, { heading: 'last seen', right: true }, { heading: 'by' }],
      presence.map((party) => [
        party.account,
        party.role,
        `${formatDuration(seenAgoMs(party))} ago`,
        (party.heardAgoMs ?? Infinity) <= party.actedAgoMs ? 'the coordinator' : 'the chain',
      ]),
    ))
      terminal.line(line);
  }
  if (absence !== undefined) for (const line of describeAbsence(absence)) terminal.line(terminal.yellow(line));
}

function presenceFacts(presence: PartySeen[], absence: Absence | undefined) {
  return {
    parties: presence.map((party) => ({
      account: party.account,
      role: party.role,
      seenAgoSeconds: Math.round(seenAgoMs(party) / 1000),
    })),
    absent: absence?.roles.map(({ role }) => role) ?? [],
  };
}
