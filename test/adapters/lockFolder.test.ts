import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderInUseError, lockFolder } from '../../adapters/lockFolder.js';

describe('folder lock', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rushes-lock-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is held by one, given back, and leaves nothing', async () => {
    const lock = await lockFolder(folder, 'the thing');
    await assert.rejects(
      lockFolder(folder, 'the thing'),
      (error) =>
        error instanceof FolderInUseError &&
        error.message === `the thing in ${folder} is already in use by process ${process.pid}`,
    );
    await lock.release();
    await lock.release();
    await (await lockFolder(folder, 'the thing')).release();
    assert.deepEqual(await readdir(folder), []);
  });

  it('is taken over from a dead process by exactly one of many', async () => {
    const dead = Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
    for (const content of [JSON.stringify({ pid: dead, started: 'long ago' }), 'torn', '']) {
      await writeFile(join(folder, 'rushes.lock'), content);
      const results = await Promise.allSettled(Array.from({ length: 12 }, () => lockFolder(folder, 'the thing')));
      const won = results.filter((result) => result.status === 'fulfilled');
      assert.equal(won.length, 1);
      assert.ok(results.every((result) => result.status === 'fulfilled' || result.reason instanceof FolderInUseError));
      await won[0]?.value.release();
      assert.deepEqual(await readdir(folder), []);
    }
  });

  it('is not taken from a live process, but from one that only has its number', async () => {
    const holder = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { lockFolder } from ${JSON.stringify(new URL('../../adapters/lockFolder.js', import.meta.url).href)}; await lockFolder(${JSON.stringify(folder)}, 'x'); console.log('held'); setInterval(() => {}, 1000);`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    try {
      await once(holder.stdout, 'data');
      await assert.rejects(
        lockFolder(folder, 'the thing'),
        (error) => error instanceof FolderInUseError && error.facts['pid'] === holder.pid,
      );
      if (process.platform === 'linux') {
        await writeFile(join(folder, 'rushes.lock'), JSON.stringify({ pid: holder.pid, started: 'another-boot/1' }));
        await (await lockFolder(folder, 'the thing')).release();
      }
    } finally {
      holder.kill('SIGKILL');
      await once(holder, 'exit');
    }
  });
});
