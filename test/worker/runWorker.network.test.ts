import assert from 'node:assert/strict';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { totalsOf } from '../../protocol/certificate/buildCertificate.js';
import { type JobId, parseCid } from '../../protocol/ids.js';
import type { LeaseState, LedgerLease } from '../../protocol/ledger.js';
import { type DaemonNetwork, startDaemonNetwork } from '../support/daemonNetwork.js';
import { smallManifest } from '../support/smallJob.js';

describe('a worker on a real chain', function () {
  this.timeout(180_000);
  let network: DaemonNetwork;

  before(async () => {
    network = await startDaemonNetwork();
    await network.verifier('verifier 1');
    await network.verifier('verifier 2');
    await network.until('two verifiers', (ledger) => ledger.verifiers.length === 2);
  });
  after(() => network?.close());

  const manifest = () => smallManifest({ store: network.store, kernelHash: network.kernelHash });
  const isComplete = (jobId: JobId) =>
    network.until('the job', (ledger) => ledger.jobs.get(jobId)?.completed === true, 90_000);
  const leasesOf = (jobId: JobId): LedgerLease[] =>
    (network.log.ledger.jobs.get(jobId)?.leaseIds ?? []).map((leaseId) => network.log.ledger.leases.get(leaseId)!);
  const reaches = (jobId: JobId, state: LeaseState) =>
    network.until(`a lease ${state}`, () => leasesOf(jobId).some((lease) => lease.state === state));

  it('renders, opens and is paid for every chunk, audited by two verifiers each', async () => {
    const worker = await network.worker('worker');
    const { jobId } = await network.handIn(await manifest());
    await isComplete(jobId);
    for (let i = 0; i < 100 && worker.statistics().chunksPaid < 8; i++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    await worker.close();
    const { ledger } = network.log;
    const job = ledger.jobs.get(jobId)!;
    const totals = totalsOf({ ledger, job, manifest: await manifest(), transactions: [] });
    assert.equal(totals.chunks.paid, 8);
    assert.equal(totals.leases.voided + totals.leases.convicted + totals.leases.expired, 0);
    assert.equal(job.reservedWei, 0n);
    assert.equal(job.spentWei + job.unreservedWei, job.fundedWei);
    assert.equal(
      totals.verifiers.reduce((sum, verifier) => sum + verifier.audits, 0),
      2 * totals.leases.payable,
    );
    assert.equal(totals.workers[0]?.paidWei, (8n * 10n ** 18n).toString());
    assert.equal(worker.statistics().chunksPaid, 8);
  });

  it('takes nothing of a job that cannot be rendered, and renders the next one', async () => {
    const worker = await network.worker('careful');
    const broken = await network.handIn(
      await smallManifest({
        store: network.store,
        kernelHash: network.kernelHash,
        scene: new TextEncoder().encode('{"asset":{"version":"1.0"}}'),
      }),
    );
    const gone = await network.handIn({
      ...(await manifest()),
      scene: { cid: parseCid('bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'), path: 'scene.gltf' },
    });
    const { jobId } = await network.handIn(await manifest());
    await isComplete(jobId);
    await worker.close();
    assert.deepEqual(
      [broken, gone].flatMap((job) => leasesOf(job.jobId)),
      [],
    );
    assert.equal(network.log.ledger.accounts.get(worker.account)?.slashedWei, 0n);
  });

  for (const state of ['TAKEN', 'COMMITTED', 'OPENED'] as const) {
    it(`stopped with a lease ${state}, goes on with it when it starts again, and nothing is paid twice`, async () => {
      const first = await network.worker('worker');
      const { jobId } = await network.handIn(await manifest());
      await reaches(jobId, state);
      await first.close();
      const second = await network.worker('worker');
      await isComplete(jobId);
      await second.close();
      assert.ok(
        leasesOf(jobId).every((lease) => lease.state === 'PAYABLE'),
        leasesOf(jobId)
          .map((lease) => lease.state)
          .join(),
      );
      assert.equal(
        leasesOf(jobId).reduce((sum, lease) => sum + lease.payWei, 0n),
        8n * 10n ** 18n,
      );
    });
  }

  it('stopped before it opened, its leaves lost, renders them again and opens', async () => {
    const first = await network.worker('worker');
    const { jobId } = await network.handIn(await manifest());
    await reaches(jobId, 'COMMITTED');
    await first.close();
    await rm(network.folderOf('worker'), { recursive: true, force: true });
    await reaches(jobId, 'SEALED');
    const second = await network.worker('worker');
    await isComplete(jobId);
    assert.ok(
      leasesOf(jobId).every((lease) => lease.state === 'PAYABLE' || lease.state === 'EXPIRED'),
      leasesOf(jobId)
        .map((lease) => lease.state)
        .join(),
    );
    // What was kept of leases is let go once they have ended.
    const folder = join(network.folderOf('worker'), network.network.contract, second.account);
    for (let i = 0; i < 100 && (await readdir(folder)).length > 0; i++)
      await new Promise((resolve) => setTimeout(resolve, 100));
    assert.deepEqual(await readdir(folder), []);
    await second.close();
  });

  it('that cheats is convicted and slashed, takes nothing more, and another one finishes the job', async () => {
    const cheater = await network.worker('cheater', { cheat: 'half-samples' });
    const { jobId } = await network.handIn(await manifest());
    await network.until('the conviction', () => leasesOf(jobId).some((lease) => lease.state === 'CONVICTED'));
    await network.worker('worker');
    await isComplete(jobId);
    const convicted = leasesOf(jobId).filter((lease) => lease.state === 'CONVICTED');
    assert.equal(convicted.length, 1, 'a conviction ends every other open lease of the worker');
    assert.ok(
      leasesOf(jobId)
        .filter((lease) => lease.state === 'PAYABLE')
        .every((lease) => lease.worker !== cheater.account),
    );
    assert.equal(network.log.ledger.accounts.get(cheater.account)?.stakeWei, 0n);
  });
});
