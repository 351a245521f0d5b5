import { applyEvent } from '../applyEvent.js';
import { encodeFinding } from '../audit/finding.js';
import { rule, ruleReveals } from '../audit/rule.js';
import { bytesOfHex } from '../bytes.js';
import { canonicalJson } from '../canonicalJson.js';
import { drawSeed, drawVerifiers, drawnMask } from '../draw.js';
import type { ContractEvent, Verdict } from '../events.js';
import { eventFromJson } from '../eventJson.js';
import { chunkCount, geometryOf } from '../geometry.js';
import { readBlockHeader } from '../header.js';
import { type Ledger, type LedgerLease, candidatesOf, commitmentOf, createLedger, policyOf } from '../ledger.js';
import { checkManifest, encodeManifest } from '../manifest.js';
import { chunksOfMask, maskOfChunks } from '../masks.js';
import { encodeOpeningIndex } from '../opening.js';
import { encodeOutputs, rootOfOutputs } from '../outputs.js';
import { encodeTerms, jobIdOf } from '../terms.js';
import { payOf } from '../pricing.js';
import { chunkWeights, unitsOf, weightsRoot } from '../weights.js';
import { totalsOf } from './buildCertificate.js';
import type { Certificate, CertificateLease } from './certificate.js';
import { checkMoney } from './checkMoney.js';

/** What checking a certificate gave: every contradiction in words, and how many things were compared. */
export interface CertificateCheck {
  problems: string[];
  /** Comparisons made. */
  checks: number;
}

/**
 * Recomputes every number of a certificate from its events, documents and headers. Pure and offline: that the events
 * and headers are those of the chain is for the caller to establish, from a block hash it trusts. Throws MalformedError
 * or BadInputError for a manifest or terms out of form.
 */
