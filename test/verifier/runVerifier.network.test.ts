import assert from 'node:assert/strict';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { LOCAL_POLICY } from '../../adapters/chain/localPolicy.js';
import { parseFinding } from '../../protocol/audit/finding.js';
import { rule } from '../../protocol/audit/rule.js';
import type { JobId } from '../../protocol/ids.js';
import { type LeaseState, type LedgerLease, commitmentOf } from '../../protocol/ledger.js';
import { type DaemonNetwork, startDaemonNetwork } from '../support/daemonNetwork.js';
import { smallManifest } from '../support/smallJob.js';

/** A log whose lines can be looked at. */
function collectLog(): { log: Logger; lines: () => Record<string, unknown>[] } {
  const texts: string[] = [];
  return {
    log: pino({ level: 'error' }, { write: (text: string) => void texts.push(text) }),
    lines: () => texts.map((text) => JSON.parse(text) as Record<string, unknown>),
  };
}

// Short windows, so that what happens after a deadline happens within the test; long enough for a machine on which other
// tests run.
const POLICY = {
  ...LOCAL_POLICY,
  leaseSeconds: 20,
  secondsPerUnit: 0,
  sealSeconds: 20,
  sealSecondsPerUnit: 0,
  openSeconds: 16,
  revealSeconds: 16,
};

