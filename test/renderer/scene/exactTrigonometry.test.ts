import assert from 'node:assert/strict';
import fc from 'fast-check';
import { arcTangent2, cosine, degreesOf, radiansOf, sine } from '../../../renderer/scene/exactTrigonometry.js';

const angle = fc.double({ min: -1000, max: 1000, noNaN: true });

describe('exactTrigonometry', () => {
  it('agrees with Math.sin and Math.cos to 3e-16', () => {
    fc.assert(
      fc.property(angle, (x) => {
        assert.ok(Math.abs(sine(x) - Math.sin(x)) <= 3e-16, `sine(${x})`);
        assert.ok(Math.abs(cosine(x) - Math.cos(x)) <= 3e-16, `cosine(${x})`);
      }),
      { numRuns: 2000 },
    );
  });
  it('agrees with Math.atan2 to 1e-15 all around', () => {
    fc.assert(
      fc.property(angle, angle, (y, x) =>
        assert.ok(Math.abs(arcTangent2(y, x) - Math.atan2(y + 0, x + 0)) <= 1e-15 || (y === 0 && x <= 0), `${y} ${x}`),
      ),
      { numRuns: 2000 },
    );
  });
  it('is exact where people look', () => {
    assert.deepEqual(
      [sine(0), cosine(0), arcTangent2(0, 1), radiansOf(180), degreesOf(Math.PI)],
      [0, 1, 0, Math.PI, 180],
    );
    assert.ok(Math.abs(cosine(radiansOf(90))) < 1e-16);
  });
});
