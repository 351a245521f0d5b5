import { getJobWish } from '../../adapters/http/jobWishes.js';
import { type JobEntry, listJobs } from '../../artist/listJobs.js';
import { watchChain } from '../../artist/watchChain.js';
import { formatMoney } from '../../protocol/formatMoney.js';
import type { Ledger } from '../../protocol/ledger.js';
import type { JobWish } from '../../protocol/jobWish.js';
import type { CommandContext } from '../options/CommandContext.js';
import { refuseIdleOptions } from '../options/refuseIdleOptions.js';
import { requireSession } from '../session/openSession.js';
import { PROMPT_PATIENCE_MS } from '../session/promptPatienceMs.js';
import type { Session } from '../session/Session.js';
import { formatDuration } from '../terminal/formatDuration.js';
import { formatTable } from '../terminal/formatTable.js';
import type { Terminal } from '../terminal/Terminal.js';

const STATES: Readonly<Record<JobEntry['state'], string>> = {
  complete: 'complete',
  cancelled: 'cancelled',
  waiting: 'waiting',
  running: 'running',
  'stuck-late': 'past its deadline',
  'stuck-no-budget': 'budget used up',
};

/** Runs `rushes jobs`. */
export async function jobsCommand({
  all,
  network: source,
  data,
  key,
  given,
  context,
}: {
  all: boolean;
  network?: string;
  data?: string;
  key?: string;
  /** Names of the options that a person gave. */
  given: ReadonlySet<string>;
  context: CommandContext;
}): Promise<void> {
  const { terminal, signal } = context;
  if (source !== undefined) refuseIdleOptions({ command: 'jobs', given, situation: 'named' });
  const session = await requireSession({ source, data, keyFile: key, context });
  const watch = watchChain({ network: session.network, signal, patienceMs: PROMPT_PATIENCE_MS });
  try {
    await watch.reached(await session.chain.blockNumber({ signal }));
    const { ledger, head } = watch.log;
    const jobs = listJobs({
      ledger,
      artist: all ? undefined : session.chain.account,
      wishes: await wishesOf(session, ledger, context),
      nowSeconds: head?.timestampSeconds ?? 0,
    });
    if (jobs.length === 0)
      terminal.line(all ? 'nobody ordered anything yet' : `${session.chain.account} ordered nothing here yet`);
    else showJobs(terminal, jobs, all);
    terminal.result({ account: session.chain.account, jobs: jobs.map(jobFacts) });
  } finally {
    await watch.stop();
  }
}

/** Of more open jobs than this nobody is asked what was wished. */
const MOST_ASKED = 50;

/** What the artist wished of its open jobs; nothing where no coordinator answers, since all else is on the chain. */
async function wishesOf(
  { network, chain }: Session,
  ledger: Ledger,
  { terminal, signal }: CommandContext,
): Promise<JobWish[]> {
  const url = network.coordinatorUrl;
  const open = [...ledger.jobs.values()].filter((job) => job.artist === chain.account && !job.closed && !job.completed);
  if (url === undefined) return [];
  try {
    return await Promise.all(open.slice(-MOST_ASKED).map(({ jobId }) => getJobWish({ url, jobId, signal })));
  } catch {
    signal.throwIfAborted();
    terminal.line(terminal.yellow('the coordinator does not answer: what is paused is not shown'));
    return [];
  }
}

function showJobs(terminal: Terminal, jobs: readonly JobEntry[], all: boolean): void {
  const rows = jobs.map((job) => [
    job.jobId.slice(0, 18),
    ...(all ? [job.artist] : []),
    `${STATES[job.state]}${job.paused ? ', paused' : ''}${job.priority === 0 ? '' : `, priority ${job.priority}`}`,
    `${job.progress.rendered}/${job.progress.total}`,
    `${job.progress.paid}/${job.progress.total}`,
    job.secondsLeft === undefined ? '' : `about ${formatDuration(job.secondsLeft * 1000)}`,
    formatMoney(job.spentWei),
    formatMoney(job.reservedWei + job.unreservedWei),
  ]);
  const headings = [
    { heading: 'job' },
    ...(all ? [{ heading: 'artist' }] : []),
    { heading: 'state' },
    { heading: 'rendered', right: true },
    { heading: 'paid', right: true },
    { heading: 'time left', right: true },
    { heading: 'spent', right: true },
    { heading: 'in escrow', right: true },
  ];
  for (const line of formatTable(headings, rows)) terminal.line(line);
}

/** A job as --json gives it; wei are decimal strings. */
function jobFacts({ secondsLeft, fundedWei, spentWei, reservedWei, unreservedWei, withdrawnWei, ...job }: JobEntry) {
  return {
    ...job,
    secondsLeft: secondsLeft ?? null,
    fundedWei: fundedWei.toString(),
    spentWei: spentWei.toString(),
    reservedWei: reservedWei.toString(),
    unreservedWei: unreservedWei.toString(),
    withdrawnWei: withdrawnWei.toString(),
  };
}
