import { type Finding, encodeFinding } from '../../protocol/audit/finding.js';
import { rule } from '../../protocol/audit/rule.js';
import { toleranceOf } from '../../protocol/audit/tolerances.js';
import { drawAudit } from '../../protocol/draw.js';
import { InvariantError } from '../../protocol/errors.js';
import { chunkRect } from '../../protocol/geometry.js';
import { sealHash, valuesHash } from '../../protocol/hashes.js';
import type { LedgerAudit, LedgerLease } from '../../protocol/ledger.js';
import { chunksOfMask } from '../../protocol/masks.js';
import { sealSecret } from '../sealSecret.js';
import type { VerifierContext } from '../VerifierContext.js';
import { auditLease } from './auditLease.js';
import { measureLease } from './measureLease.js';

/**
 * OPENED: compares what the worker opened with what was sealed, publishes the finding and reveals. Where the opening cannot be had, first demands
 * one of its leaves on chain: a worker that has it loses nothing, one that withholds it is convicted.
 */
export async function revealLease(context: VerifierContext, options: { lease: Extract<LedgerLease, { state: 'OPENED' }>; workerClass: string; secondsLeft: number; signal: AbortSignal }): Promise<number> {
  const { lease, signal } = options;
  const { chain, store } = context;
  const { commitment, leaseId } = lease;
  const mine = commitment.audits.find((audit) => audit.verifier === chain.account) as LedgerAudit;
  if (commitment.draw === undefined) throw new InvariantError({ what: `draw of opened lease ${leaseId}`, expected: 'known', actual: 'unknown' });
  const job = await context.jobs.open(lease.jobId);
  const measurement = await measureLease(context, { lease, draw: commitment.draw, urgency: lease.revealDeadline, signal });
  const hash = valuesHash(measurement.values);
  const secret = sealSecret({ key: context.key, ...chain.network, leaseId });
  const seal = sealHash({ verifier: chain.account, leaseId, valuesHash: hash, secret });
  if (seal !== mine.sealHash) throw new InvariantError({ what: `seal of lease ${leaseId}`, expected: mine.sealHash, actual: seal });

  const outcome = await auditLease({
    lease, root: commitment.root, outputsDigest: commitment.outputsDigest, openingDigest: lease.openingDigest, draw: commitment.draw,
    chain: chain.network, job, measurement, tolerance: toleranceOf(options.workerClass, context.engine.kind), store,
    fetchMs: Math.max(1000, 250 * options.secondsLeft), signal,
  });
  if (outcome.openingAbsent && mine.demand === undefined) return demandLeaf(context, lease, signal);
  if (outcome.openingAbsent && mine.demand?.answered === true && !mine.demand.present) {
    outcome.tests.push({ test: 'T7', chunkIndex: mine.demand.chunkIndex, rule: 'exact', measured: 1, threshold: 0, verdict: 'convict', detail: `the committed tree has no leaf ${mine.demand.leafIndex}, as the worker showed on chain`, maskedPixels: 0 });
  }

  const finding: Finding = { protocolVersion: 1, leaseId, jobId: lease.jobId, verifier: chain.account, verdict: rule(outcome), tests: outcome.tests, valuesHash: hash, evidence: outcome.evidence };
  const { bytes, digest } = encodeFinding(finding);
  await store.putBlock(bytes, { signal });
  const { blockNumber } = await chain.reveal({ leaseId, verdict: finding.verdict, findingDigest: digest, valuesHash: hash, secret }, { signal });
  const failed = finding.tests.filter((test) => test.verdict !== 'pass').map(({ test, chunkIndex, detail }) => ({ test, chunkIndex, detail }));
  context.log.info({ leaseId, verdict: finding.verdict, worker: lease.worker, blockNumber, ...(failed.length === 0 ? {} : { failed: failed.slice(0, 5) }) }, 'finding revealed');
  return blockNumber;
}

/** Asks for the first drawn leaf on chain. */
async function demandLeaf(context: VerifierContext, lease: Extract<LedgerLease, { state: 'OPENED' }>, signal: AbortSignal): Promise<number> {
  const { draw } = lease.commitment;
  const { geometry } = await context.jobs.open(lease.jobId);
  const [chunk] = drawAudit({ seed: draw?.seed ?? '0x', rects: chunksOfMask(lease.word, draw?.drawnMask ?? 0n).map((chunkIndex) => chunkRect(geometry, chunkIndex)), batches: geometry.batches });
  const leafIndex = chunk?.leaves[0]?.leafIndex;
  if (chunk === undefined || leafIndex === undefined) throw new InvariantError({ what: `drawn leaves of lease ${lease.leaseId}`, expected: 'at least 1', actual: 0 });
  const { blockNumber } = await context.chain.demandOpening({ leaseId: lease.leaseId, chunkIndex: chunk.rect.chunkIndex, leafIndex }, { signal });
  context.log.warn({ leaseId: lease.leaseId, chunkIndex: chunk.rect.chunkIndex, leafIndex, blockNumber }, 'the opening cannot be had: leaf demanded on chain');
  return blockNumber;
}
