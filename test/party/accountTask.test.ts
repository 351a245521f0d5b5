import assert from 'node:assert/strict';
import pino from 'pino';
import { createAccountTask } from '../../party/createAccountTask.js';
import { RushesError } from '../../protocol/errors.js';

describe('the task of an account', () => {
  /** A task over a clock that the test moves, and the lines of its log from debug on, as `level message`. */
  function taskOf() {
    const lines: string[] = [];
    const retries: number[] = [];
    const log = pino(
      { level: 'debug' },
      {
        write(line: string) {
          const { level, msg, retryInMs } = JSON.parse(line) as { level: number; msg: string; retryInMs?: number };
          lines.push(`${pino.levels.labels[level]} ${msg}`);
          if (retryInMs !== undefined) retries.push(retryInMs);
        },
      },
    );
    const state = { nowMs: 0, blockNumber: 10 };
    const stopping = new AbortController();
    const task = createAccountTask({
      clock: { nowMs: () => state.nowMs },
      random: () => 0,
      blockNumber: () => state.blockNumber,
      signal: stopping.signal,
      log,
    });
    const fail = (error: Error) =>
      task.run(async () => {
        throw error;
      });
    return { task, fail, lines, retries, state, stopping };
  }
  const full = (freeBytes: number) =>
    new RushesError({ code: 'disk-full', message: `only ${freeBytes} bytes are left` });
  const lostRace = new RushesError({ code: 'ChunksTaken', message: 'somebody else took them' });

  it('waits for the block of its transaction, or for the next one where nothing was due', async () => {
    const { task, state } = taskOf();
    await task.run(async () => 12);
    assert.deepEqual([11, 12].map(task.isReady), [false, true]);
    state.blockNumber = 12;
    await task.run(async () => undefined);
    assert.deepEqual([12, 13].map(task.isReady), [false, true]);
    task.rollBack(14);
    assert.deepEqual([12, 13].map(task.isReady), [false, true], 'below the rollback nothing changed');
    task.rollBack(8);
    assert.deepEqual([8, 9].map(task.isReady), [false, true], 'the ledger lacks what comes after block 8');
    assert.deepEqual([8, 9].map(task.isSettled), [false, true]);
  });

  it('is one thing at a time', async () => {
    const { task } = taskOf();
    let finish: () => void = () => undefined;
    const running = task.run(() => new Promise((resolve) => (finish = () => resolve(undefined))));
    assert.equal(task.isReady(1000), false);
    finish();
    await running;
    assert.equal(task.isReady(1000), true);
  });

  it('of a disk that stays full pauses longer and longer, and warns once', async () => {
    const { task, fail, lines, retries, state } = taskOf();
    for (let i = 0; i < 6; i++) {
      await fail(full(i));
      assert.equal(task.isReady(11), false);
      state.nowMs += retries.at(-1)!;
      assert.equal(task.isReady(11), true);
    }
    assert.deepEqual(retries, [2000, 4000, 8000, 15000, 15000, 15000]);
    assert.deepEqual(
      lines.filter((line) => !line.startsWith('debug')),
      ['warn account task failed: only 0 bytes are left'],
    );
    assert.equal(lines.length, 6);
  });

  it('that failed is settled with the next block, which may hold its transaction all the same', async () => {
    const { task, fail, state, retries } = taskOf();
    await task.run(async () => 9);
    assert.equal(task.isSettled(10), true);
    await fail(full(1));
    state.nowMs += retries.at(-1)!;
    assert.deepEqual([10, 11].map(task.isSettled), [false, true]);
    assert.deepEqual([10, 11].map(task.isReady), [false, true]);
    await task.run(async () => 14);
    await fail(full(1));
    assert.deepEqual([13, 14].map(task.isSettled), [false, true], 'what it waited for before, it waits for still');
  });

  it('says when its trouble is another one, when it is over, and when it is back', async () => {
    const { task, fail, lines, retries } = taskOf();
    await fail(full(1));
    await fail(new Error('no answer'));
    await fail(new Error('no answer'));
    await task.run(async () => undefined);
    await task.run(async () => undefined);
    await fail(new Error('no answer'));
    assert.equal(retries.at(-1), 2000, 'a success ends the growth');
    assert.deepEqual(
      lines.filter((line) => !line.startsWith('debug')),
      [
        'warn account task failed: only 1 bytes are left',
        'warn account task failed: no answer',
        'info account task works again',
        'warn account task failed: no answer',
      ],
    );
  });

  it('does not wait longer for losing race after race, and calls none of them trouble', async () => {
    const { fail, lines, retries } = taskOf();
    for (let i = 0; i < 4; i++) await fail(lostRace);
    assert.deepEqual(retries, [2000, 2000, 2000, 2000]);
    assert.ok(
      lines.every((line) => line.startsWith('info')),
      lines.join('\n'),
    );
  });

  it('says nothing of what fails because it is being stopped', async () => {
    const { fail, lines, stopping } = taskOf();
    stopping.abort();
    await fail(new Error('aborted'));
    assert.deepEqual(lines, []);
  });
});
