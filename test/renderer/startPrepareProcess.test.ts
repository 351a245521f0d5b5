import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { RushesError } from '../../protocol/errors.js';
import type { PrepareRequest } from '../../renderer/PrepareMessages.js';
import { residentBytes } from '../../renderer/residentBytes.js';
import { startPrepareProcess } from '../../renderer/startPrepareProcess.js';

const program = fileURLToPath(new URL('../support/unrulyScene.child.js', import.meta.url));
const request = { kind: 'prepare', view: {} } as unknown as PrepareRequest;

/** Waits until a process is gone. */
async function assertGone(pid: number): Promise<void> {
  for (let tries = 0; (await residentBytes(pid)) !== undefined; tries++) {
    assert.ok(tries < 250, `process ${pid} is still there`);
    await sleep(20);
  }
}

describe('a process that prepares a scene', function () {
  this.timeout(60_000);
  const start = (entry: string, mebibytes = 64) =>
    startPrepareProcess({
      scene: { entry, environment: null, sceneBytes: mebibytes * 2 ** 20 },
      read: async () => undefined,
      program,
    });

  async function refuses(entry: string, code: string, message: RegExp): Promise<void> {
    const child = start(entry);
    await assert.rejects(child.ask(request), (error: unknown) => {
      assert.ok(error instanceof RushesError, String(error));
      assert.equal(error.code, code);
      assert.match(error.message, message);
      assert.ok((error.advice ?? '').length > 10 || code === 'broken-invariant');
      return true;
    });
    assert.ok(child.gone);
    await assertGone(child.pid);
    await assert.rejects(child.ask(request), (error: unknown) => error instanceof RushesError && error.code === code);
  }

  it('is killed when it takes more memory than its scene may', () =>
    refuses(
      'eats memory',
      'scene-memory',
      /^eats memory: preparing it took \d+ MiB of memory; a scene may take 64 MiB$/,
    ));
  it('is told apart when its heap is full', () =>
    refuses('eats its heap', 'scene-memory', /^eats its heap: preparing it took .* memory; a scene may take 64 MiB$/));
  it('is killed when it sends more than a scene may take', () =>
    refuses('sends without end', 'broken-invariant', /the bytes of a message: expected at most/));
  it('is killed when it says what nobody asked for', () =>
    refuses('sends noise', 'preparation-failed', /says what nobody asked for/));
  it('is told dead when it ends', () => refuses('ends', 'preparation-failed', /prepares ends died: exit code 7/));

  it('can be killed while it works, and what was asked rejects with the reason', async () => {
    const child = start('never answers');
    const asked = child.ask(request);
    setTimeout(() => child.kill(new Error('enough')), 300);
    await assert.rejects(asked, /^Error: enough$/);
    await assertGone(child.pid);
  });

  it('ends with its parent, in the middle of its work, even when that is killed', async () => {
    const source = `
      import { startPrepareProcess } from ${JSON.stringify(new URL('../../renderer/startPrepareProcess.js', import.meta.url).href)};
      const child = startPrepareProcess({
        scene: { entry: 'never answers', environment: null, sceneBytes: 2 ** 30 },
        read: async () => undefined,
        program: ${JSON.stringify(program)},
      });
      setTimeout(() => console.log(child.pid), 500);
      await child.ask({ kind: 'prepare', view: {} });`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(said.toString());
    assert.ok((await residentBytes(pid))! > 0);
    parent.kill('SIGKILL');
    await assertGone(pid);
  });
});
