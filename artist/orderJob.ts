import { ContractRevertedError } from '../adapters/chain/chainErrors.js';
import { RushesError } from '../protocol/errors.js';
import { chunkCount, geometryOf } from '../protocol/geometry.js';
import { type Bytes32, bytes32Of, type JobId, type Wei } from '../protocol/ids.js';
import { countChunks } from '../protocol/ledger.js';
import { encodeManifest, type Manifest } from '../protocol/manifest.js';
import type { JobRequest } from '../protocol/ports.js';
import { readJob } from '../protocol/readJob.js';
import { encodeTerms, jobIdOf, type Terms } from '../protocol/terms.js';
import { equalWeights, weightsRoot } from '../protocol/weights.js';
import type { ArtistEvent } from './ArtistEvent.js';
import type { ArtistSession } from './ArtistSession.js';
import { formatMoney } from '../protocol/formatMoney.js';
import { outliveOutage } from './outliveOutage.js';
import { findOrdered } from './findOrdered.js';
import { planTerms } from './planTerms.js';
import type { JobMemory, RememberedJob } from './RememberedJob.js';
import type { ChainWatch } from './watchChain.js';

/** A job and everything that orders it: sent twice, it is one job. */
export interface JobOrder {
  jobId: JobId;
  terms: Terms;
  weights: Uint16Array;
  request: JobRequest;
}

/**
 * Orders the job of a manifest: goes on with the one that this artist ordered of it before, done or not, where the chain
 * has one, else pays a new one in; `memory` holds it until the chain does. The manifest and the scene must be on IPFS before. `onOrder` is told of the job before any money
 * moves. Throws code `no-money` for an account that holds less than the budget, BadInputError for a budget or a deadline
 * that cannot do.
 */
export async function orderJob({
  session,
  watch,
  manifest,
  memory,
  budgetWei,
  deadlineMinutes,
  onOrder = () => {},
  onEvent = () => {},
}: {
  session: ArtistSession;
  watch: ChainWatch;
  manifest: Manifest;
  memory: JobMemory;
  /** The most the job may cost; undefined: twice its price. */
  budgetWei: Wei | undefined;
  /** Minutes until the job's deadline. */
  deadlineMinutes: number;
  onOrder?: (order: JobOrder) => void;
  onEvent?: (event: ArtistEvent) => void;
}): Promise<JobOrder> {
  const { network, chain } = session;
  const outlive = <T>(attempt: () => Promise<T>): Promise<T> =>
    outliveOutage({ attempt, onEvent, signal: watch.signal });
  const manifestDigest = encodeManifest(manifest).digest;
  const nowSeconds = await outlive(() => chain.blockTimestamp(undefined, { signal: watch.signal }));
  await outlive(async () => watch.reached(await chain.blockNumber({ signal: watch.signal })));

  // Go on with the job that the chain has of this manifest, whoever remembers it.
  const place = { chainId: network.chainId, contract: network.contract, artist: chain.account };
  const known = await rememberedFor({ session, memory, manifestDigest });
  const { ledger } = watch.log;
  const job = findOrdered({ ledger, artist: chain.account, manifestDigest, nowSeconds });
  if (job !== undefined) {
    const { jobId, nonce } = job;
    const terms =
      known?.jobId === jobId
        ? known.terms
        : (await outlive(() => readJob({ job, store: session.store, bounds: { signal: watch.signal } }))).terms;
    const ordered: RememberedJob = { ...place, jobId, nonce, manifestDigest, terms };
    await memory.write(ordered);
    const order = orderOf(ordered, manifest);
    onOrder(order);
    onEvent({ kind: 'resumed', jobId, chunksPaid: countChunks(job).paid, chunkCount: job.chunkCount });
    return order;
  }

  // Plan a new one. A job that was remembered and never reached the chain keeps its nonce and terms, so that it is paid
  // for once whatever happened.
  const isPending = known !== undefined && !ledger.jobs.has(known.jobId) && known.terms.deadline > nowSeconds;
  const pending = isPending ? known : undefined;
  const numbers = await outlive(() => chain.readPolicy(network.policy, { signal: watch.signal }));
  const terms =
    pending?.terms ??
    planTerms({ manifest, policy: network.policy, numbers, budgetWei, nowSeconds, deadlineMinutes }).terms;
  await requireMoney({ session, terms, outlive, signal: watch.signal });
  const encoded = encodeTerms(terms);
  await outlive(() => session.store.putBlock(encoded.bytes, { signal: watch.signal }));
  const nonce = pending?.nonce ?? bytes32Of(crypto.getRandomValues(new Uint8Array(32)));
  const jobId = jobIdOf({ ...place, nonce, manifestDigest, termsDigest: encoded.digest });
  const remembered: RememberedJob = { ...place, jobId, nonce, manifestDigest, terms };
  await memory.write(remembered);

  // Pay it in.
  const order = orderOf(remembered, manifest);
  onOrder(order);
  await placeJob({ session, watch, order, onEvent });
  onEvent({ kind: 'ordered', jobId, chunkCount: order.request.chunkCount, budgetWei: order.request.budgetWei });
  return order;
}

