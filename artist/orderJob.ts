import { RushesError } from '../protocol/errors.js';
import { chunkCount, geometryOf } from '../protocol/geometry.js';
import { type JobId, type Wei, bytes32Of } from '../protocol/ids.js';
import { countChunks } from '../protocol/ledger.js';
import { encodeManifest, type Manifest } from '../protocol/manifest.js';
import { encodeTerms, jobIdOf, type Terms } from '../protocol/terms.js';
import { equalWeights, weightsRoot } from '../protocol/weights.js';
import type { Terminal } from '../cli/terminal/Terminal.js';
import { formatMoney } from './formatMoney.js';
import { clearResults } from '../cli/render/clearResults.js';
import { type JobFile, readJobFile, writeJobFile } from '../cli/render/JobFile.js';
import { planTerms } from './planTerms.js';
import type { Session } from '../cli/session/Session.js';
import type { ChainWatch } from './watchChain.js';

/** A job on chain. */
export interface OpenedJob {
  jobId: JobId;
  terms: Terms;
  weights: Uint16Array;
  /** True when an earlier run of the same command had begun it. */
  resumed: boolean;
}

/**
 * The job for a manifest: the unfinished one that the out folder remembers, where the chain still has it, else a new
 * one, paid in now. The manifest and the scene must be on IPFS before.
 */
export async function openJob({
  session,
  watch,
  manifest,
  out,
  budgetWei,
  deadlineMinutes,
  terminal,
  signal,
}: {
  session: Session;
  watch: ChainWatch;
  manifest: Manifest;
  out: string;
  budgetWei: Wei | undefined;
  deadlineMinutes: number;
  terminal: Terminal;
  signal: AbortSignal;
}): Promise<OpenedJob> {
  const { network, chain, store } = session;
  const manifestDigest = encodeManifest(manifest).digest;
  const chunks = chunkCount(geometryOf(manifest));
  const nowSeconds = await chain.blockTimestamp(undefined, { signal });

  // Go on with the job of an earlier run, unless it was closed or its time is over.
  const before = await readJobFile(out);
  const known =
    before !== undefined &&
    before.chainId === network.chainId &&
    before.contract === network.contract &&
    before.artist === chain.account &&
    before.manifestDigest === manifestDigest
      ? before
      : undefined;
  const job = known === undefined ? undefined : watch.log.ledger.jobs.get(known.jobId);
  if (known !== undefined && job !== undefined && !job.closed && (job.completed || job.deadline > nowSeconds)) {
    const { paid } = countChunks(job);
    terminal.line(`going on with job ${known.jobId}: ${paid} of ${chunks} chunks are paid`);
    return { jobId: known.jobId, terms: known.terms, weights: weightsOf(known.terms, chunks), resumed: true };
  }

  // Plan a new one. A job that was remembered and never reached the chain keeps its nonce and terms, so that it is paid
  // for once whatever happened.
  const pending = known !== undefined && job === undefined && known.terms.deadline > nowSeconds ? known : undefined;
  const terms =
    pending?.terms ??
    planTerms({
      manifest,
      policy: network.policy,
      numbers: await chain.readPolicy(network.policy, { signal }),
      budgetWei,
      nowSeconds,
      deadlineMinutes,
    }).terms;
  const balanceWei = await chain.readBalance(chain.account, { signal });
  const budget = BigInt(terms.budgetWei);
  if (balanceWei < budget)
    throw new RushesError({
      code: 'no-money',
      message: `the account ${chain.account} holds ${formatMoney(balanceWei)} and the job asks for ${formatMoney(budget)}`,
      facts: { account: chain.account, balanceWei: balanceWei.toString(), budgetWei: terms.budgetWei },
      advice: 'send it tokens, give a lower --budget, or render less.',
    });
  const encoded = encodeTerms(terms);
  await store.putBlock(encoded.bytes, { signal });
  const nonce = pending?.nonce ?? bytes32Of(crypto.getRandomValues(new Uint8Array(32)));
  const jobId = jobIdOf({
    chainId: network.chainId,
    contract: network.contract,
    artist: chain.account,
    nonce,
    manifestDigest,
    termsDigest: encoded.digest,
  });
  const file: JobFile = {
    chainId: network.chainId,
    contract: network.contract,
    artist: chain.account,
    jobId,
    nonce,
    manifestDigest,
    terms,
  };
  await clearResults(out);
  await writeJobFile(out, file);

  // Pay it in.
  const weights = weightsOf(terms, chunks);
  signal.throwIfAborted();
  const created = await chain.createJob({
    nonce,
    manifestDigest,
    termsDigest: encoded.digest,
    policy: terms.policy,
    chunkCount: chunks,
    weightsRoot: weightsRoot(weights),
    pricePerUnitWei: BigInt(terms.pricePerUnitWei),
    deadline: terms.deadline,
    budgetWei: budget,
  });
  await watch.reached(created.blockNumber);
  terminal.line(
    `job ${jobId}: ${chunks} chunks, ${formatMoney(budget)} of ${network.testMoney ? 'test money' : 'tokens'} in escrow; what is not earned comes back`,
  );
  return { jobId, terms, weights, resumed: false };
}

function weightsOf(terms: Terms, chunks: number): Uint16Array {
  if (typeof terms.weights !== 'number')
    throw new RushesError({
      code: 'weights',
      message: 'the terms name a list of weights that this command did not make',
    });
  return equalWeights(chunks, terms.weights);
}
