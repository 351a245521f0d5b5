import { setTimeout as sleep } from 'node:timers/promises';
import { drawSeed, drawVerifiers } from '../../../protocol/draw.js';
import type { Address, Bytes32, JobId, LeaseId } from '../../../protocol/ids.js';
import { readBlockHeader } from '../../../protocol/header.js';
import { sealHash } from '../../../protocol/hashes.js';
import type { ChainPort, Receipt } from '../../../protocol/ports.js';
import type { Verdict } from '../../../protocol/events.js';
import { chunkWeights, weightsProof, weightsRoot, weightsWord } from '../../../protocol/weights.js';
import { random32, type TestNetwork } from './startNetwork.js';

// The steps of a lease as the daemons will take them, without any rendering.

export const TOKEN = 10n ** 18n;

/** An artist, a worker and verifiers with stakes on a network. */
export interface Cast {
  artist: ChainPort;
  worker: ChainPort;
  verifiers: ChainPort[];
}

export async function registerCast(net: TestNetwork, verifierCount: number): Promise<Cast> {
  const [artist, worker, ...verifiers] = (await Promise.all(
    Array.from({ length: 2 + verifierCount }, () => net.connect()),
  )) as [ChainPort, ChainPort, ...ChainPort[]];
  await worker.register({ role: 'worker', deviceClass: 'wasm', stakeWei: 1000n * TOKEN });
  for (const [index, verifier] of verifiers.entries())
    await verifier.register({ role: 'verifier', deviceClass: 'wasm', stakeWei: BigInt(200 + 100 * index) * TOKEN });
  return { artist, worker, verifiers };
}

const WEIGHTS = chunkWeights([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);

/** A job of ten chunks of weights 1 to 10 at 0.01 tokens a unit. */
export async function orderJob(artist: ChainPort, lastsSeconds = 7_200): Promise<JobId> {
  const deadlineSeconds = (await artist.blockTimestamp()) + lastsSeconds;
  const { jobId } = await artist.createJob({
    nonce: random32(),
    manifestDigest: random32(),
    termsDigest: random32(),
    policy: artist.network.policy,
    chunkCount: 10,
    weightsRoot: weightsRoot(WEIGHTS),
    pricePerUnitWei: TOKEN / 100n,
    deadline: deadlineSeconds,
    budgetWei: 10n * TOKEN,
  });
  return jobId;
}

export async function takeLease(worker: ChainPort, jobId: JobId, mask: bigint): Promise<LeaseId> {
  return (
    await worker.takeLease({
      jobId,
      word: 0,
      mask,
      weightsWord: weightsWord(WEIGHTS, 0),
      weightsProof: weightsProof(WEIGHTS, 0),
    })
  ).leaseId;
}

export async function commitLease(
  worker: ChainPort,
  leaseId: LeaseId,
): Promise<{ drawBlock: number; commitBlock: number }> {
  const receipt = await worker.commit({ leaseId, root: random32(), outputsDigest: random32() });
  const event = receipt.events.find((candidate) => candidate.name === 'LeaseCommitted');
  return { drawBlock: (event?.args as { drawBlock: number }).drawBlock, commitBlock: receipt.blockNumber };
}

export async function untilBlock(port: ChainPort, blockNumber: number): Promise<void> {
  while ((await port.blockNumber()) < blockNumber) await sleep(100);
}

/** Reads the header of the draw block once it is mined, and who it draws. */
export async function drawOf(options: {
  cast: Cast;
  stakesWei: bigint[];
  leaseId: LeaseId;
  drawBlock: number;
}): Promise<{ header: Uint8Array; seed: Bytes32; drawn: Address[] }> {
  await untilBlock(options.cast.worker, options.drawBlock);
  const header = await options.cast.worker.readHeader(options.drawBlock);
  const seed = drawSeed({ mixHash: readBlockHeader(header).mixHash, leaseId: options.leaseId });
  const candidates = options.cast.verifiers.map((verifier, index) => ({
    address: verifier.account,
    stakeWei: options.stakesWei[index] as bigint,
  }));
  return { header, seed, drawn: drawVerifiers({ seed, candidates, count: 2 }) };
}

/** One verifier's values and secret for a lease. */
export interface Sealing {
  verifier: ChainPort;
  valuesHash: Bytes32;
  secret: Bytes32;
}

export async function seal(
  verifier: ChainPort,
  leaseId: LeaseId,
  header: Uint8Array,
): Promise<Sealing & { receipt: Receipt }> {
  const [valuesHash, secret] = [random32(), random32()];
  const receipt = await verifier.seal({
    leaseId,
    header,
    sealHash: sealHash({ verifier: verifier.account, leaseId, valuesHash, secret }),
  });
  return { verifier, valuesHash, secret, receipt };
}

export async function reveal(sealing: Sealing, leaseId: LeaseId, verdict: Verdict): Promise<Receipt> {
  return sealing.verifier.reveal({
    leaseId,
    verdict,
    findingDigest: random32(),
    valuesHash: sealing.valuesHash,
    secret: sealing.secret,
  });
}

/** Takes a lease to the state OPENED; gives the seals. */
export async function openLease(
  cast: Cast,
  stakesWei: bigint[],
  jobId: JobId,
  mask: bigint,
): Promise<{ leaseId: LeaseId; sealings: Sealing[] }> {
  const leaseId = await takeLease(cast.worker, jobId, mask);
  const { drawBlock } = await commitLease(cast.worker, leaseId);
  const { header, drawn } = await drawOf({ cast, stakesWei, leaseId, drawBlock });
  const [first, second] = drawn.map((address) => cast.verifiers.find((verifier) => verifier.account === address)) as [
    ChainPort,
    ChainPort,
  ];
  const sealings = [await seal(first, leaseId, header), await seal(second, leaseId, new Uint8Array())];
  await cast.worker.open({ leaseId, openingDigest: random32() });
  return { leaseId, sealings };
}
