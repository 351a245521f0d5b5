import { compareRoot } from '../../protocol/audit/compareRoot.js';
import { compareSums } from '../../protocol/audit/compareSums.js';
import { compareWholeBlock } from '../../protocol/audit/compareWholeBlock.js';
import type { TestName, TestResult } from '../../protocol/audit/finding.js';
import { verdictOfTest } from '../../protocol/audit/rule.js';
import type { Tolerance } from '../../protocol/audit/tolerances.js';
import { type ChunkDraw, drawAudit, leavesToOpen } from '../../protocol/draw.js';
import { BLOCK_SIZE, LEAF_FLOATS, chunkRect } from '../../protocol/geometry.js';
import type { Address, Bytes32, Cid, JobId, LeaseId } from '../../protocol/ids.js';
import { chunksOfMask } from '../../protocol/masks.js';
import {
  type ChunkOpening,
  decodeChunkOpening,
  openedLeafBytes,
  parseOpeningIndex,
  verifyChunkOpening,
} from '../../protocol/opening.js';
import { type Outputs, parseOutputs } from '../../protocol/outputs.js';
import type { ObjectStore } from '../../protocol/ports.js';
import type { JobDocuments } from '../../protocol/readJob.js';
import { blockOfOutput, blockOutput } from '../../renderer/image/chunkOutput.js';
import { evidencePicture } from '../../renderer/image/evidencePicture.js';
import type { Measurement } from '../measurements.js';
import { type Published, fetchPublished, fetchTile } from './fetchPublished.js';

/**
 * What an audit is made of. Nothing in it but the store can change its outcome, and everything in the store is bound by
 * digests that are on chain.
 */
export interface AuditInput {
  lease: { leaseId: LeaseId; jobId: JobId; worker: Address; word: number; mask: bigint };
  /** From the chain. */
  root: Bytes32;
  outputsDigest: Bytes32;
  openingDigest: Bytes32;
  draw: { seed: Bytes32; drawnMask: bigint };
  chain: { chainId: number; contract: Address };
  job: Pick<JobDocuments, 'manifest' | 'geometry'>;
  measurement: Measurement;
  tolerance: Tolerance;
  store: Pick<ObjectStore, 'getBlock' | 'getFile' | 'putFile'>;
  /** There is time to try again for what the store does not take now. */
  hasPatience: boolean;
  /** Milliseconds that each fetch may take. */
  fetchMs: number;
  signal: AbortSignal;
}

/** What an audit found. */
export interface AuditOutcome {
  tests: TestResult[];
  /** The picture of the re-rendered block beside the published one; null where nothing was published to compare. */
  evidence: Cid | null;
  /** Something cannot be had. It may come yet: worth trying again as long as there is time. */
  isIncomplete: boolean;
  /** The opening cannot be had: a leaf of it should be demanded on chain before this counts for anything. */
  openingAbsent: boolean;
}

/**
 * Fetches what the worker published and opened, and measures it: tests T1, T2, T3, T5, T6, and T7 for what cannot be
 * had or is not what it must be.
 */