export function verifyCertificate(certificate: Certificate): CertificateCheck {
  const problems: string[] = [];
  let checks = 0;
  /** Compares two JSON values. */
  const same = (what: string, stated: unknown, computed: unknown): void => {
    checks++;
    const [left, right] = [canonicalJson(stated ?? null), canonicalJson(computed ?? null)];
    if (left !== right)
      problems.push(`${what}: the certificate says ${left.slice(0, 200)}, it must be ${right.slice(0, 200)}`);
  };

  // Follow the events, and look at the accounts as they were at each draw.
  const events = certificate.events.map(eventFromJson);
  const { ledger, drawn } = replay(events);
  const job = ledger.jobs.get(certificate.job.jobId);
  if (job === undefined) return { problems: [`no event creates job ${certificate.job.jobId}`], checks: 1 };

  // The order: its documents have the digests that its id is made of.
  const manifest = checkManifest(certificate.manifest);
  const geometry = geometryOf(manifest);
  same('kind', [certificate.kind, certificate.protocolVersion], ['rushes-certificate', 1]);
  same('manifest digest', certificate.job.manifestDigest, encodeManifest(manifest).digest);
  same('terms digest', certificate.job.termsDigest, encodeTerms(certificate.terms).digest);
  same('job', certificate.job, {
    jobId: job.jobId,
    artist: job.artist,
    nonce: job.nonce,
    manifestDigest: job.manifestDigest,
    termsDigest: job.termsDigest,
    weightsRoot: job.weightsRoot,
  });
  same('job id', job.jobId, jobIdOf({ ...certificate.chain, ...certificate.job }));
  same('price per unit', certificate.terms.pricePerUnitWei, job.pricePerUnitWei.toString());
  same('deadline', certificate.terms.deadline, job.deadlineSeconds);
  same('policy', certificate.terms.policy, job.policy);
  same('numbers of the policy', ledger.policies.has(job.policy), true);
  same('chunks of the job', job.chunkCount, chunkCount(geometry));
  same('number of weights', certificate.weights.length, job.chunkCount);
  const weights = chunkWeights(certificate.weights);
  same('weights root', certificate.job.weightsRoot, weightsRoot(weights));

  // The leases: commitments, draws, seals, openings, findings, rulings.
  same(
    'leases',
    certificate.leases.map((lease) => lease.leaseId),
    job.leaseIds,
  );
  for (const stated of certificate.leases) {
    const lease = ledger.leases.get(stated.leaseId);
    if (lease === undefined) continue;
    const name = `lease ${stated.leaseId}`;
    same(
      `${name}: pay`,
      stated.payWei,
      payOf({ units: unitsOf(weights, lease.word, lease.mask), pricePerUnitWei: job.pricePerUnitWei }).toString(),
    );
    verifyLease({
      certificate,
      stated,
      lease,
      name,
      same,
      policy: ledger.policies.get(job.policy),
      seen: drawn.get(stated.leaseId),
    });
  }

  // The pictures: one output per paid chunk, the one that was committed.
  const paid = certificate.leases
    .filter((lease) => lease.state === 'PAYABLE')
    .flatMap((lease) =>
      (lease.outputs?.chunks ?? []).map((chunk) => ({
        chunkIndex: chunk.chunkIndex,
        leaseId: lease.leaseId,
        cid: chunk.cid,
        pixelHash: chunk.pixelHash,
      })),
    );
  same(
    'outputs',
    certificate.outputs,
    paid.sort((a, b) => a.chunkIndex - b.chunkIndex),
  );
  for (const { chunkIndex, leaseId } of certificate.outputs)
    same(`chunk ${chunkIndex}: paid lease`, leaseId, job.chunkLeases[chunkIndex]);

  // The money: fees, reserves and cuts by the policy's numbers, and the sums.
  for (const { what, stated, computed } of checkMoney(events)) same(what, stated, computed);
  const minedIn = new Map(
    events
      .filter((event) => 'jobId' in event.args || 'leaseId' in event.args)
      .map((event) => [event.transactionHash, event.blockNumber]),
  );
  same(
    'transactions',
    certificate.transactions.map((transaction) => [transaction.hash, transaction.blockNumber]),
    [...minedIn],
  );
  same('completion', job.completed, certificate.totals.chunks.paid === job.chunkCount);
  same('totals', certificate.totals, totalsOf({ ledger, job, manifest, transactions: certificate.transactions }));
  return { problems, checks };
}

/** The ledger after all events, and the verifiers each lease's draw should have picked as the accounts stood then. */
function replay(events: readonly ContractEvent[]): { ledger: Ledger; drawn: Map<number, string[]> } {
  const ledger = createLedger();
  const drawn = new Map<number, string[]>();
  for (const event of events) {
    if (event.name === 'LeaseDrawn') drawn.set(event.args.leaseId, expectedVerifiers(ledger, event));
    applyEvent(ledger, event);
  }
  return { ledger, drawn };
}

function expectedVerifiers(ledger: Ledger, event: ContractEvent & { name: 'LeaseDrawn' }): string[] {
  const lease = ledger.leases.get(event.args.leaseId);
  const commitment = lease === undefined ? undefined : commitmentOf(lease);
  const policy = lease === undefined ? undefined : policyOf(ledger, lease);
  if (
    lease === undefined ||
    commitment === undefined ||
    policy === undefined ||
    commitment.redrafted ||
    event.args.drawnMask === 0n
  )
    return [];
  const candidates = candidatesOf(ledger, {
    worker: lease.worker,
    committedBlock: commitment.committedBlock,
    minVerifierStakeWei: policy.minVerifierStakeWei,
  });
  return drawVerifiers({ seed: event.args.seed, candidates, count: policy.verifierCount });
}

