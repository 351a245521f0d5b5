import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'mocha';
import { makeMachines } from '../support/namespaces.js';
import { openWorkshop, type RunningCommand } from '../support/runRushes.js';
import { writeTurningSquare } from '../support/turningSquare.js';

/**
 * A job across three machines, each with a network of its own: the operator on the first, worker and verifiers joined
 * from the second, the artist on the third. The cable of the second is pulled in the middle of the job for a while.
 */
export async function renderAcrossMachines(context: Context, { cutMs }: { cutMs: number }): Promise<void> {
  const machines = await makeMachines(context, ['operator', 'parties', 'artist']);
  const workshop = await openWorkshop();
  try {
    const scene = await writeTurningSquare(workshop.folder);
    const work = ['--size', '96x96', '--bounces', '4', '--tile', '32', '--fps', '4', '--samples', '512'];
    const url = `http://${machines.address('operator')}:8800`;
    const on = (machine: string, home: string, ...args: string[]): RunningCommand =>
      workshop.start(args, { RUSHES_HOME: workshop.path(home) }, machines.through(machine));

    const operator = on(
      'operator',
      'operator',
      ...['up', '--host', machines.address('operator'), '--port', '8800', '--workers', '0', '--verifiers', '0'],
    );
    await operator.said(/the network is up/, 90_000);
    const parties = [
      on('parties', 'worker', 'join', url, '--yes', '--threads', '1'),
      on('parties', 'verifier-1', 'join', url, '--as', 'verifier', '--yes'),
      on('parties', 'verifier-2', 'join', url, '--as', 'verifier', '--yes'),
    ];
    const artist = on(
      'artist',
      'artist',
      ...['render', '--yes', scene, ...work, '--network', url, '--out', workshop.path('out'), '--json'],
    );

    let isOver = false;
    void artist.ended.then(() => (isOver = true));
    // In the middle: something is rendered, and not everything.
    await artist.said(/rendered ([1-9]\d*)\/\d+/, 120_000);
    await machines.setCable('parties', 'down');
    await sleep(cutMs);
    assert.ok(!isOver, 'without worker and verifiers nothing ends');
    await machines.setCable('parties', 'up');

    const { exitCode, stdout, stderr } = await artist.ended;
    assert.equal(exitCode, 0, `${stderr}\n${parties.map((party) => party.stderr + party.stdout).join('\n')}`);
    const report = JSON.parse(stdout) as { chunks: { total: number; audited: number; paid: number }; frames: Frame[] };
    assert.equal(report.chunks.paid, report.chunks.total);
    assert.equal(report.chunks.audited, report.chunks.total);
    const local = await workshop.run(['render', scene, ...work, '--out', workshop.path('alone'), '--local', '--json']);
    const hashes = (frames: Frame[]): string[] => frames.map((frame) => frame.pixelHash);
    assert.deepEqual(hashes(report.frames), hashes((JSON.parse(local.stdout) as { frames: Frame[] }).frames));

    for (const party of parties) party.kill('SIGINT');
    for (const party of parties) assert.equal((await party.ended).exitCode, 130, party.stderr);
    operator.kill('SIGINT');
    assert.equal((await operator.ended).exitCode, 130);
    assert.deepEqual(await workshop.leftBehind(), []);
  } finally {
    await workshop.clear();
    await machines.remove();
  }
}

interface Frame {
  pixelHash: string;
}
