import { compareSums } from '../../protocol/audit/compareSums.js';
import { type Finding, type TestResult, encodeFinding } from '../../protocol/audit/finding.js';
import { rule } from '../../protocol/audit/rule.js';
import { type Tolerance, toleranceOf } from '../../protocol/audit/tolerances.js';
import { bigintOfBytes, bytesOfHex } from '../../protocol/bytes.js';
import { type ChunkDraw, drawAudit } from '../../protocol/draw.js';
import { InvariantError, RushesError } from '../../protocol/errors.js';
import { type Geometry, LEAF_FLOATS, chunkRect } from '../../protocol/geometry.js';
import { sealHash, valuesHash } from '../../protocol/hashes.js';
import type { Bytes32 } from '../../protocol/ids.js';
import type { LedgerAudit } from '../../protocol/ledger.js';
import { chunksOfMask } from '../../protocol/masks.js';
import { sha256 } from '../../protocol/sha256.js';
import type { LeaseIn } from '../LeaseView.js';
import type { Measurement } from '../measurements.js';
import { sealSecret } from '../sealSecret.js';
import type { VerifierContext } from '../VerifierContext.js';
import { type AuditOutcome, auditLease } from './auditLease.js';
import { measureLease } from './measureLease.js';

/**
 * OPENED: compares what the worker opened with what was sealed, publishes the finding and reveals. Where the opening
 * cannot be had, first demands one of its leaves on chain: a worker that has it loses nothing, one that withholds it is
 * convicted.
 */
export async function revealLease(
  context: VerifierContext,
  options: {
    lease: LeaseIn<'OPENED'>;
    workerClass: string;
    secondsLeft: number;
    /** There is time to try again for what cannot be had now. */ hasPatience: boolean;
    signal: AbortSignal;
  },
): Promise<number> {
  const { lease, signal } = options;
  const { chain, store } = context;
  const { commitment, leaseId } = lease;
  const mine = commitment.audits.find((audit) => audit.verifier === chain.account) as LedgerAudit;
  if (commitment.draw === undefined)
    throw new InvariantError({ what: `draw of opened lease ${leaseId}`, expected: 'known', actual: 'unknown' });
  const job = await context.jobs.open(lease.jobId);
  const measurement = await measureLease(context, {
    lease,
    draw: commitment.draw,
    signal,
  });
  const hash = valuesHash(measurement.values);
  const secret = sealSecret({ key: context.key, ...chain.network, leaseId });
  const seal = sealHash({ verifier: chain.account, leaseId, valuesHash: hash, secret });
  if (seal !== mine.sealHash)
    throw new InvariantError({ what: `seal of lease ${leaseId}`, expected: mine.sealHash, actual: seal });

  const tolerance = toleranceOf(options.workerClass, context.engine.kind);
  const outcome =
    tolerance === undefined
      ? unjudged(`no tolerance is known for work of device class ${JSON.stringify(options.workerClass.slice(0, 32))}`)
      : await auditLease({
          lease,
          root: commitment.root,
          outputsDigest: commitment.outputsDigest,
          openingDigest: lease.openingDigest,
          draw: commitment.draw,
          chain: chain.network,
          job,
          measurement,
          tolerance,
          store,
          hasPatience: options.hasPatience,
          fetchMs: Math.max(1000, 250 * options.secondsLeft),
          signal,
        }).catch((error: unknown) => {
          // With time left it is worth another attempt; without, silence would cost the verifier its stake.
          if (options.hasPatience || signal.aborted) throw error;
          return unjudged(
            `this verifier could not measure the lease: ${error instanceof Error ? error.message : String(error)}`,
          );
        });
  if (outcome.isIncomplete && options.hasPatience && mine.demand === undefined) {
    throw new RushesError({
      code: 'audit-incomplete',
      message: `what the worker published of lease ${leaseId} cannot be had yet: ${outcome.tests.find((test) => test.test === 'T7')?.detail ?? ''}`,
      facts: { leaseId },
    });
  }
  if (outcome.openingAbsent && mine.demand === undefined)
    return demandLeaf(context, { lease, geometry: job.geometry, secret, signal });
  if (outcome.openingAbsent && mine.demand !== undefined && tolerance !== undefined)
    outcome.tests.push(
      ...(await testAnswer(context, {
        lease,
        demand: mine.demand,
        measurement,
        geometry: job.geometry,
        tolerance,
        signal,
      })),
    );

  const finding: Finding = {
    protocolVersion: 1,
    leaseId,
    jobId: lease.jobId,
    verifier: chain.account,
    verdict: rule(outcome),
    tests: outcome.tests,
    valuesHash: hash,
    evidence: outcome.evidence,
  };
  const { bytes, digest } = encodeFinding(finding);
  await store.putBlock(bytes, { signal }).catch((error: unknown) => {
    // A verdict whose reasons nobody can read is worth more than silence, which costs everybody: but only at the end.
    if (options.hasPatience || signal.aborted) throw error;
    context.log.error(
      { leaseId, error: error instanceof Error ? error.message : String(error) },
      'the store takes no finding: revealing the verdict without it',
    );
  });
  const { blockNumber } = await chain.reveal(
    { leaseId, verdict: finding.verdict, findingDigest: digest, valuesHash: hash, secret },
    { signal },
  );
  const failed = finding.tests
    .filter((test) => test.verdict !== 'pass')
    .map(({ test, chunkIndex, detail }) => ({ test, chunkIndex, detail }));
  context.log.info(
    {
      leaseId,
      verdict: finding.verdict,
      worker: lease.worker,
      blockNumber,
      ...(failed.length === 0 ? {} : { failed: failed.slice(0, 5) }),
    },
    'finding revealed',
  );
  return blockNumber;
}

