import { setPriority } from 'node:os';
import { Wallet } from '@ethersproject/wallet';
import { parseAddress } from '../../protocol/ids.js';
import type { PartyStatus } from '../../party/partyStatus.js';
import type { CommandContext } from '../options/CommandContext.js';
import { startHeartbeat } from '../session/startHeartbeat.js';
import { announceReady, announceStatistics } from '../supervisor/announce.js';
import { createLog } from '../terminal/createLog.js';
import { startStatusLine, type StatusLine } from '../terminal/startStatusLine.js';
import { createPace, describeStatus } from './describeStatus.js';
import { holdAccount } from './holdAccount.js';
import type { PartyPlan } from './PartyPlan.js';
import { type RunningParty, startRole } from './startRole.js';

// A party on its way: starting -> running -> finishing (first Ctrl-C, --until, --idle) -> ended. The second Ctrl-C ends
// the process wherever it is. Under a supervisor there is no finishing: the chain goes down with everything else, and
// its time stands still.

const LOOK_MS = 500;

/** Why a party ended in order. */
type Ending = 'interrupted' | 'until' | 'idle';

/**
 * Runs a worker or verifier until it is asked to end, or something makes it impossible to go on. Ends in order: nothing
 * new is begun, what is open comes to its end, what was earned is withdrawn. Resolves after --until and --idle, and
 * rejects with the signal's reason after an interruption.
 */
export async function runParty({ plan, context }: { plan: PartyPlan; context: CommandContext }): Promise<void> {
  const { env, terminal, signal } = context;
  const { role, network, dataDir } = plan;
  const account = parseAddress(new Wallet(plan.key).address);
  const held = await holdAccount({ home: env.home, dataDir, contract: network.contract, account, role });
  const ending = new AbortController();
  const endAtOnce = (): void => ending.abort(signal.reason);
  try {
    if (plan.nice > 0) setPriority(plan.nice);
    // An interruption of the start ends it at once: nothing is open yet that this process has touched.
    signal.throwIfAborted();
    signal.addEventListener('abort', endAtOnce, { once: true });
    const party = await startRole({
      plan,
      cacheDir: env.cache,
      signal: ending.signal,
      log: createLog({ name: role, terminal, debug: env.debug, isWatched: plan.isWatched }),
    });
    if (process.send === undefined) signal.removeEventListener('abort', endAtOnce);
    startHeartbeat({ coordinatorUrl: network.coordinatorUrl, account, signal: ending.signal });
    announceReady({ account });
    if (process.send === undefined)
      terminal.line(`${role} ${account} on network ${network.name}${network.testMoney ? ' (test money)' : ''}`);
    try {
      await follow({ party, plan, context });
    } finally {
      announceStatistics({ ...party.statistics() });
      ending.abort();
      await party.close();
    }
  } finally {
    signal.removeEventListener('abort', endAtOnce);
    await held.release();
  }
}

/** Shows a running party, and ends it when it is time. */
async function follow({
  party,
  plan,
  context: { terminal, signal },
}: {
  party: RunningParty;
  plan: PartyPlan;
  context: CommandContext;
}): Promise<void> {
  const isSupervised = process.send !== undefined;
  const line = plan.isWatched || terminal.interactive ? startStatusLine(terminal) : undefined;
  const startedAtMs = Date.now();
  const pace = createPace();
  const isOver = createEndings(plan, startedAtMs);
  let ending: Ending | undefined;
  const show = (): PartyStatus => {
    const status = party.status();
    line?.update(describeStatus({ role: plan.role, status, weiPerHour: pace(status.earnedWei, Date.now()) }));
    return status;
  };
  const finish = (why: Ending): void => {
    if (ending !== undefined) return;
    ending = why;
    sayEnding(terminal, party.status(), why);
    party.finish();
  };
  // Under a supervisor nobody looks on, and most parties end with their network.
  const isWorthALook =
    !isSupervised || line !== undefined || plan.untilMs !== undefined || plan.idleMinutes !== undefined;
  const look = (): void => {
    if (isSupervised) announceStatistics({ ...party.statistics() });
    if (!isWorthALook) return;
    const { open } = show();
    if (signal.aborted && !isSupervised) finish('interrupted');
    const due = isOver(open.length > 0, Date.now());
    if (due !== undefined) finish(due);
  };
  const timer = setInterval(look, LOOK_MS);
  const onAbort = (): void => look();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await party.closed;
    signal.throwIfAborted();
    if (ending === undefined) throw new Error('the daemon ended by itself');
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', onAbort);
    endShow({ line, status: show(), ending, startedAtMs, terminal });
  }
}

function sayEnding(terminal: CommandContext['terminal'], { open }: PartyStatus, why: Ending): void {
  const because = { interrupted: '', until: 'it is time: ', idle: 'there was nothing to do: ' }[why];
  const leases = open.map(({ leaseId }) => leaseId).join(', ');
  terminal.line(
    open.length === 0
      ? `${because}ending, once nothing is under way; Ctrl-C again ends at once`
      : `${because}ending after ${open.length === 1 ? 'lease' : 'leases'} ${leases}, which ${open.length === 1 ? 'is' : 'are'} under way; Ctrl-C again ends at once, and may cost bond or stake`,
  );
}

/** The last line, and the object of --json. */
function endShow({
  line,
  status,
  ending,
  startedAtMs,
  terminal,
}: {
  line: StatusLine | undefined;
  status: PartyStatus;
  ending: Ending | undefined;
  startedAtMs: number;
  terminal: CommandContext['terminal'];
}): void {
  line?.stop();
  if (terminal.answered) return;
  terminal.result({
    account: status.account,
    role: status.role ?? null,
    endedBy: ending ?? 'failure',
    seconds: Math.round((Date.now() - startedAtMs) / 1000),
    openLeases: status.open.map(({ leaseId }) => leaseId),
    done: status.done,
    earnedWei: status.earnedWei.toString(),
    stakeWei: status.stakeWei.toString(),
    slashedWei: status.slashedWei.toString(),
    convictions: status.convictions,
  });
}

/** When a party ends by itself. */
function createEndings(
  { untilMs, idleMinutes }: Pick<PartyPlan, 'untilMs' | 'idleMinutes'>,
  startedAtMs: number,
): (isBusy: boolean, nowMs: number) => Ending | undefined {
  let busyAtMs = startedAtMs;
  return (isBusy, nowMs) => {
    if (isBusy) busyAtMs = nowMs;
    if (untilMs !== undefined && nowMs >= untilMs) return 'until';
    if (idleMinutes !== undefined && nowMs - busyAtMs >= 60_000 * idleMinutes) return 'idle';
    return undefined;
  };
}
