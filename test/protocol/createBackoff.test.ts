import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createBackoff } from '../../protocol/createBackoff.js';
import { propertyParameters } from '../support/propertySeed.js';

const pauses = fc.integer({ min: 1, max: 100_000 });
const chances = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('backoff', () => {
  it('pauses between half and all of a ceiling that doubles up to the longest', () => {
    fc.assert(
      fc.property(pauses, pauses, fc.array(chances, { minLength: 1, maxLength: 80 }), (firstMs, longestMs, chance) => {
        const left = [...chance];
        const backoff = createBackoff({ firstMs, longestMs, random: () => left.shift() as number });
        for (let n = 0; n < chance.length; n++) {
          const ceilingMs = Math.min(longestMs, firstMs * 2 ** n);
          const pauseMs = backoff.nextMs();
          assert.ok(Number.isInteger(pauseMs), `${pauseMs}`);
          assert.ok(pauseMs >= ceilingMs / 2 && pauseMs <= ceilingMs, `pause ${n}: ${pauseMs} of ${ceilingMs} ms`);
        }
        assert.equal(left.length, 0, 'one number of chance a pause');
      }),
      propertyParameters(300),
    );
  });

  it('never pauses shorter after another failure until the ceiling is the longest', () => {
    fc.assert(
      fc.property(pauses, fc.array(chances, { minLength: 2, maxLength: 40 }), (firstMs, chance) => {
        const left = [...chance];
        const backoff = createBackoff({
          firstMs,
          longestMs: Number.MAX_VALUE,
          random: () => left.shift() as number,
        });
        let formerMs = 0;
        for (let n = 0; n < chance.length; n++) {
          const pauseMs = backoff.nextMs();
          assert.ok(pauseMs >= formerMs, `${pauseMs} after ${formerMs} ms`);
          formerMs = pauseMs;
        }
      }),
      propertyParameters(300),
    );
  });

  it('begins anew after a reset, however many failures there were', () => {
    fc.assert(
      fc.property(pauses, pauses, fc.integer({ min: 0, max: 2000 }), (firstMs, longestMs, failures) => {
        const backoff = createBackoff({ firstMs, longestMs, random: () => 0 });
        for (let n = 0; n < failures; n++) backoff.nextMs();
        backoff.reset();
        assert.equal(backoff.nextMs(), Math.min(firstMs, longestMs));
        assert.equal(backoff.nextMs(), Math.min(2 * firstMs, longestMs));
      }),
      propertyParameters(100),
    );
  });

  it('uses its chance: two who failed together do not come back together', () => {
    const ceilings = { firstMs: 1000, longestMs: 8000 };
    const lucky = createBackoff({ ...ceilings, random: () => 0.999 });
    const unlucky = createBackoff({ ...ceilings, random: () => 0 });
    const both = Array.from({ length: 4 }, () => [lucky.nextMs(), unlucky.nextMs()]);
    assert.deepEqual(both, [
      [501, 1000],
      [1001, 2000],
      [2002, 4000],
      [4004, 8000],
    ]);
  });
});
