import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readlink, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lockFolder } from '../../adapters/lockFolder.js';
import { removeAbandonedNetworks } from '../../cli/network/removeAbandonedNetworks.js';
import { openWorkshop, type Workshop } from '../support/runRushes.js';
import { writeTurningSquare } from '../support/turningSquare.js';

describe('the temporary network of a job that was killed with kill -9', function () {
  this.timeout(120_000);
  let workshop: Workshop;
  const left = (): Promise<string[]> => readdir(workshop.path('tmp'));

  beforeEach(async () => {
    workshop = await openWorkshop();
  });
  afterEach(() => workshop.clear());

  it('is removed by the next job, while that of a job that runs stays', async () => {
    const job = [
      'render',
      '--yes',
      await writeTurningSquare(workshop.folder),
      '--size',
      '64x64',
      '--frames',
      '0',
      '--workers',
      '1',
      '--verifiers',
      '3',
      '--samples',
      '60000',
      '--out',
    ];
    const killed = workshop.start([...job, workshop.path('killed')]);
    await killed.said(/brought up a network/);
    const [abandoned] = await left();
    killed.kill('SIGKILL');
    await killed.ended;
    assert.deepEqual(await left(), [abandoned]);

    const running = workshop.start([...job, workshop.path('running')]);
    await running.said(/brought up a network/);
    const [held, ...others] = await left();
    assert.deepEqual(others, []);
    assert.notEqual(held, abandoned);

    const next = workshop.start([...job, workshop.path('next')]);
    await next.said(/brought up a network/);
    assert.ok((await left()).includes(held!));
    for (const command of [next, running]) {
      command.kill('SIGINT');
      assert.equal((await command.ended).exitCode, 130);
    }
    assert.deepEqual(await left(), []);
    assert.deepEqual(await workshop.leftBehind(), []);
  });

  it("is told from a folder in use, one of another container, one kept for its logs, another program's, and a link", async () => {
    const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
    const dead = {
      pid: Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' })),
      started: 'long ago',
      namespace,
    };
    const parent = workshop.path('tmp');
    for (const name of ['net-abandoned', 'net-held', 'net-kept', 'net-elsewhere', 'other']) {
      await mkdir(join(parent, name, 'logs'), { recursive: true });
      if (name !== 'net-kept')
        await writeFile(
          join(parent, name, 'rushes.lock'),
          JSON.stringify(name === 'net-elsewhere' ? { ...dead, namespace: 'pid:[1]' } : dead),
        );
    }
    await symlink(join(parent, 'other'), join(parent, 'net-link'));
    // Killed between making its folder and locking it, and about to lock it.
    for (const name of ['net-unlocked', 'net-starting']) {
      await mkdir(join(parent, name));
      await writeFile(join(parent, name, `rushes.lock.${dead.pid}.01234567`), JSON.stringify(dead));
    }
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(join(parent, 'net-unlocked'), longAgo, longAgo);
    const lock = await lockFolder(join(parent, 'net-held'), 'a network');
    await Promise.all([1, 2, 3].map(() => removeAbandonedNetworks({ parent, prefix: 'net-' })));
    assert.deepEqual((await left()).sort(), [
      ...['net-elsewhere', 'net-held', 'net-kept', 'net-link', 'net-starting', 'other'],
    ]);
    assert.deepEqual(await readdir(join(parent, 'other')), ['logs', 'rushes.lock']);
    await lock.release();
  });
});
