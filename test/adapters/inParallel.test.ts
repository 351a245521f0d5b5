import assert from 'node:assert/strict';
import { inParallel } from '../../adapters/inParallel.js';

describe('what runs in parallel', () => {
  const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

  for (const [count, most] of [
    [0, 3],
    [2, 3],
    [50, 3],
    [7, 1],
  ] as const)
    it(`is all ${count} items in their order, ${most} at once and no more`, async () => {
      const begun: number[] = [];
      let running = 0;
      let mostRunning = 0;
      await inParallel(new Set(numbers(count)), most, async (item) => {
        begun.push(item);
        mostRunning = Math.max(mostRunning, ++running);
        // As many turns of the loop as items differ: they end in another order than they began in.
        for (let turn = 0; turn < 1 + ((item * 7) % 5); turn++) await new Promise(setImmediate);
        running--;
      });
      assert.deepEqual(begun, numbers(count));
      assert.equal(mostRunning, Math.min(count, most));
      assert.equal(running, 0);
    });

  it('begins nothing more after a failure, which is what is told', async () => {
    const begun: number[] = [];
    const failing = inParallel(numbers(50), 4, async (item) => {
      begun.push(item);
      await new Promise(setImmediate);
      if (item >= 9) throw new Error(`no ${item}`);
    });
    await assert.rejects(failing, { message: 'no 9' });
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    assert.ok(begun.length >= 10 && begun.length <= 13, `${begun.length} begun`);
  });
});
