import { ContractRevertedError } from '../adapters/chain/chainErrors.js';
import { bytesOfHex, hexOfBytes } from '../protocol/bytes.js';
import { RushesError } from '../protocol/errors.js';
import { chunkCount, geometryOf } from '../protocol/geometry.js';
import { type Bytes32, bytes32Of, type JobId, type Wei } from '../protocol/ids.js';
import { countChunks } from '../protocol/ledger.js';
import { encodeManifest, type Manifest } from '../protocol/manifest.js';
import type { PolicyNumbers } from '../protocol/policy.js';
import type { JobRequest, ObjectStore } from '../protocol/ports.js';
import { readJob } from '../protocol/readJob.js';
import { encodeTerms, jobIdOf, type Terms } from '../protocol/terms.js';
import { bytesOfWeights, equalWeights, weightsOfBytes, weightsRoot } from '../protocol/weights.js';
import type { ArtistEvent } from './ArtistEvent.js';
import type { ArtistSession } from './ArtistSession.js';
import { deadEndOf } from './deadEndOf.js';
import { formatMoney } from '../protocol/formatMoney.js';
import { outliveOutage } from './outliveOutage.js';
import { findOrdered } from './findOrdered.js';
import { type Plan, planTerms } from './planTerms.js';
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
 * has one, else pays a new one in; `memory` holds it until the chain does. The manifest and the scene must be on IPFS
 * before, or once `agree` resolves. `onOrder` is told of the job before any money moves. Throws code `no-money` for an account that holds less than the budget, BadInputError for a budget or a deadline
 * that cannot do.
 */
export async function orderJob({
  session,
  watch,
  manifest,
  memory,
  budgetWei,
  deadlineMinutes,
  isAgain = false,
  weigh,
  agree = async () => {},
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
  /** Orders a new job although one of the manifest is done: it is paid for once more. One that is not done goes on. */
  isAgain?: boolean;
  /**
   * Gives the work units of every chunk, for a new job; see quote/probeWork.ts and quote/weighChunks.ts. Undefined: each
   * weighs what a full tile is estimated to take.
   */
  weigh?: (numbers: PolicyNumbers) => Promise<Uint16Array>;
  /** Asked before a new job is ordered, with what it will cost; a rejection orders nothing. */
  agree?: (plan: Plan, numbers: PolicyNumbers) => Promise<void>;
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
  const chunks = chunkCount(geometryOf(manifest));
  const known = await rememberedFor({ session, memory, manifestDigest });
  const { ledger } = watch.log;
  const job = findOrdered({ ledger, artist: chain.account, manifestDigest, nowSeconds, isAgain });
  if (job !== undefined) {
    const { jobId, nonce } = job;
    let ordered = known?.jobId === jobId ? known : undefined;
    if (ordered === undefined) {
      const read = await outlive(() => readJob({ job, store: session.store, bounds: { signal: watch.signal } }));
      ordered = { ...place, jobId, nonce, manifestDigest, terms: read.terms, ...fileOf(read.terms, read.weights) };
    }
    const order = orderOf(ordered, chunks);
    // With its weights known, its money may turn out to be used up: then another is ordered.
    if (deadEndOf(ledger, job, nowSeconds, order.weights) === undefined) {
      await memory.write(ordered);
      onOrder(order);
      onEvent({ kind: 'resumed', jobId, chunksPaid: countChunks(job).paid, chunkCount: job.chunkCount });
      return order;
    }
  }

  // Plan a new one. A job that was remembered and never reached the chain keeps its nonce and terms, so that it is paid
  // for once whatever happened.
  const isPending = known !== undefined && !ledger.jobs.has(known.jobId) && known.terms.deadline > nowSeconds;
  let remembered = isPending ? known : undefined;
  if (remembered === undefined) {
    const numbers = await outlive(() => chain.readPolicy(network.policy, { signal: watch.signal }));
    const weights = await weigh?.(numbers);
    const { policy } = network;
    const plan = planTerms({ manifest, policy, numbers, weights, budgetWei, nowSeconds, deadlineMinutes });
    await requireMoney({ session, terms: plan.terms, outlive, signal: watch.signal });
    await agree(plan, numbers);
    const terms = await outlive(() => completeTerms(plan, session.store, watch.signal));
    const nonce = bytes32Of(crypto.getRandomValues(new Uint8Array(32)));
    const jobId = jobIdOf({ ...place, nonce, manifestDigest, termsDigest: encodeTerms(terms).digest });
    remembered = { ...place, jobId, nonce, manifestDigest, terms, ...fileOf(terms, plan.weights) };
  } else await requireMoney({ session, terms: remembered.terms, outlive, signal: watch.signal });
  const { bytes: termsBytes } = encodeTerms(remembered.terms);
  await outlive(() => session.store.putBlock(termsBytes, { signal: watch.signal }));
  await memory.write(remembered);

  // Pay it in.
  const order = orderOf(remembered, chunks);
  onOrder(order);
  await placeJob({ session, watch, order, onEvent });
  onEvent({
    kind: 'ordered',
    jobId: order.jobId,
    chunkCount: order.request.chunkCount,
    budgetWei: order.request.budgetWei,
  });
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
  terms: Pick<Terms, 'budgetWei'>;
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

/** The terms of a plan; weights that differ are stored as a file, which the terms name. */
async function completeTerms(plan: Plan, store: Pick<ObjectStore, 'putFile'>, signal: AbortSignal): Promise<Terms> {
  const { weights } = plan;
  const first = weights[0]!;
  if (weights.every((weight) => weight === first)) return { ...plan.terms, weights: first };
  return { ...plan.terms, weights: await store.putFile(bytesOfWeights(weights), { signal }) };
}

function fileOf(terms: Terms, weights: Uint16Array): Pick<RememberedJob, 'weightsFile'> {
  return typeof terms.weights === 'number' ? {} : { weightsFile: hexOfBytes(bytesOfWeights(weights)) };
}

function orderOf({ jobId, nonce, manifestDigest, terms, weightsFile }: RememberedJob, chunks: number): JobOrder {
  const weights =
    typeof terms.weights === 'number'
      ? equalWeights(chunks, terms.weights)
      : weightsOfBytes(bytesOfHex(weightsFile ?? '0x'), chunks);
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
