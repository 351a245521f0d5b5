import assert from 'node:assert/strict';
import { joinRuns } from '../../adapters/joinRuns.js';

describe('runs that are shared', () => {
  const turn = (): Promise<void> => new Promise(setImmediate);

  it('are one at a time, and begin after who gets them asked, whenever that is', async () => {
    let begun = 0;
    let running = 0;
    let mostRunning = 0;
    const ask = joinRuns(async () => {
      const number = ++begun;
      mostRunning = Math.max(mostRunning, ++running);
      for (let step = 0; step < 7 + (number % 5); step++) await Promise.resolve();
      running--;
      if (number % 3 === 0) throw new Error(`run ${number}`);
      return number;
    });
    const answers: Promise<void>[] = [];
    // Asked at every step of the promises between one run and the next, where an end and a beginning could miss each other.
    for (let step = 0; step < 400; step++) {
      const before = begun;
      answers.push(
        ask()
          .catch((error: unknown) => Number(/^run (\d+)$/.exec((error as Error).message)?.[1]))
          .then((number) => assert.ok(number > before && number <= before + 2, `${number} after ${before}`)),
      );
      await Promise.resolve();
    }
    await Promise.all(answers);
    assert.equal(mostRunning, 1);
    assert.ok(begun > 10 && begun < 100, `${begun} runs for 400`);
  });

  it('serve all who ask while one goes on with one more', async () => {
    const ends: (() => void)[] = [];
    const ask = joinRuns(() => new Promise<number>((resolve) => ends.push(() => resolve(ends.length))));
    const first = ask();
    const others = Promise.all([ask(), ask(), ask()]);
    assert.equal(ends.length, 1);
    ends[0]?.();
    assert.equal(await first, 1);
    await turn();
    assert.equal(ends.length, 2);
    ends[1]?.();
    assert.deepEqual(await others, [2, 2, 2]);
    void ask();
    assert.equal(ends.length, 3, 'nothing is kept');
  });
});
