import assert from 'node:assert/strict';
import { join } from 'node:path';
import { totalsOf } from '../../protocol/certificate/buildCertificate.js';
import { type Engine } from '../../renderer/Engine.js';
import { createCpuEngine } from '../../renderer/cpu/createCpuEngine.js';
import { smallManifest } from '../support/smallJob.js';
import { type SmallNetwork, startSmallNetwork, testLog } from '../support/smallNetwork.js';
import { startVerifier } from '../../verifier/startVerifier.js';
import { type WorkerOptions, startWorker } from '../../worker/startWorker.js';
import type { RunningWorker } from '../../worker/runWorker.js';

describe('a worker and three verifiers on a real chain', function () {
  this.timeout(300_000);
  let network: SmallNetwork;
  let engine: Engine;
  const stopping = new AbortController();
  const running: { close(): Promise<void> }[] = [];

  async function worker(name: string, more: Partial<WorkerOptions> = {}): Promise<RunningWorker> {
    const started = await startWorker({ network: network.network, key: await network.key(name), dataDir: join(network.folder, name), cacheDir: join(network.folder, 'kernels'), threads: 1, signal: stopping.signal, log: testLog.child({ name }), ...more });
    running.push(started);
    return started;
  }

  before(async () => {
    network = await startSmallNetwork();
    engine = await createCpuEngine({ threads: 1, cacheDir: join(network.folder, 'kernels') });
    for (const name of ['verifier 1', 'verifier 2', 'verifier 3']) {
      running.push(await startVerifier({ network: network.network, key: await network.key(name), dataDir: join(network.folder, name), cacheDir: join(network.folder, 'kernels'), threads: 1, signal: stopping.signal, log: testLog.child({ name }) }));
    }
    await network.until('three verifiers', (ledger) => ledger.verifiers.length === 3);
  });
  after(async () => {
    stopping.abort();
    await Promise.all(running.map((one) => one.close()));
    await engine?.close();
    await network?.close();
  });

  it('renders, opens and is paid for every chunk, audited by two verifiers each', async () => {
    await worker('honest');
    const { jobId } = await network.handIn(await smallManifest({ store: network.store, kernelHash: engine.kernelHash }));
    await network.until('the job', (ledger) => ledger.jobs.get(jobId)?.completed === true, 120_000);
    const { ledger } = network.log;
    const job = ledger.jobs.get(jobId)!;
    const totals = totalsOf({ ledger, job, manifest: await smallManifest({ store: network.store, kernelHash: engine.kernelHash }), transactions: [] });
    assert.equal(totals.chunks.paid, 8);
    assert.equal(totals.leases.voided + totals.leases.convicted + totals.leases.expired, 0);
    assert.equal(job.reservedWei, 0n);
    assert.equal(job.spentWei + job.unreservedWei, job.fundedWei);
    assert.equal(totals.verifiers.reduce((sum, verifier) => sum + verifier.audits, 0), 2 * totals.leases.payable);
  });
});