/**
 * Sees to it that the chain has an ordered job: does nothing where it has it, else sends it. Outlives outages; a job is
 * paid for once, whichever of several attempts arrives.
 */
export async function placeJob({
  session: { chain },
  watch,
  order,
  onEvent,
}: {
  session: ArtistSession;
  watch: ChainWatch;
  order: JobOrder;
  onEvent: (event: ArtistEvent) => void;
}): Promise<void> {
  const { signal } = watch;
  await outliveOutage({
    onEvent,
    signal,
    async attempt() {
      await watch.reached(await chain.blockNumber({ signal }));
      if (watch.log.ledger.jobs.has(order.jobId)) return;
      try {
        await watch.reached((await chain.createJob(order.request, { signal })).blockNumber);
      } catch (error) {
        // An attempt before this one arrived, though nobody heard of it.
        if (!(error instanceof ContractRevertedError && error.errorName === 'JobExists')) throw error;
        await watch.changed();
      }
    },
  });
}

/** What `memory` holds, where it is this artist's job for this manifest on this contract. */
async function rememberedFor({
  session: { network, chain },
  memory,
  manifestDigest,
}: {
  session: ArtistSession;
  memory: JobMemory;
  manifestDigest: Bytes32;
}): Promise<RememberedJob | undefined> {
  const before = await memory.read();
  return before !== undefined &&
    before.chainId === network.chainId &&
    before.contract === network.contract &&
    before.artist === chain.account &&
    before.manifestDigest === manifestDigest
    ? before
    : undefined;
}

async function requireMoney({
  session: { chain },
  terms,
  outlive,
  signal,
}: {
  session: ArtistSession;
  terms: Terms;
  outlive: <T>(attempt: () => Promise<T>) => Promise<T>;
  signal: AbortSignal;
}): Promise<void> {
  const balanceWei = await outlive(() => chain.readBalance(chain.account, { signal }));
  const budgetWei = BigInt(terms.budgetWei);
  if (balanceWei >= budgetWei) return;
  throw new RushesError({
    code: 'no-money',
    message: `the account ${chain.account} holds ${formatMoney(balanceWei)} and the job asks for ${formatMoney(budgetWei)}`,
    facts: { account: chain.account, balanceWei: balanceWei.toString(), budgetWei: terms.budgetWei },
    advice: 'send it tokens, give a lower budget, or render less.',
  });
}

function orderOf({ jobId, nonce, manifestDigest, terms }: RememberedJob, manifest: Manifest): JobOrder {
  const chunks = chunkCount(geometryOf(manifest));
  if (typeof terms.weights !== 'number')
    throw new RushesError({
      code: 'weights',
      message: 'the terms of the job name a list of weights: it was not ordered in this way',
    });
  const weights = equalWeights(chunks, terms.weights);
  return {
    jobId,
    terms,
    weights,
    request: {
      nonce,
      manifestDigest,
      termsDigest: encodeTerms(terms).digest,
      policy: terms.policy,
      chunkCount: chunks,
      weightsRoot: weightsRoot(weights),
      pricePerUnitWei: BigInt(terms.pricePerUnitWei),
      deadline: terms.deadline,
      budgetWei: BigInt(terms.budgetWei),
    },
  };
}
