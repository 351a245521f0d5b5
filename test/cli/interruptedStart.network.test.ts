import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomNumbers } from '../support/randomNumbers.js';
import { openWorkshop, type RunningCommand, type Workshop } from '../support/runRushes.js';
import { writeTurningSquare } from '../support/turningSquare.js';

// Commands are interrupted while their network comes up: at moments spread over that time, and while a part of it hangs.
//   RUSHES_SEED=7 RUSHES_RUNS=1 repeats the run of seed 7

const FIRST_SEED = Number(process.env['RUSHES_SEED'] ?? 1);
const RUNS = Number(process.env['RUSHES_RUNS'] ?? (process.env['RUSHES_TEST_LONG'] === '1' ? 30 : 6));
/** From the first process of a network to all of them, on a machine that does nothing else. */
const BRINGING_UP_MS = 3_000;
const DEADLINE_MS = 60_000;

describe('a command interrupted while its network comes up', function () {
  this.timeout(120_000);
  let workshop: Workshop;
  let scene: string;

  before(async () => {
    workshop = await openWorkshop();
    scene = await writeTurningSquare(workshop.folder);
  });
  after(() => workshop.clear());
  // What one run leaves is not held against the next.
  afterEach(async () => {
    for (const { pid } of await workshop.processes()) process.kill(pid, 'SIGKILL');
  });

  const startRender = (out: string): RunningCommand =>
    workshop.start([
      ...['render', '--yes', scene, '--size', '64x64', '--frames', '0', '--workers', '1', '--verifiers', '3'],
      ...['--samples', '60000', '--out', workshop.path(out)],
    ]);

  async function assertEnds(command: RunningCommand, out?: string): Promise<void> {
    const late = new AbortController();
    const ended = await Promise.race([
      command.ended,
      sleep(DEADLINE_MS, undefined, { signal: late.signal, ref: false }).catch(() => undefined),
    ]);
    late.abort();
    assert.notEqual(ended, undefined, `still there ${DEADLINE_MS} ms after it was interrupted: ${command.stdout}`);
    assert.equal(ended!.exitCode, 130, ended!.stderr);
    assert.deepEqual(await workshop.leftBehind(), []);
    assert.deepEqual(await readdir(workshop.path('tmp')), []);
    if (out !== undefined) assert.ok(!(await readdir(workshop.folder)).includes(out), `${out} was left`);
  }

  /** The process of this workshop with this program, as soon as there is one. */
  async function processOf(program: RegExp): Promise<number> {
    for (const giveUpAtMs = Date.now() + 60_000; Date.now() < giveUpAtMs; await sleep(10)) {
      const found = (await workshop.processes()).find(({ command }) => program.test(command));
      if (found !== undefined) return found.pid;
    }
    throw new Error(`${program} was never started`);
  }

  for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed++) {
    const random = randomNumbers(seed);
    // Multiples of the golden ratio: any few seeds in a row are spread over the whole time.
    const afterMs = Math.floor(BRINGING_UP_MS * ((seed * 0.618034) % 1));
    const signal = random() < 0.5 ? 'SIGTERM' : 'SIGINT';
    const isRender = random() < 0.7;
    it(`ends at once and leaves nothing: ${signal} to ${isRender ? 'render' : 'up'} after ${afterMs} ms, seed ${seed}`, async () => {
      const out = `out-${seed}`;
      const command = isRender ? startRender(out) : workshop.start(['up', '--workers', '1']);
      await processOf(/\.child\.js /);
      await sleep(afterMs);
      command.kill(signal);
      await assertEnds(command, isRender ? out : undefined);
    });
  }

  it('does not wait for a database that is being made and hangs', async () => {
    const command = workshop.start(['up', '--workers', '1', '--data', workshop.path('network')]);
    process.kill(await processOf(/\/initdb /), 'SIGSTOP');
    command.kill('SIGTERM');
    await assertEnds(command);
    // What is killed in the end, because it did not end when asked, leaves its lock.
    assert.deepEqual(await readdir(workshop.path('network/database')), ['password']);
  });

  it('does not wait for a database server that is starting', async () => {
    const command = startRender('out-starting');
    await processOf(/\/postgres -D /);
    command.kill('SIGTERM');
    await assertEnds(command, 'out-starting');
  });
});
