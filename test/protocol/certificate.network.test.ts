import assert from 'node:assert/strict';
import { readGasUsed } from '../../adapters/chain/readGasUsed.js';
import { type Finding, parseFinding } from '../../protocol/audit/finding.js';
import { buildCertificate, eventsOfJob, wrongShareBound } from '../../protocol/certificate/buildCertificate.js';
import type { Certificate } from '../../protocol/certificate/certificate.js';
import { verifyCertificate } from '../../protocol/certificate/verifyCertificate.js';
import type { Bytes32, LeaseId } from '../../protocol/ids.js';
import { commitmentOf } from '../../protocol/ledger.js';
import type { Manifest } from '../../protocol/manifest.js';
import { type OpeningIndex, parseOpeningIndex } from '../../protocol/opening.js';
import { type Outputs, parseOutputs } from '../../protocol/outputs.js';
import { type DaemonNetwork, startDaemonNetwork } from '../support/daemonNetwork.js';
import { smallManifest } from '../support/smallJob.js';

/** Every path to a number, string or boolean of a value, without those below `events`. */
function scalarPaths(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (path[0] === 'events') return [];
  if (Array.isArray(value)) return value.flatMap((element, i) => scalarPaths(element, [...path, i]));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, element]) => scalarPaths(element, [...path, key]));
  return value === null ? [] : [path];
}

/** A copy in which the scalar at a path is another of the same kind. */
function changed(certificate: Certificate, path: (string | number)[]): Certificate {
  const copy = structuredClone(certificate) as unknown as Record<string | number, unknown>;
  let parent = copy;
  for (const key of path.slice(0, -1)) parent = parent[key] as Record<string | number, unknown>;
  const last = path.at(-1) as string | number;
  const value = parent[last];
  if (typeof value === 'number') parent[last] = value + 1;
  else if (typeof value === 'boolean') parent[last] = !value;
  else if (typeof value === 'string' && /[0-9]$/.test(value))
    parent[last] = `${value.slice(0, -1)}${(Number(value.slice(-1)) + 1) % 10}`;
  else parent[last] = `${String(value).slice(0, -1)}${String(value).endsWith('a') ? 'b' : 'a'}`;
  return copy as unknown as Certificate;
}

describe('the certificate of a job', function () {
  this.timeout(180_000);
  let network: DaemonNetwork;
  let certificate: Certificate;

  before(async () => {
    network = await startDaemonNetwork();
    await network.verifier('verifier 1');
    await network.verifier('verifier 2');
    await network.until('two verifiers', (ledger) => ledger.verifiers.length === 2);
    await network.worker('worker');
    const manifest: Manifest = await smallManifest({
      store: network.store,
      kernelHash: network.kernelHash,
      change: { frames: { first: 0, last: 0, fps: 4 } },
    });
    const { jobId, terms, weights } = await network.handIn(manifest);
    await network.until('the job', (ledger) => ledger.jobs.get(jobId)?.completed === true, 90_000);

    const { ledger, events, head } = network.log;
    const outputs = new Map<LeaseId, Outputs>();
    const openings = new Map<LeaseId, OpeningIndex>();
    const findings = new Map<Bytes32, Finding>();
    const headers = new Map<number, Uint8Array>();
    for (const leaseId of ledger.jobs.get(jobId)!.leaseIds) {
      const lease = ledger.leases.get(leaseId)!;
      const commitment = commitmentOf(lease)!;
      outputs.set(leaseId, parseOutputs(await network.store.getBlock(commitment.outputsDigest)));
      if ('openingDigest' in lease && lease.openingDigest !== undefined)
        openings.set(leaseId, parseOpeningIndex(await network.store.getBlock(lease.openingDigest)));
      headers.set(commitment.drawBlock, await network.artist.readHeader(commitment.drawBlock));
      for (const { reveal } of commitment.audits)
        if (reveal !== undefined)
          findings.set(reveal.findingDigest, parseFinding(await network.store.getBlock(reveal.findingDigest)));
    }
    const gasUsed = await readGasUsed({
      network: network.network,
      transactionHashes: eventsOfJob(events, jobId).map((event) => event.transactionHash),
    });
    certificate = buildCertificate({
      chain: { chainId: network.network.chainId, contract: network.network.contract, headBlock: head!.blockNumber },
      jobId,
      events,
      manifest,
      terms,
      weights,
      outputs,
      openings,
      findings,
      headers,
      gasUsed,
    });
  });
  after(() => network?.close());

  it('holds, also after it was written and read as JSON', () => {
    const { problems, checks } = verifyCertificate(JSON.parse(JSON.stringify(certificate)) as Certificate);
    assert.deepEqual(problems, []);
    assert.ok(checks > 30, `${checks} comparisons`);
  });

  it('says what was paid, to the wei', () => {
    const { totals } = certificate;
    assert.deepEqual(totals.chunks, { total: 4, paid: 4 });
    assert.equal(totals.workers[0]?.paidWei, (4n * 10n ** 18n).toString());
    const fees = totals.verifiers.reduce((sum, verifier) => sum + BigInt(verifier.paidWei), 0n);
    assert.equal(BigInt(totals.artist.spentWei), 4n * 10n ** 18n + fees);
    assert.equal(
      BigInt(totals.artist.fundedWei),
      BigInt(totals.artist.spentWei) + BigInt(totals.artist.unreservedWei) + BigInt(totals.artist.withdrawnWei),
    );
    assert.ok(BigInt(totals.gas.total) > 0n);
    assert.equal(totals.bound.wrongShare, wrongShareBound(totals.checked.leaves, totals.bound.confidence));
  });

  it('does not hold with any single value changed', () => {
    const unnoticed = scalarPaths(certificate).filter((path) => {
      if (path.join('.') === 'chain.headBlock') return false;
      try {
        return verifyCertificate(changed(certificate, path)).problems.length === 0;
      } catch {
        return false;
      }
    });
    assert.deepEqual(
      unnoticed.map((path) => path.join('.')),
      [],
    );
  });

  it('does not hold with an event left out', () => {
    const unnoticed = certificate.events.flatMap((event, i) => {
      try {
        const { problems } = verifyCertificate({
          ...certificate,
          events: certificate.events.filter((_, other) => other !== i),
        });
        return problems.length === 0 ? [(event as { name: string }).name] : [];
      } catch {
        return [];
      }
    });
    // What neither the job's money nor its draws depend on: the worker's own registration, and money that accounts were
    // credited or drew out.
    const other = new Set(['Registered', 'Credited', 'Withdrawn']);
    assert.deepEqual(
      unnoticed.filter((name) => !other.has(name)),
      [],
    );
    assert.ok(unnoticed.filter((name) => name === 'Registered').length <= 1, 'every verifier counts in the draw');
  });

  it('bounds what may be wrong: nothing checked bounds nothing, and more leaves bound it closer', () => {
    assert.equal(wrongShareBound(0, 0.99), 1);
    assert.ok(Math.abs(wrongShareBound(64, 1 - 1e-6) - 0.194) < 0.001);
    assert.ok(wrongShareBound(6400, 0.99) < wrongShareBound(64, 0.99));
  });
});
