import { availableParallelism } from 'node:os';
import type { Plan } from '../../artist/planTerms.js';
import { estimateSupply } from '../../artist/quote/estimateSupply.js';
import type { ProbeMeasure } from '../../artist/quote/probeWork.js';
import { quoteJob } from '../../artist/quote/quoteJob.js';
import { readPresence } from '../../artist/readPresence.js';
import type { ChainWatch } from '../../artist/watchChain.js';
import { RushesError } from '../../protocol/errors.js';
import { formatMoney } from '../../protocol/formatMoney.js';
import type { CommandContext } from '../options/CommandContext.js';
import { showQuote } from '../scene/showQuote.js';
import type { Session } from '../session/Session.js';
import { askToGoOn } from '../terminal/askToGoOn.js';
import type { RenderOptions } from './RenderOptions.js';

/**
 * Shows what a new job will cost and take, and asks, unless --yes answered beforehand. Throws code `declined` for a no,
 * and `nobody-to-ask` where nobody is there.
 */
export async function agreeToQuote({
  plan,
  rays,
  measure,
  session: { network, local },
  watch,
  options,
  context: { terminal, signal },
}: {
  plan: Plan;
  /** Of the whole job. */
  rays: number;
  measure: ProbeMeasure;
  session: Session;
  watch: ChainWatch;
  options: RenderOptions;
  context: CommandContext;
}): Promise<void> {
  const presence = await readPresence({ network, log: watch.log, signal });
  const found = estimateSupply(watch.log.ledger, presence);
  // The daemons of a network that was brought up for the job may still be starting.
  const { workers, verifiers } = options;
  const supply = local === undefined ? found : { ...found, workers, verifiers };
  const quote = quoteJob({
    ...{ plan, rays, measure, supply, threads: availableParallelism() },
    sharesThisMachine: local !== undefined,
  });
  showQuote({ terminal, quote, testMoney: network.testMoney });
  if (options.yes) return;
  const question = `put ${formatMoney(quote.escrowWei)} of ${network.testMoney ? 'test money' : 'tokens'} into escrow and render`;
  if (await askToGoOn({ question, terminal, signal })) return;
  throw new RushesError({
    code: 'declined',
    message: 'nothing was uploaded, ordered or paid',
    advice: 'fewer samples, a smaller size or fewer frames cost less.',
  });
}
