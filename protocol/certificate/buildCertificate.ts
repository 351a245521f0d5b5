import { ledgerOf } from '../applyEvent.js';
import type { Finding } from '../audit/finding.js';
import { hexOfBytes } from '../bytes.js';
import { drawAudit } from '../draw.js';
import { InvariantError } from '../errors.js';
import type { ContractEvent } from '../events.js';
import { eventToJson } from '../eventJson.js';
import { chunkRect, geometryOf } from '../geometry.js';
import { readBlockHeader } from '../header.js';
import type { Address, Bytes32, JobId, LeaseId } from '../ids.js';
import { countEndings } from '../leaseEndings.js';
import { type Ledger, type LedgerJob, type LedgerLease, commitmentOf, countChunks, feesOf } from '../ledger.js';
import type { Manifest } from '../manifest.js';
import { chunksOfMask } from '../masks.js';
import type { OpeningIndex } from '../opening.js';
import type { Outputs } from '../outputs.js';
import type { Terms } from '../terms.js';
import type { Certificate, CertificateLease, CertificateTotals, CertificateTransaction } from './certificate.js';

/** Confidence the bound of a certificate is stated at. */
export const CERTIFICATE_CONFIDENCE = 0.999999;

/**
 * What a certificate is made from: the chain's events, and the documents behind the digests in them. Documents nobody
 * provides any more may be missing.
 */
export interface CertificateSources {
  chain: Certificate['chain'];
  jobId: JobId;
  /** Every event of the contract up to the head, in order; those about other jobs are left out of the certificate. */
  events: readonly ContractEvent[];
  manifest: Manifest;
  terms: Terms;
  weights: Uint16Array;
  outputs: ReadonlyMap<LeaseId, Outputs>;
  openings: ReadonlyMap<LeaseId, OpeningIndex>;
  /** By digest. */
  findings: ReadonlyMap<Bytes32, Finding>;
  /** RLP by block number. */
  headers: ReadonlyMap<number, Uint8Array>;
  /** Gas of every transaction of the job, by hash. */
  gasUsed: ReadonlyMap<Bytes32, bigint>;
}

/** Makes the certificate of a job. Throws InvariantError when a paid chunk has no output among the sources. */
export function buildCertificate(sources: CertificateSources): Certificate {
  const { jobId, chain, manifest, terms } = sources;
  const events = eventsOfJob(sources.events, jobId);
  const ledger = ledgerOf(events);
  const job = ledger.jobs.get(jobId);
  if (job === undefined)
    throw new InvariantError({ what: `job ${jobId} of a certificate`, expected: 'among the events', actual: 'absent' });
  const leases = job.leaseIds.map((leaseId) => certificateLease(ledger.leases.get(leaseId) as LedgerLease, sources));
  const transactions = transactionsOf(events, job, sources.gasUsed);
  return {
    kind: 'rushes-certificate',
    protocolVersion: 1,
    chain,
    job: {
      jobId,
      artist: job.artist,
      nonce: job.nonce,
      manifestDigest: job.manifestDigest,
      termsDigest: job.termsDigest,
      weightsRoot: job.weightsRoot,
    },
    manifest,
    terms,
    weights: [...sources.weights],
    leases,
    outputs: paidOutputs(leases),
    transactions,
    totals: totalsOf({ ledger, job, manifest, transactions }),
    events: events.map(eventToJson),
  };
}

/**
 * The events a job's certificate follows from: its own, those of its leases, and everything about accounts and
 * policies. Leases of other jobs stay only where they convicted somebody.
 */
export function eventsOfJob(events: readonly ContractEvent[], jobId: JobId): ContractEvent[] {
  const jobOfLease = new Map<LeaseId, JobId>();
  return events.filter((event) => {
    if (event.name === 'LeaseTaken') jobOfLease.set(event.args.leaseId, event.args.jobId);
    if ('jobId' in event.args) return event.args.jobId === jobId;
    if ('leaseId' in event.args) return jobOfLease.get(event.args.leaseId) === jobId;
    return true;
  });
}