describe('a verifier on a real chain', function () {
  this.timeout(240_000);
  let network: DaemonNetwork;
  beforeEach(async () => {
    network = await startDaemonNetwork({ policy: POLICY });
  });
  afterEach(() => network?.close());

  const manifest = () =>
    smallManifest({
      store: network.store,
      kernelHash: network.kernelHash,
      change: { frames: { first: 0, last: 0, fps: 4 } },
    });
  const leasesOf = (jobId: JobId): LedgerLease[] =>
    (network.log.ledger.jobs.get(jobId)?.leaseIds ?? []).map((leaseId) => network.log.ledger.leases.get(leaseId)!);
  const reaches = (jobId: JobId, state: LeaseState, deadlineMs = 60_000) =>
    network.until(`a lease ${state}`, () => leasesOf(jobId).some((lease) => lease.state === state), deadlineMs);
  const isComplete = (jobId: JobId) =>
    network.until('the job', (ledger) => ledger.jobs.get(jobId)?.completed === true, 90_000);
  const registered = (count: number) =>
    network.until(`${count} verifiers`, (ledger) => ledger.verifiers.length === count);
  const sealsOf = (lease: LedgerLease | undefined): number =>
    (lease === undefined ? [] : (commitmentOf(lease)?.audits ?? [])).filter((audit) => audit.sealHash !== undefined)
      .length;

  it('stopped before and after its seal, its measurements lost, goes on and reveals what it sealed', async () => {
    const first = await network.verifier('verifier 1');
    const second = await network.verifier('verifier 2');
    await registered(2);
    await second.close();
    const worker = await network.worker('worker');
    const { jobId } = await network.handIn(await manifest());
    await network.until('one seal', () => leasesOf(jobId).some((lease) => sealsOf(lease) === 1));
    const again = await network.verifier('verifier 2');
    await network.until('both seals', () => leasesOf(jobId).some((lease) => sealsOf(lease) === 2));
    await again.close();
    await rm(network.folderOf('verifier 2'), { recursive: true, force: true });
    await network.verifier('verifier 2');
    await isComplete(jobId);
    await worker.close();

    // What was kept of the leases is let go once they have ended.
    const folder = join(network.folderOf('verifier 1'), network.network.contract, first.account);
    for (let i = 0; i < 100 && (await readdir(folder)).length > 0; i++)
      await new Promise((resolve) => setTimeout(resolve, 100));
    assert.deepEqual(await readdir(folder), []);

    // Every finding on chain is on IPFS, in form, and rules as it says; its evidence is a picture.
    const audits = leasesOf(jobId).flatMap((lease) => commitmentOf(lease)?.audits ?? []);
    assert.ok(audits.length >= 2);
    for (const audit of audits) {
      const finding = parseFinding(await network.store.getBlock(audit.reveal!.findingDigest));
      assert.equal(finding.verdict, rule(finding));
      assert.equal(finding.verdict, 'pass');
      assert.equal(finding.valuesHash, audit.reveal!.valuesHash);
      assert.equal((await network.store.getFile(finding.evidence!)).length > 100, true);
    }
  });

  it('that never comes back is replaced after the deadline: the lease is redrafted and another one seals', async () => {
    const gone = await network.verifier('gone');
    await network.verifier('verifier 1');
    await registered(2);
    await gone.close();
    await network.worker('worker');
    const { jobId } = await network.handIn(await manifest());
    await network.until('one seal', () => leasesOf(jobId).some((lease) => sealsOf(lease) === 1));
    await network.verifier('verifier 2');
    await isComplete(jobId);
    assert.ok(leasesOf(jobId).some((lease) => lease.state === 'PAYABLE' && commitmentOf(lease)?.redrafted === true));
  });

  it('that sealed and stays silent loses stake; the lease is void, its worker not barred, and rendered again', async () => {
    const silent = await network.verifier('silent');
    const { log, lines } = collectLog();
    await network.verifier('verifier 1');
    await registered(2);
    const worker = await network.worker('worker');
    const { jobId } = await network.handIn(await manifest());
    await network.until('both seals', () => leasesOf(jobId).some((lease) => sealsOf(lease) === 2));
    await silent.close();
    await network.until(
      'the void',
      () => leasesOf(jobId).some((lease) => lease.state === 'VOID' && lease.reason === 'silent'),
      90_000,
    );
    assert.ok(network.log.ledger.accounts.get(silent.account)!.slashedWei > 0n);
    await network.verifier('silent', { log });
    await network.until('the verifier to be told', () => lines().some((line) => line['cause'] === 'revealMissed'));
    assert.equal(network.log.ledger.jobs.get(jobId)!.barred.size, 0);
    await network.verifier('verifier 2');
    await isComplete(jobId);
    await worker.close();
  });

  it('convicts a worker that seals are complete for and that does not open', async () => {
    await network.verifier('verifier 1');
    await network.verifier('verifier 2');
    await registered(2);
    const worker = await network.worker('worker');
    const { jobId } = await network.handIn(await manifest());
    await reaches(jobId, 'COMMITTED');
    await worker.close();
    await reaches(jobId, 'CONVICTED', 90_000);
    assert.equal(network.log.ledger.accounts.get(worker.account)!.stakeWei, 0n);
    // When it comes back it is told what it lost, and that being late was why.
    const { log, lines } = collectLog();
    await network.worker('worker', { log });
    await network.until('the worker to be told', () => lines().some((line) => line['cause'] !== undefined));
    const told = lines().find((line) => line['cause'] !== undefined)!;
    assert.equal(told['cause'], 'openingMissed');
    assert.match(
      told['msg'] as string,
      /did not open its drawn leaves before the deadline; nobody found its values wrong/,
    );
    // A second lease that the worker held is voided by a verifier, a block or more later.
    await network.until(
      'every other lease to be void',
      () => network.log.ledger.jobs.get(jobId)!.reservedWei === 0n,
      60_000,
    );
  });

  it('demands a leaf on chain where the opening cannot be had, and convicts by what the worker shows', async () => {
    await network.verifier('verifier 1');
    await network.verifier('verifier 2');
    await registered(2);
    const { jobId } = await network.handIn(await manifest());
    await network.withholdingWorker('cheater');
    await reaches(jobId, 'CONVICTED', 90_000);
    const { audits } = commitmentOf(leasesOf(jobId).find((lease) => lease.state === 'CONVICTED')!)!;
    assert.equal(audits.length, 2);
    assert.ok(
      audits.every((audit) => audit.demand?.answered === true && audit.reveal?.verdict === 'convict'),
      JSON.stringify(audits),
    );
  });

  it('gives back the chunks of a worker that is gone', async () => {
    await network.verifier('verifier 1');
    await registered(1);
    const worker = await network.worker('worker');
    const { jobId } = await network.handIn(await manifest());
    await reaches(jobId, 'TAKEN');
    await worker.close();
    if (leasesOf(jobId).some((lease) => lease.state === 'TAKEN')) {
      await reaches(jobId, 'EXPIRED', 90_000);
      assert.ok(network.log.ledger.accounts.get(worker.account)!.slashedWei > 0n, 'the bond is lost');
    }
  });
});
