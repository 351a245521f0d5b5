import assert from 'node:assert/strict';
import { createTurns } from '../../adapters/createTurns.js';

describe('turns', () => {
  it('are no more than there may be, whoever asks just when one ends', async () => {
    const turns = createTurns(1);
    let running = 0;
    let mostRunning = 0;
    const order: string[] = [];
    const work = (name: string, until: Promise<void>) => async (): Promise<void> => {
      order.push(name);
      mostRunning = Math.max(mostRunning, ++running);
      // Counted down in the same breath in which the place is given back.
      return until.then(() => void running--);
    };
    const gate = new Promise<void>((resolve) => setImmediate(resolve));
    const first = turns(work('first', gate));
    const second = turns(work('second', new Promise((resolve) => setTimeout(resolve, 5))));
    const others: Promise<void>[] = [];
    // At every step of the first one's end somebody asks.
    void gate.then(async () => {
      for (let step = 0; step < 8; step++) {
        others.push(turns(work(`other ${step}`, Promise.resolve())));
        await Promise.resolve();
      }
    });
    await Promise.all([first, second]);
    await Promise.all(others);
    assert.equal(mostRunning, 1);
    assert.deepEqual(order.slice(0, 2), ['first', 'second']);
    assert.equal(others.length, 8);
  });

  it('go on after one that fails', async () => {
    const turns = createTurns(2);
    const settled = await Promise.allSettled(
      Array.from({ length: 6 }, (_, index) =>
        turns(async () => {
          await Promise.resolve();
          if (index % 2 === 0) throw new Error(`no ${index}`);
          return index;
        }),
      ),
    );
    assert.deepEqual(
      settled.map((one) => (one.status === 'fulfilled' ? one.value : (one.reason as Error).message)),
      ['no 0', 1, 'no 2', 3, 'no 4', 5],
    );
  });
});
