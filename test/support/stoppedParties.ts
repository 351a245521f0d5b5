import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type JobId } from '../../protocol/ids.js';
import { type LedgerLease, commitmentOf } from '../../protocol/ledger.js';
import type { PolicyNumbers } from '../../protocol/policy.js';
import { type ProcessNetwork, startProcessNetwork } from './partyProcesses.js';
import { smallManifest } from './smallJob.js';

/** Leases of a job as the ledger has them now. */
const leasesOf = (network: ProcessNetwork, jobId: JobId): LedgerLease[] =>
  (network.log.ledger.jobs.get(jobId)?.leaseIds ?? []).map((leaseId) => network.log.ledger.leases.get(leaseId)!);

/**
 * Tests that stop a worker and a verifier for `stopMs` where it hurts most, under a policy, and see that nobody loses
 * anything.
 */
export function describeStoppedParties(options: { policy: PolicyNumbers; stopMs: number }): void {
  const { policy, stopMs } = options;
  let network: ProcessNetwork;
  beforeEach(async () => {
    network = await startProcessNetwork({ policy });
  });
  afterEach(() => network?.close());

  /** Hands in a job of several leases, and waits for it to be paid in full with every stake whole. */
  async function rendersThroughTrouble(
    trouble: (jobId: JobId, parties: Record<'worker' | 'verifier', { pid: number; account: string }>) => Promise<void>,
  ): Promise<void> {
    const [verifier] = await Promise.all([
      network.party('verifier', 'verifier 1'),
      network.party('verifier', 'verifier 2'),
    ]);
    await network.until('two verifiers', (ledger) => ledger.verifiers.length === 2);
    const worker = await network.party('worker', 'worker');
    const { jobId } = await network.handIn(
      await smallManifest({
        store: network.store,
        kernelHash: network.kernelHash,
        change: { frames: { first: 0, last: 3, fps: 4 }, samples: 256 },
      }),
    );
    await trouble(jobId, { worker, verifier });
    await network.until('the job', (ledger) => ledger.jobs.get(jobId)?.completed === true, 120_000 + 3 * stopMs);
    const { ledger } = network.log;
    assert.deepEqual(
      [...ledger.accounts.values()].filter((account) => account.slashedWei > 0n || account.convictions > 0),
      [],
    );
    assert.deepEqual([...new Set(leasesOf(network, jobId).map((lease) => lease.state))], ['PAYABLE']);
  }

  async function stop(pid: number): Promise<void> {
    process.kill(pid, 'SIGSTOP');
    await sleep(stopMs);
    process.kill(pid, 'SIGCONT');
  }

  for (const state of ['TAKEN', 'COMMITTED'] as const) {
    it(`a worker stopped for ${stopMs / 1000} s with a lease ${state} loses nothing, and the job ends`, () =>
      rendersThroughTrouble(async (jobId, { worker }) => {
        await network.until(`a lease ${state}`, () => leasesOf(network, jobId).some((lease) => lease.state === state));
        await stop(worker.pid);
      }));
  }

  it(`a verifier stopped for ${stopMs / 1000} s after it sealed loses nothing, and the job ends`, () =>
    rendersThroughTrouble(async (jobId, { verifier }) => {
      await network.until('its seal', () =>
        leasesOf(network, jobId).some((lease) =>
          commitmentOf(lease)?.audits.some(
            (audit) =>
              audit.verifier === verifier.account && audit.sealHash !== undefined && audit.reveal === undefined,
          ),
        ),
      );
      await stop(verifier.pid);
    }));
}
