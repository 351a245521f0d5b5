import assert from 'node:assert/strict';
import { RushesError } from '../../protocol/errors.js';
import { chunkCount, geometryOf } from '../../protocol/geometry.js';
import { type LedgerJob, createLedger } from '../../protocol/ledger.js';
import { encodeManifest } from '../../protocol/manifest.js';
import { encodeTerms } from '../../protocol/terms.js';
import { equalWeights, weightsRoot } from '../../protocol/weights.js';
import { createJobCache } from '../../party/createJobCache.js';
import { createMemoryStore } from '../support/memoryStore.js';
import { smallManifest } from '../support/smallJob.js';
import { address, bytes32, jobId } from '../support/leaseFixtures.js';

describe('createJobCache', () => {
  it("loads a job's scene once, and gives no frames of a job that it has let go of", async () => {
    const store = createMemoryStore();
    const kernelHash = bytes32('00');
    const manifest = await smallManifest({ store, kernelHash });
    const terms = {
      protocolVersion: 1,
      pricePerUnitWei: '1',
      budgetWei: '1000',
      deadline: 2_000_000_000,
      policy: address('c0'),
      privacy: 'public',
      weights: 1,
    } as const;
    const [encodedManifest, encodedTerms] = [encodeManifest(manifest), encodeTerms(terms)];
    await store.putBlock(encodedManifest.bytes);
    await store.putBlock(encodedTerms.bytes);
    const total = chunkCount(geometryOf(manifest));
    const job = {
      jobId: jobId('01'),
      manifestDigest: encodedManifest.digest,
      termsDigest: encodedTerms.digest,
      chunkCount: total,
      weightsRoot: weightsRoot(equalWeights(total)),
      pricePerUnitWei: 1n,
      closed: false,
      completed: false,
      reservedWei: 0n,
    } as unknown as LedgerJob & { completed: boolean };
    const ledger = { ...createLedger(), jobs: new Map([[job.jobId, job]]) };
    const jobs = createJobCache({
      ledger: () => ledger,
      store,
      kernelHash,
      fetchMs: 10_000,
      signal: new AbortController().signal,
    });

    const opened = await jobs.open(jobId('01'));
    assert.equal(opened.frames(), opened.frames());
    assert.match((await opened.frames().prepare(0)).hash, /^0x/);
    assert.ok(jobs.prepareCpuMs > 0);
    jobs.sweep();
    assert.equal(opened.frames(), (await jobs.open(jobId('01'))).frames());
    Object.assign(job, { completed: true });
    jobs.sweep();
    assert.throws(
      () => opened.frames(),
      (error: unknown) => error instanceof RushesError && error.code === 'job-over',
    );
    await jobs.dispose();
  });

  it('leaves a refused job alone for a minute of its clock and no longer, or for good', () => {
    let nowMs = 5;
    const jobs = createJobCache({
      ledger: createLedger,
      store: createMemoryStore(),
      kernelHash: bytes32('0e'),
      fetchMs: 10_000,
      signal: new AbortController().signal,
      clock: { nowMs: () => nowMs, abortAfter: () => new AbortController().signal },
    });
    assert.equal(jobs.isRefused(jobId('01')), false);
    jobs.refuse(jobId('01'));
    nowMs += 59_999;
    assert.equal(jobs.isRefused(jobId('01')), true);
    nowMs += 1;
    assert.equal(jobs.isRefused(jobId('01')), false);
    jobs.refuseForGood(jobId('01'));
    jobs.refuse(jobId('01'));
    nowMs += 1e12;
    assert.equal(jobs.isRefused(jobId('01')), true);
  });
});
