import { availableParallelism } from 'node:os';
import { LOCAL_POLICY } from '../../adapters/chain/localPolicy.js';
import { connectReader } from '../../artist/connectReader.js';
import { planTerms } from '../../artist/planTerms.js';
import { estimateSupply, type Supply } from '../../artist/quote/estimateSupply.js';
import { quoteJob } from '../../artist/quote/quoteJob.js';
import { weighChunks } from '../../artist/quote/weighChunks.js';
import { readPresence } from '../../artist/readPresence.js';
import { watchChain } from '../../artist/watchChain.js';
import { type Address, parseAddress } from '../../protocol/ids.js';
import type { PolicyNumbers } from '../../protocol/policy.js';
import type { CommandContext } from '../options/CommandContext.js';
import { openScene } from '../scene/openScene.js';
import type { SceneOptions } from '../scene/SceneOptions.js';
import { quoteFacts, showQuote } from '../scene/showQuote.js';
import { startProbe } from '../scene/startProbe.js';
import { findNetwork } from '../session/findNetwork.js';

/** Whoever asks and waits for the prompt is told sooner than a job that a chain is away. */
const PATIENCE_MS = 20_000;

export interface QuoteOptions extends SceneOptions {
  network: string | undefined;
  /** Wei; undefined: twice the price. */
  budgetWei: bigint | undefined;
  deadlineMinutes: number;
}

/** Runs `rushes quote SCENE`. */
export async function quoteCommand({
  scene,
  options,
  given,
  context,
}: {
  scene: string;
  options: QuoteOptions;
  /** Names of the options that a person gave. */
  given: ReadonlySet<string>;
  context: CommandContext;
}): Promise<void> {
  const { terminal } = context;
  const found = await findNetwork({ source: options.network, data: undefined, context });
  const opened = await openScene({ scene, options, command: 'quote', given, context });
  const probe = startProbe({ opened, sceneBytes: options.sceneBytes, context });
  try {
    const { policy, numbers, supply, nowSeconds } = await marketOf(found?.network, context);
    const [manifest, measure] = await Promise.all([probe.manifest, probe.measure]);
    const { weights, rays } = weighChunks({ manifest, measure, numbers });
    const { budgetWei, deadlineMinutes } = options;
    const plan = planTerms({ manifest, policy, numbers, weights, budgetWei, nowSeconds, deadlineMinutes });
    const quote = quoteJob({
      ...{ plan, rays, measure, supply, threads: availableParallelism() },
      sharesThisMachine: found === undefined,
    });
    const testMoney = found?.network.testMoney ?? true;
    terminal.line(
      found === undefined
        ? 'no network is there: priced for one that `rushes render` brings up on this machine'
        : `on network ${found.network.name}`,
    );
    showQuote({ terminal, quote, testMoney });
    terminal.result({ network: found?.network ?? null, ...quoteFacts(quote) });
  } finally {
    await probe.stop();
  }
}

/** What a network asks and has; without one, what one of this machine would. */
async function marketOf(
  network: NonNullable<Awaited<ReturnType<typeof findNetwork>>>['network'] | undefined,
  { signal }: CommandContext,
): Promise<{ policy: Address; numbers: PolicyNumbers; supply: Supply; nowSeconds: number }> {
  if (network === undefined) {
    const supply = { workers: 2, verifiers: 3, unitsPerSecond: undefined, known: 0, otherJobs: 0 };
    return {
      policy: parseAddress(`0x${'00'.repeat(20)}`),
      numbers: LOCAL_POLICY,
      supply: { ...supply, settleSeconds: undefined },
      nowSeconds: Math.floor(Date.now() / 1000),
    };
  }
  const { chain } = await connectReader({ network, signal });
  const watch = watchChain({ network, signal, patienceMs: PATIENCE_MS });
  try {
    await watch.reached(await chain.blockNumber({ signal }));
    const { ledger, head } = watch.log;
    const presence = await readPresence({ network, log: watch.log, signal });
    return {
      policy: network.policy,
      numbers: await chain.readPolicy(network.policy, { signal }),
      supply: estimateSupply(ledger, presence),
      nowSeconds: head?.timestampSeconds ?? Math.floor(Date.now() / 1000),
    };
  } finally {
    await watch.stop();
  }
}
