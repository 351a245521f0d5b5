import { formatMoney } from '../../protocol/formatMoney.js';
import { outageOf } from '../../artist/outliveOutage.js';
import type { JobId } from '../../protocol/ids.js';
import type { Session } from '../session/Session.js';
import type { Terminal } from '../terminal/Terminal.js';
import { forgetJob } from './jobMemoryIn.js';

/** Money that was escrowed must come back even while a person waits for the prompt: but not for long. */
const CLOSING_MS = 6000;

/** What happens to a job whose command ends early: a network that goes down with it pays back first. */
export async function settleInterrupted({
  session: { local, chain },
  jobId,
  out,
  error,
  terminal,
  signal,
}: {
  session: Session;
  jobId: JobId;
  out: string;
  /** Why it ends. */
  error: unknown;
  terminal: Terminal;
  signal: AbortSignal;
}): Promise<void> {
  if (local === undefined) {
    if (signal.aborted)
      terminal.line(
        `job ${jobId} goes on without this command; run it again to go on with it, or \`rushes cancel ${jobId.slice(0, 10)}\` to end it`,
      );
    return;
  }
  // The contract pays back at once what no lease holds. If the chain is what failed, there is nothing to ask.
  if (outageOf(error) === 'chain') return;
  await chain.closeJob({ jobId }, { signal: AbortSignal.timeout(CLOSING_MS) }).then(
    (receipt) => {
      const withdrawn = receipt.events.find((event) => event.name === 'JobWithdrawn');
      terminal.line(
        `job closed; ${withdrawn === undefined ? 'nothing was' : `${formatMoney(withdrawn.args.amountWei)} of test money`} left in escrow came back`,
      );
    },
    () => {},
  );
  await forgetJob(out);
}