export async function auditLease(input: AuditInput): Promise<AuditOutcome> {
  const { store, lease, job, draw, signal } = input;
  const bounds = { signal, deadlineMs: input.fetchMs };
  const tests: TestResult[] = [];

  // The outputs index, which the digest on chain binds.
  const outputs = await fetchPublished({
    fetch: () => store.getBlock(input.outputsDigest, bounds),
    parse: parseOutputs,
    signal,
  });
  if (outputs.state !== 'present') {
    tests.push(
      outputs.state === 'absent'
        ? absent('the outputs index', outputs.reason, null)
        : wrong('T6', 'the outputs index', outputs.reason, null),
    );
    return { tests, evidence: null, isIncomplete: outputs.state === 'absent', openingAbsent: false };
  }

  // Every published tile, and the root rebuilt from what is in them (T6).
  const leased = new Set(chunksOfMask(lease.word, lease.mask));
  const tiles = new Map<number, Published<{ halfs: Uint16Array; pixelHash: Bytes32 }>>();
  for (const chunk of outputs.value.chunks) {
    if (leased.has(chunk.chunkIndex)) {
      tiles.set(
        chunk.chunkIndex,
        await fetchTile({ store, cid: chunk.cid, rect: chunkRect(job.geometry, chunk.chunkIndex), bounds }),
      );
    }
  }
  tests.push(...testRoot(input, outputs.value, tiles));

  // The opening: exactly the drawn leaves, each under the committed leaf root (T7), and their sums against the sealed
  // ones (T1, T2, T3).
  const chunks = drawAudit({
    seed: draw.seed,
    rects: chunksOfMask(lease.word, draw.drawnMask).map((chunkIndex) => chunkRect(job.geometry, chunkIndex)),
    batches: job.geometry.batches,
  });
  const opening = await fetchOpening(input, outputs.value, chunks);
  if (opening.state === 'absent') tests.push(absent('the opening', opening.reason, null));
  if (opening.state === 'malformed') tests.push(wrong('T7', 'the opening', opening.reason, null));
  if (opening.state === 'present') tests.push(...testSums(input, chunks, opening.value));

  // The whole block: what its opened batches add up to is what was published (T5), and a picture of it for people.
  const whole = chunks.find((chunk) => chunk.wholeBlock !== undefined);
  const tile = whole === undefined ? undefined : tiles.get(whole.rect.chunkIndex);
  let evidence: Cid | null = null;
  if (whole?.wholeBlock !== undefined && tile?.state === 'present') {
    const published = blockOfOutput({ halfs: tile.value.halfs, rect: whole.rect, block: whole.wholeBlock });
    const { samples, batches } = job.geometry;
    if (opening.state === 'present') tests.push(testWholeBlock(whole, published, opening.value, { samples, batches }));
    const rerendered = blockOutput({ blockLeaves: input.measurement.blockLeaves, samples, batches });
    const { png } = await evidencePicture({ published, rerendered, width: BLOCK_SIZE, height: BLOCK_SIZE });
    evidence = await store.putFile(png, { signal }).catch((error: unknown) => {
      // A picture for people decides nothing.
      if (input.hasPatience || signal.aborted) throw error;
      return null;
    });
  }
  const isIncomplete = opening.state === 'absent' || [...tiles.values()].some((one) => one.state === 'absent');
  return { tests, evidence, isIncomplete, openingAbsent: opening.state === 'absent' };
}

function testRoot(
  input: AuditInput,
  outputs: Outputs,
  tiles: ReadonlyMap<number, Published<{ pixelHash: Bytes32 }>>,
): TestResult[] {
  const { lease } = input;
  const prepared = new Map(
    input.measurement.prepared.map(({ chunkIndex, preparedHash }) => [chunkIndex, preparedHash]),
  );
  const published = new Map(outputs.chunks.map((chunk) => [chunk.chunkIndex, chunk]));
  const absences: TestResult[] = [];
  const expectedChunks = chunksOfMask(lease.word, lease.mask).map((chunkIndex) => {
    const tile = tiles.get(chunkIndex);
    if (tile?.state === 'absent') absences.push(absent(`the picture of chunk ${chunkIndex}`, tile.reason, chunkIndex));
    // What cannot be had is not held against the root: the test above is about it.
    const hash =
      tile?.state === 'present'
        ? tile.value.pixelHash
        : tile?.state === 'absent'
          ? published.get(chunkIndex)?.pixelHash
          : undefined;
    return { chunkIndex, pixelHash: hash, preparedHash: prepared.get(chunkIndex) };
  });
  return [
    ...absences,
    ...compareRoot({
      outputs,
      expectedChunks,
      kernelHash: input.job.manifest.kernelHash,
      committedRoot: input.root,
      ...input.chain,
      ...lease,
    }),
  ];
}

