import assert from 'node:assert/strict';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PolicyNumbers } from '../../protocol/policy.js';
import { mountSmallDisk } from './mountSmallDisk.js';
import { type ProcessNetwork, startProcessNetwork } from './partyProcesses.js';
import { smallManifest } from './smallJob.js';
import { skip } from './skip.js';

/** Milliseconds in which a taking that was under way when the disk ran full may still be mined. */
const UNDER_WAY_MS = 5_000;

/**
 * A test that fills the disk of every party and of the IPFS endpoint for `fullMs` while leases are taken, committed and
 * sealed, under a policy, and sees that nothing is lost and nothing taken meanwhile.
 */
export function describeFullDisk(options: { policy: PolicyNumbers; fullMs: number }): void {
  const { policy, fullMs } = options;
  let disk: { folder: string; close(): Promise<void> } | undefined;
  let network: ProcessNetwork | undefined;
  afterEach(async () => {
    await network?.close();
    await disk?.close();
    network = undefined;
    disk = undefined;
  });

  it(`a disk full for ${fullMs / 1000} s costs nobody anything: no lease is taken meanwhile, and the job ends`, async function () {
    disk = await mountSmallDisk(96);
    if (disk === undefined) skip(this, 'a full disk needs root and the right to mount a tmpfs');
    const at = (network = await startProcessNetwork({ policy, disk: disk.folder }));
    await Promise.all([at.party('verifier', 'verifier 1'), at.party('verifier', 'verifier 2')]);
    await at.until('two verifiers', (ledger) => ledger.verifiers.length === 2);
    await at.party('worker', 'worker');
    const { jobId } = await at.handIn(
      await smallManifest({
        store: at.store,
        kernelHash: at.kernelHash,
        change: { frames: { first: 0, last: 7, fps: 4 }, samples: 128 },
      }),
    );
    await at.until('a committed lease', (ledger) =>
      [...ledger.leases.values()].some((lease) => lease.state === 'COMMITTED'),
    );

    // Fill what is left, and keep it full: what parties give back is taken too.
    const filler = join(disk.folder, 'filler');
    const file = await open(filler, 'a');
    const endMs = performance.now() + fullMs;
    let takenBefore = 0;
    const bytes = Buffer.alloc(4096, 1);
    for (let round = 0; performance.now() < endMs; round++) {
      for (;;) if ((await file.write(bytes).catch(() => undefined)) === undefined) break;
      if (round * 250 <= UNDER_WAY_MS) takenBefore = at.log.ledger.leases.size;
      await sleep(250);
    }
    const takenWhileFull = at.log.ledger.leases.size - takenBefore;
    await file.close();
    await rm(filler);

    await at.until('the job', (ledger) => ledger.jobs.get(jobId)?.completed === true, 120_000 + 2 * fullMs);
    const { ledger } = at.log;
    assert.deepEqual(
      [...ledger.accounts.values()].filter((account) => account.slashedWei > 0n || account.convictions > 0),
      [],
    );
    assert.deepEqual([...new Set([...ledger.leases.values()].map((lease) => lease.state))], ['PAYABLE']);
    assert.equal(takenWhileFull, 0);
    assert.ok(ledger.leases.size > takenBefore, 'leases were left to take once there was room');
  });
}