/** The sums of a job, from its ledger and transactions alone. */
export function totalsOf(of: {
  ledger: Ledger;
  job: Readonly<LedgerJob>;
  manifest: Manifest;
  transactions: readonly CertificateTransaction[];
}): CertificateTotals {
  const { ledger, job } = of;
  const leases = job.leaseIds.map((leaseId) => ledger.leases.get(leaseId) as LedgerLease);
  const workers = new Map<Address, { leases: number; chunks: number; paidWei: bigint; slashedWei: bigint }>();
  const verifiers = new Map<Address, { audits: number; paidWei: bigint }>();
  for (const lease of leases) {
    const worker = entry(workers, lease.worker, () => ({ leases: 0, chunks: 0, paidWei: 0n, slashedWei: 0n }));
    worker.leases++;
    if (lease.state === 'PAYABLE') {
      worker.chunks += chunksOfMask(lease.word, lease.mask).length;
      worker.paidWei += lease.payWei;
    }
    if (lease.state === 'CONVICTED' || lease.state === 'EXPIRED') worker.slashedWei += lease.slashedWei;
    for (const fee of feesOf(lease)) {
      const verifier = entry(verifiers, fee.verifier, () => ({ audits: 0, paidWei: 0n }));
      verifier.audits++;
      verifier.paidWei += fee.feeWei;
    }
  }
  const checked = checkedOf(
    leases.filter((lease) => lease.state === 'PAYABLE'),
    of.manifest,
  );
  const gas = of.transactions.reduce((sum, transaction) => sum + BigInt(transaction.gasUsed), 0n);
  return {
    chunks: { total: job.chunkCount, paid: countChunks(job).paid },
    leases: { taken: leases.length, ...countEndings(leases) },
    workers: sorted(workers).map(([address, worker]) => ({
      address,
      leases: worker.leases,
      chunks: worker.chunks,
      paidWei: worker.paidWei.toString(),
      slashedWei: worker.slashedWei.toString(),
    })),
    verifiers: sorted(verifiers).map(([address, verifier]) => ({
      address,
      audits: verifier.audits,
      paidWei: verifier.paidWei.toString(),
    })),
    artist: {
      fundedWei: job.fundedWei.toString(),
      spentWei: job.spentWei.toString(),
      unreservedWei: job.unreservedWei.toString(),
      withdrawnWei: job.withdrawnWei.toString(),
    },
    gas: { total: gas.toString(), perChunk: (gas / BigInt(job.chunkCount)).toString() },
    checked,
    bound: { confidence: CERTIFICATE_CONFIDENCE, wrongShare: wrongShareBound(checked.leaves, CERTIFICATE_CONFIDENCE) },
  };
}

/**
 * The largest share of wrong leaves that would have passed `leaves` drawn ones with probability 1 - confidence; 1 when
 * nothing was drawn.
 */
export function wrongShareBound(leaves: number, confidence: number): number {
  return leaves === 0 ? 1 : 1 - (1 - confidence) ** (1 / leaves);
}

function certificateLease(lease: LedgerLease, sources: CertificateSources): CertificateLease {
  const commitment = commitmentOf(lease);
  const openingDigest = 'openingDigest' in lease ? (lease.openingDigest ?? null) : null;
  return {
    leaseId: lease.leaseId,
    worker: lease.worker,
    state: lease.state,
    chunks: chunksOfMask(lease.word, lease.mask),
    payWei: lease.payWei.toString(),
    root: commitment?.root ?? null,
    outputs: commitment === undefined ? null : (sources.outputs.get(lease.leaseId) ?? null),
    draw: drawOf(lease, sources),
    seals: (commitment?.audits ?? []).flatMap((audit) =>
      audit.sealHash === undefined ? [] : [{ verifier: audit.verifier, sealHash: audit.sealHash }],
    ),
    openingDigest,
    opening: openingDigest === null ? null : (sources.openings.get(lease.leaseId) ?? null),
    findings: (commitment?.audits ?? []).flatMap((audit) =>
      audit.reveal === undefined
        ? []
        : [
            {
              verifier: audit.verifier,
              findingDigest: audit.reveal.findingDigest,
              finding: sources.findings.get(audit.reveal.findingDigest) ?? null,
            },
          ],
    ),
  };
}