/** The openings of all drawn chunks, each checked against the leaf root in the outputs. */
async function fetchOpening(
  input: AuditInput,
  outputs: Outputs,
  chunks: readonly ChunkDraw[],
): Promise<Published<Map<number, ChunkOpening>>> {
  const { store, lease, job, signal } = input;
  const bounds = { signal, deadlineMs: input.fetchMs };
  const index = await fetchPublished({
    fetch: () => store.getBlock(input.openingDigest, bounds),
    parse: parseOpeningIndex,
    signal,
  });
  if (index.state !== 'present') return index;
  if (index.value.leaseId !== lease.leaseId)
    return { state: 'malformed', reason: `its index is of lease ${index.value.leaseId}` };
  const listed = index.value.chunks.map((chunk) => chunk.chunkIndex).join();
  const drawn = chunks.map((chunk) => chunk.rect.chunkIndex).join();
  if (listed !== drawn) return { state: 'malformed', reason: `its index lists chunks ${listed}, drawn were ${drawn}` };

  const openings = new Map<number, ChunkOpening>();
  for (const [i, chunk] of chunks.entries()) {
    const { chunkIndex, leafCount } = chunk.rect;
    const expectedLeaves = leavesToOpen(chunk, job.geometry.batches);
    const leafRoot = outputs.chunks.find((output) => output.chunkIndex === chunkIndex)?.leafRoot;
    if (leafRoot === undefined) return { state: 'malformed', reason: `the outputs list no chunk ${chunkIndex}` };
    const opening = await fetchPublished({
      fetch: () =>
        store.getFile((index.value.chunks[i] as { cid: Cid }).cid, {
          ...bounds,
          maxBytes: 64 + expectedLeaves.length * openedLeafBytes(leafCount),
        }),
      parse: decodeChunkOpening,
      signal,
    });
    if (opening.state !== 'present') return opening;
    const problem = verifyChunkOpening({
      opening: opening.value,
      jobId: lease.jobId,
      leaseId: lease.leaseId,
      chunkIndex,
      leafCount,
      batches: job.geometry.batches,
      expectedLeaves,
      leafRoot,
    });
    if (problem !== undefined) return { state: 'malformed', reason: `of chunk ${chunkIndex}, ${problem}` };
    openings.set(chunkIndex, opening.value);
  }
  return { state: 'present', value: openings };
}

function testSums(
  input: AuditInput,
  chunks: readonly ChunkDraw[],
  openings: ReadonlyMap<number, ChunkOpening>,
): TestResult[] {
  const { samples, batches } = input.job.geometry;
  let at = 0;
  return chunks.flatMap((draw) => {
    const floats = 4 * draw.leaves.reduce((sum, leaf) => sum + leaf.pixels.length, 0);
    const values = input.measurement.values.subarray(at, (at += floats));
    return compareSums({
      draw,
      samples,
      batches,
      opened: openings.get(draw.rect.chunkIndex)?.leaves ?? [],
      values,
      tolerance: input.tolerance,
    });
  });
}

function testWholeBlock(
  whole: ChunkDraw,
  published: Uint16Array,
  openings: ReadonlyMap<number, ChunkOpening>,
  of: { samples: number; batches: number },
): TestResult {
  const block = whole.wholeBlock as number;
  const blockLeaves = new Float32Array(of.batches * LEAF_FLOATS);
  for (const leaf of openings.get(whole.rect.chunkIndex)?.leaves ?? []) {
    const batch = leaf.leafIndex - block * of.batches;
    if (batch >= 0 && batch < of.batches) blockLeaves.set(leaf.sums, batch * LEAF_FLOATS);
  }
  return compareWholeBlock({
    chunkIndex: whole.rect.chunkIndex,
    block,
    published,
    fromOpening: blockOutput({ blockLeaves, ...of }),
  });
}

/** T7 for something that cannot be had: no proof against anybody, so nobody is paid and nobody convicted. */
function absent(what: string, reason: string, chunkIndex: number | null): TestResult {
  return {
    test: 'T7',
    chunkIndex,
    rule: 'blameless',
    measured: 1,
    threshold: 0,
    verdict: 'void',
    detail: `${what} cannot be had: ${reason}`.slice(0, 1000),
    maskedPixels: 0,
  };
}

/** Something the worker is bound to by a digest is not what it has to be. */
function wrong(test: TestName, what: string, reason: string, chunkIndex: number | null): TestResult {
  const measure = { rule: 'exact', measured: 1, threshold: 0 } as const;
  return {
    test,
    chunkIndex,
    ...measure,
    verdict: verdictOfTest(measure),
    detail: `${what} does not hold: ${reason}`.slice(0, 1000),
    maskedPixels: 0,
  };
}
