import type { CommandContext } from '../options/CommandContext.js';
import { refuseIdleOptions } from '../options/refuseIdleOptions.js';
import { findOwnJob } from '../session/findOwnJob.js';
import { requireSession } from '../session/openSession.js';
import { PROMPT_PATIENCE_MS } from '../session/promptPatienceMs.js';
import { formatMoney } from '../../protocol/formatMoney.js';
import { watchChain } from '../../artist/watchChain.js';

/** Runs `rushes cancel JOB`. Cancelling again brings back what leases have left since. */
export async function cancelCommand({
  job: wanted,
  network: source,
  data,
  key,
  given,
  context,
}: {
  job: string;
  network?: string;
  data?: string;
  key?: string;
  /** Names of the options that a person gave. */
  given: ReadonlySet<string>;
  context: CommandContext;
}): Promise<void> {
  const { terminal, signal } = context;
  if (source !== undefined) refuseIdleOptions({ command: 'cancel', given, situation: 'named' });
  const session = await requireSession({
    source,
    data,
    keyFile: key,
    context,
  });
  const watch = watchChain({ network: session.network, signal, patienceMs: PROMPT_PATIENCE_MS });
  try {
    await watch.reached(await session.chain.blockNumber({ signal }));
    const job = findOwnJob(watch.log.ledger, wanted, session.chain.account);
    const { jobId } = job;
    const before = job.withdrawnWei;
    if (!job.closed && !job.completed)
      await watch.reached((await session.chain.closeJob({ jobId }, { signal })).blockNumber);
    else if (job.unreservedWei > 0n)
      await watch.reached(
        (await session.chain.withdrawUnreserved({ jobId, amountWei: job.unreservedWei }, { signal })).blockNumber,
      );
    const after = watch.log.ledger.jobs.get(jobId)!;
    const returnedWei = after.withdrawnWei - before;
    terminal.line(
      `job ${jobId} is ${after.completed ? 'complete' : 'closed'}; ${formatMoney(returnedWei, 6)} of ${session.network.testMoney ? 'test money' : 'tokens'} came back`,
    );
    if (after.reservedWei > 0n)
      terminal.line(
        `${formatMoney(after.reservedWei, 6)} are held by leases that are under way: run the same command again later for what they leave`,
      );
    terminal.result({
      jobId,
      closed: after.closed,
      completed: after.completed,
      returnedWei: returnedWei.toString(),
      reservedWei: after.reservedWei.toString(),
      unreservedWei: after.unreservedWei.toString(),
    });
  } finally {
    await watch.stop();
  }
}