function drawOf(lease: LedgerLease, sources: CertificateSources): CertificateLease['draw'] {
  const commitment = commitmentOf(lease);
  if (commitment?.draw === undefined) return null;
  const header = sources.headers.get(commitment.drawBlock);
  if (header === undefined)
    throw new InvariantError({
      what: `header of block ${commitment.drawBlock}, which decided the draw of lease ${lease.leaseId}`,
      expected: 'among the sources',
      actual: 'absent',
    });
  return {
    blockNumber: commitment.drawBlock,
    blockHash: readBlockHeader(header).blockHash,
    header: hexOfBytes(header),
    seed: commitment.draw.seed,
    drawnChunks: chunksOfMask(lease.word, commitment.draw.drawnMask),
    verifiers: [...commitment.draw.verifiers],
  };
}

function paidOutputs(leases: readonly CertificateLease[]): Certificate['outputs'] {
  return leases
    .filter((lease) => lease.state === 'PAYABLE')
    .flatMap((lease) =>
      lease.chunks.map((chunkIndex) => {
        const output = lease.outputs?.chunks.find((chunk) => chunk.chunkIndex === chunkIndex);
        if (output === undefined)
          throw new InvariantError({
            what: `output of chunk ${chunkIndex}, paid for by lease ${lease.leaseId}`,
            expected: 'among the sources',
            actual: 'absent',
          });
        return { chunkIndex, leaseId: lease.leaseId, cid: output.cid, pixelHash: output.pixelHash };
      }),
    )
    .sort((a, b) => a.chunkIndex - b.chunkIndex);
}

/** Transactions that made an event of the job or of its leases, in chain order. */
function transactionsOf(
  events: readonly ContractEvent[],
  job: Readonly<LedgerJob>,
  gasUsed: ReadonlyMap<Bytes32, bigint>,
): CertificateTransaction[] {
  const seen = new Map<Bytes32, CertificateTransaction>();
  for (const event of events) {
    if (!('jobId' in event.args || 'leaseId' in event.args) || seen.has(event.transactionHash)) continue;
    const gas = gasUsed.get(event.transactionHash);
    if (gas === undefined)
      throw new InvariantError({
        what: `gas of transaction ${event.transactionHash} of job ${job.jobId}`,
        expected: 'among the sources',
        actual: 'absent',
      });
    seen.set(event.transactionHash, {
      hash: event.transactionHash,
      blockNumber: event.blockNumber,
      gasUsed: gas.toString(),
    });
  }
  return [...seen.values()];
}

function checkedOf(leases: readonly LedgerLease[], manifest: Manifest): { leaves: number; pixels: number } {
  const geometry = geometryOf(manifest);
  const checked = { leaves: 0, pixels: 0 };
  for (const lease of leases) {
    const draw = commitmentOf(lease)?.draw;
    if (draw === undefined) continue;
    const rects = chunksOfMask(lease.word, draw.drawnMask).map((chunkIndex) => chunkRect(geometry, chunkIndex));
    for (const chunk of drawAudit({ seed: draw.seed, rects, batches: geometry.batches })) {
      checked.leaves += chunk.leaves.length;
      checked.pixels += chunk.leaves.reduce((sum, leaf) => sum + leaf.pixels.length, 0);
    }
  }
  return checked;
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function sorted<V>(map: ReadonlyMap<Address, V>): [Address, V][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