/**
 * What cannot be judged is not paid, and not held against anybody. A verifier that kept silent instead would lose stake
 * to whoever brings such a thing about.
 */
function unjudged(detail: string): AuditOutcome {
  return {
    tests: [
      {
        test: 'T7',
        chunkIndex: null,
        rule: 'blameless',
        measured: 1,
        threshold: 0,
        verdict: 'void',
        detail: detail.slice(0, 1000),
        maskedPixels: 0,
      },
    ],
    evidence: null,
    isIncomplete: false,
    openingAbsent: false,
  };
}

/**
 * Asks for one drawn leaf on chain. Which one follows from the verifier's secret, so that the worker cannot know it
 * before and two verifiers ask for different ones.
 */
async function demandLeaf(
  context: VerifierContext,
  of: { lease: LeaseIn<'OPENED'>; geometry: Geometry; secret: Bytes32; signal: AbortSignal },
): Promise<number> {
  const { lease, geometry, signal } = of;
  const leaves = drawOf(lease, geometry).flatMap((chunk) =>
    chunk.leaves.map(({ leafIndex }) => ({ chunkIndex: chunk.rect.chunkIndex, leafIndex })),
  );
  const picked = leaves[Number(bigintOfBytes(sha256(bytesOfHex(of.secret))) % BigInt(leaves.length))];
  if (picked === undefined)
    throw new InvariantError({ what: `drawn leaves of lease ${lease.leaseId}`, expected: 'at least 1', actual: 0 });
  const { blockNumber } = await context.chain.demandOpening({ leaseId: lease.leaseId, ...picked }, { signal });
  context.log.warn(
    { leaseId: lease.leaseId, ...picked, blockNumber },
    'the opening cannot be had: leaf demanded on chain',
  );
  return blockNumber;
}

/**
 * The demanded leaf as the worker showed it on chain, against the sealed values: the same tests as for an opening, on
 * one leaf.
 */
async function testAnswer(
  context: VerifierContext,
  of: {
    lease: LeaseIn<'OPENED'>;
    demand: NonNullable<LedgerAudit['demand']>;
    measurement: Measurement;
    geometry: Geometry;
    tolerance: Tolerance;
    signal: AbortSignal;
  },
): Promise<TestResult[]> {
  const { lease, demand, geometry } = of;
  if (demand.answerTransaction === undefined) return [];
  if (!demand.present)
    return [
      {
        test: 'T7',
        chunkIndex: demand.chunkIndex,
        rule: 'exact',
        measured: 1,
        threshold: 0,
        verdict: 'convict',
        detail: `the committed tree has no leaf ${demand.leafIndex}, as the worker showed on chain`,
        maskedPixels: 0,
      },
    ];
  const answer = await context.chain.readLeafAnswer(demand.answerTransaction, { signal: of.signal });
  if (answer === undefined) return [];

  // The demanded leaf's place among the sealed values.
  let at = 0;
  for (const chunk of drawOf(lease, geometry)) {
    for (const leaf of chunk.leaves) {
      const values = of.measurement.values.subarray(at, (at += 4 * leaf.pixels.length));
      if (chunk.rect.chunkIndex !== demand.chunkIndex || leaf.leafIndex !== demand.leafIndex) continue;
      const sums = new Float32Array(LEAF_FLOATS);
      const view = new DataView(answer.sums.buffer, answer.sums.byteOffset, answer.sums.byteLength);
      for (let i = 0; i < LEAF_FLOATS; i++) sums[i] = view.getFloat32(4 * i, true);
      const opened = [{ leafIndex: leaf.leafIndex, salt: bytesOfHex(answer.salt), sums, path: [] }];
      return compareSums({
        draw: { ...chunk, leaves: [leaf] },
        samples: geometry.samples,
        batches: geometry.batches,
        opened,
        values,
        tolerance: of.tolerance,
      });
    }
  }
  return [];
}

function drawOf(lease: LeaseIn<'OPENED'>, geometry: Geometry): ChunkDraw[] {
  const { draw } = lease.commitment;
  if (draw === undefined)
    throw new InvariantError({ what: `draw of opened lease ${lease.leaseId}`, expected: 'known', actual: 'unknown' });
  return drawAudit({
    seed: draw.seed,
    rects: chunksOfMask(lease.word, draw.drawnMask).map((chunkIndex) => chunkRect(geometry, chunkIndex)),
    batches: geometry.batches,
  });
}
