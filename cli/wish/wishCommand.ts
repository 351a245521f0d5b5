import { putJobWish } from '../../adapters/http/jobWishes.js';
import { watchChain } from '../../artist/watchChain.js';
import { BadInputError, RushesError } from '../../protocol/errors.js';
import type { JobWish } from '../../protocol/jobWish.js';
import type { CommandContext } from '../options/CommandContext.js';
import { refuseIdleOptions } from '../options/refuseIdleOptions.js';
import { findOwnJob } from '../session/findOwnJob.js';
import { requireSession } from '../session/openSession.js';
import { PROMPT_PATIENCE_MS } from '../session/promptPatienceMs.js';

/** Runs `rushes pause|resume|priority JOB`: tells the coordinator, as the artist, how a job is to be suggested. */
export async function wishCommand({
  command,
  job: wanted,
  wish,
  network: source,
  data,
  key,
  given,
  context,
}: {
  command: 'pause' | 'resume' | 'priority';
  job: string;
  wish: Partial<Pick<JobWish, 'paused' | 'priority'>>;
  network?: string;
  data?: string;
  key?: string;
  /** Names of the options that a person gave. */
  given: ReadonlySet<string>;
  context: CommandContext;
}): Promise<void> {
  const { terminal, signal } = context;
  if (source !== undefined) refuseIdleOptions({ command, given, situation: 'named' });
  const { network, chain, signer } = await requireSession({ source, data, keyFile: key, context });
  const url = network.coordinatorUrl;
  if (url === undefined)
    throw new RushesError({
      code: 'no-coordinator',
      message: `network ${network.name} names no coordinator, and only a coordinator suggests jobs`,
      advice: 'name one with --network; `rushes cancel` ends a job without any.',
    });
  const watch = watchChain({ network, signal, patienceMs: PROMPT_PATIENCE_MS });
  try {
    await watch.reached(await chain.blockNumber({ signal }));
    const { jobId, closed, completed } = findOwnJob(watch.log.ledger, wanted, chain.account);
    if (closed || completed)
      throw new BadInputError({
        code: 'job-over',
        message: `job ${jobId} is ${completed ? 'complete' : 'cancelled'}: none of it is suggested any more`,
        facts: { jobId },
        advice: 'name a job that is open; `rushes jobs` lists yours.',
      });
    const answer = await putJobWish({ url, jobId, wish, signer, signal });
    terminal.line(
      `job ${jobId}: ${answer.paused ? 'paused' : 'suggested'}, priority ${answer.priority}, as the coordinator at ${url} says`,
    );
    if (answer.paused)
      terminal.line(
        'nothing on the chain changes: the money stays in escrow, leases under way go on, and a worker with nothing else to do may still take chunks',
      );
    terminal.result(answer);
  } finally {
    await watch.stop();
  }
}