function verifyLease(of: {
  certificate: Certificate;
  stated: CertificateLease;
  lease: LedgerLease;
  name: string;
  same(what: string, stated: unknown, computed: unknown): void;
  policy: { shift: number; verifierCount: number } | undefined;
  seen: string[] | undefined;
}): void {
  const { certificate, stated, lease, name, same, policy } = of;
  const commitment = commitmentOf(lease);
  same(
    `${name}: worker, state and chunks`,
    [stated.worker, stated.state, stated.chunks, stated.payWei],
    [lease.worker, lease.state, chunksOfMask(lease.word, lease.mask), lease.payWei.toString()],
  );
  same(`${name}: root`, stated.root, commitment?.root);
  if (stated.outputs !== null) {
    same(`${name}: outputs digest`, encodeOutputs(stated.outputs).digest, commitment?.outputsDigest);
    if (lease.state === 'PAYABLE')
      same(`${name}: root of its outputs`, stated.root, rootOfOutputs(stated.outputs, certificate.chain));
  }

  same(`${name}: drawn`, stated.draw !== null, commitment?.draw !== undefined);
  if (stated.draw !== null && commitment !== undefined && policy !== undefined) {
    const header = readBlockHeader(bytesOfHex(stated.draw.header));
    same(
      `${name}: block of the draw`,
      [stated.draw.blockNumber, stated.draw.blockHash, header.blockNumber],
      [commitment.drawBlock, header.blockHash, commitment.drawBlock],
    );
    const seed = drawSeed({ mixHash: header.mixHash, leaseId: lease.leaseId });
    same(`${name}: seed`, [stated.draw.seed, commitment.draw?.seed], [seed, seed]);
    const mask = drawnMask({ seed, mask: lease.mask, shift: policy.shift });
    same(`${name}: drawn chunks`, stated.draw.drawnChunks, chunksOfMask(lease.word, mask));
    if (stated.draw.drawnChunks.length > 0)
      same(
        `${name}: drawn mask on chain`,
        maskOfChunks(stated.draw.drawnChunks).mask.toString(),
        commitment.draw?.drawnMask.toString(),
      );
    same(`${name}: drawn verifiers`, [stated.draw.verifiers, commitment.draw?.verifiers], [of.seen, of.seen]);
  }

  same(
    `${name}: seals`,
    stated.seals,
    (commitment?.audits ?? []).flatMap((audit) =>
      audit.sealHash === undefined ? [] : [{ verifier: audit.verifier, sealHash: audit.sealHash }],
    ),
  );
  if (stated.opening !== null)
    same(`${name}: opening digest`, stated.openingDigest, encodeOpeningIndex(stated.opening).digest);
  same(`${name}: opening on chain`, stated.openingDigest, 'openingDigest' in lease ? lease.openingDigest : undefined);

  const reveals = (commitment?.audits ?? []).filter((audit) => audit.reveal !== undefined);
  same(
    `${name}: findings`,
    stated.findings.map(({ verifier, findingDigest }) => [verifier, findingDigest]),
    reveals.map((audit) => [audit.verifier, audit.reveal?.findingDigest]),
  );
  for (const { verifier, findingDigest, finding } of stated.findings) {
    if (finding === null) continue;
    const reveal = reveals.find((audit) => audit.verifier === verifier)?.reveal;
    same(
      `${name}: finding of ${verifier}`,
      [encodeFinding(finding).digest, finding.leaseId, finding.jobId, finding.verifier, finding.valuesHash],
      [findingDigest, lease.leaseId, lease.jobId, verifier, reveal?.valuesHash],
    );
    same(`${name}: verdict of ${verifier}`, [finding.verdict, reveal?.verdict], [rule(finding), rule(finding)]);
  }
  if (policy !== undefined && reveals.length > 0 && reveals.length === stated.seals.length)
    same(
      `${name}: ruling`,
      stateOf(
        ruleReveals(
          reveals.map((audit) => audit.reveal?.verdict as Verdict),
          policy.verifierCount,
        ),
      ),
      lease.state,
    );
}

/** The state that a ruling leads to. */
function stateOf(verdict: Verdict): string {
  return { pass: 'PAYABLE', void: 'VOID', convict: 'CONVICTED' }[verdict];
}
