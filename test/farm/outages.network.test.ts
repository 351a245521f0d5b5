import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openWorkshop, type RunningCommand, type Workshop } from '../support/runRushes.js';
import { writeTurningSquare } from '../support/turningSquare.js';

/** What a person is told within, by the issue; machines that run this are busy, so the test waits longer. */
const TOLD_WITHIN_MS = 90_000;

describe('rushes render while its network is in trouble', function () {
  this.timeout(600_000);
  let workshop: Workshop;
  let scene: string;
  let up: RunningCommand;
  const work = ['--size', '64x64', '--tile', '32', '--fps', '4', '--samples', '256'];
  let orders = 0;

  const bringUp = async (): Promise<void> => {
    up = workshop.start(['up', '--workers', '1', '--verifiers', '2']);
    await up.said(/the network is up/, 180_000);
  };
  const pidsOf = async (pattern: RegExp): Promise<number[]> => {
    const found = (await workshop.processes()).filter(({ command }) => pattern.test(command));
    assert.ok(found.length > 0, `no process matches ${pattern}`);
    return found.map(({ pid }) => pid);
  };
  const signalAll = async (pattern: RegExp, signal: NodeJS.Signals): Promise<void> => {
    for (const pid of await pidsOf(pattern)) process.kill(pid, signal);
  };
  // Each is another job: one that is done would only be fetched again.
  const render = (name: string): RunningCommand =>
    workshop.start([
      'render',
      '--yes',
      scene,
      ...work,
      '--bounces',
      `${4 + orders++}`,
      '--json',
      '--out',
      workshop.path(name),
    ]);
  const finished = async (
    command: RunningCommand,
  ): Promise<{ jobId: string; chunks: { total: number; paid: number } }> => {
    const { exitCode, stdout, stderr } = await command.ended;
    assert.equal(exitCode, 0, stderr);
    const report = JSON.parse(stdout) as { jobId: string; chunks: { total: number; paid: number } };
    assert.equal(report.chunks.paid, report.chunks.total);
    return report;
  };
  const parties = /rushes\.child\.js (worker|verifier) /;

  before(async () => {
    workshop = await openWorkshop();
    scene = await writeTurningSquare(workshop.folder);
    await bringUp();
  });
  after(() => workshop.clear());

  it('goes on when the chain, the IPFS endpoint and the coordinator are killed with kill -9, and a stopped chain goes on', async () => {
    const command = render('killed');
    await command.said(/job (0x[0-9a-f]{64})/);
    await signalAll(/(^|\/)anvil /, 'SIGKILL');
    await sleep(3_000);
    await signalAll(/ipfs\.child\.js/, 'SIGKILL');
    await signalAll(/rushes\.child\.js coordinator/, 'SIGKILL');
    await sleep(3_000);
    await signalAll(/(^|\/)anvil /, 'SIGSTOP');
    await command.said(/the chain is away/, TOLD_WITHIN_MS);
    await signalAll(/(^|\/)anvil /, 'SIGCONT');
    await command.said(/the chain is back/, TOLD_WITHIN_MS);
    await finished(command);
  });

  it('says with workers and verifiers stopped that none is alive and who was last seen when, as status does, and ends when they go on', async () => {
    await signalAll(parties, 'SIGSTOP');
    try {
      const command = render('nobody');
      await command.said(/no worker is alive; last seen: 0x[0-9a-f]{40} .* ago/, TOLD_WITHIN_MS);
      await command.said(/no verifier is alive; last seen: 0x[0-9a-f]{40} .* ago/, TOLD_WITHIN_MS);
      const status = await workshop.run(['status', '--json']);
      assert.deepEqual((JSON.parse(status.stdout) as { absent: string[] }).absent, ['worker', 'verifier']);
      assert.match(status.stderr, /no worker is alive; last seen/);
      await signalAll(parties, 'SIGCONT');
      await finished(command);
    } finally {
      await signalAll(parties, 'SIGCONT');
    }
  });

  it('goes on after the whole network was killed with kill -9 and started again a minute later', async () => {
    const command = render('outage');
    const jobId = (await command.said(/job (0x[0-9a-f]{64})/))[1]!;
    up.kill('SIGKILL');
    await command.said(/the chain is away/, TOLD_WITHIN_MS);
    await sleep(45_000);
    await bringUp();
    assert.equal((await finished(command)).jobId, jobId);
  });

  it('says that its job is gone when another chain answers where its own was, at the same address', async () => {
    const command = render('gone');
    await command.said(/job (0x[0-9a-f]{64})/);
    up.kill('SIGINT');
    await up.ended;
    // The same ports and the same keys, and so the same address of the contract; the chain begins anew.
    const folder = join(workshop.home, 'local');
    const { ports } = JSON.parse(await readFile(join(folder, 'state.json'), 'utf8')) as { ports: unknown };
    await rm(join(folder, 'chain'), { recursive: true });
    await rm(join(folder, 'database'), { recursive: true });
    await rm(join(folder, 'daemons'), { recursive: true });
    await writeFile(join(folder, 'state.json'), JSON.stringify({ ports }));
    await bringUp();
    const { exitCode, stdout } = await command.ended;
    assert.equal(exitCode, 1);
    assert.equal((JSON.parse(stdout) as { error: { code: string } }).error.code, 'network-replaced');
  });
});
