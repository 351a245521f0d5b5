import assert from 'node:assert/strict';
import { readdir, utimes } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomNumbers } from '../support/randomNumbers.js';
import { openWorkshop, type Workshop } from '../support/runRushes.js';
import { writeTurningSquare } from '../support/turningSquare.js';

// Commands are killed with kill -9 at moments that a seed decides, most of them while they start their processes. No
// process stays for longer than 10 s, and the next command removes the folders.
//   RUSHES_SEED=7 RUSHES_RUNS=1 repeats the run of seed 7

const FIRST_SEED = Number(process.env['RUSHES_SEED'] ?? 1);
const RUNS = Number(process.env['RUSHES_RUNS'] ?? (process.env['RUSHES_TEST_LONG'] === '1' ? 30 : 6));
const LATEST_KILL_MS = 5_000;

describe('a command killed with kill -9', function () {
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

  const renderArgs = (out: string): string[] => [
    ...['render', '--yes', scene, '--size', '64x64', '--frames', '0', '--workers', '1', '--verifiers', '3'],
    ...['--samples', '60000', '--out', workshop.path(out)],
  ];

  for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed++) {
    const random = randomNumbers(seed);
    const afterMs = Math.floor(LATEST_KILL_MS * random());
    const isRender = random() < 0.7;
    it(`leaves no process behind: ${isRender ? 'render' : 'up'} after ${afterMs} ms, seed ${seed}`, async () => {
      const command = workshop.start(isRender ? renderArgs(`out-${seed}`) : ['up', '--workers', '1']);
      await sleep(afterMs);
      command.kill('SIGKILL');
      await command.ended;
      assert.deepEqual(await workshop.leftBehind(), []);
    });
  }

  it('leaves no folder behind that the next command does not remove', async () => {
    const temporary = workshop.path('tmp');
    // A folder that nobody has locked yet is left alone for a moment: its owner may be about to.
    const longAgo = new Date(Date.now() - 60_000);
    for (const name of await readdir(temporary)) await utimes(`${temporary}/${name}`, longAgo, longAgo);
    const next = workshop.start(renderArgs('out-next'));
    await next.said(/brought up a network/);
    const networks = (await readdir(temporary)).filter((name) => name.startsWith('rushes-network-'));
    assert.equal(networks.length, 1, networks.join(', '));
    next.kill('SIGINT');
    assert.equal((await next.ended).exitCode, 130);
    assert.deepEqual(await readdir(temporary), []);
    assert.deepEqual(await workshop.leftBehind(), []);
  });
});
