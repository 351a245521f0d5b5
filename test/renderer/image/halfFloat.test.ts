import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DataUtils } from 'three';
import { HALF_MAX, floatOfHalf, halfOfFloat } from '../../../renderer/image/halfFloat.js';
import { propertyParameters } from '../../support/propertySeed.js';

/** Every finite non-negative half float's value, ascending: index = bits. */
const VALUES = Array.from({ length: 0x7c00 }, (_, half) => floatOfHalf(half));

/** The nearest half by search over all of them, ties to even bits. */
function nearestHalf(magnitude: number): number {
  let low = 0;
  let high = VALUES.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (VALUES[middle]! <= magnitude) low = middle;
    else high = middle;
  }
  const below = magnitude - VALUES[low]!;
  const above = VALUES[high]! - magnitude;
  return below < above || (below === above && low % 2 === 0) ? low : high;
}

describe('halfOfFloat', () => {
  it('gives back all 65,536 half floats, infinities clamped, NaN and negative zero in one form', () => {
    for (let half = 0; half < 65536; half++) {
      const value = floatOfHalf(half);
      const expected = Number.isNaN(value)
        ? 0x7e00
        : value === 0
          ? 0
          : value === Infinity
            ? 0x7bff
            : value === -Infinity
              ? 0xfbff
              : half;
      assert.equal(halfOfFloat(value), expected, `half 0x${half.toString(16)} = ${value}`);
    }
  });

  it('rounds to the nearest half, ties to even, just below, at and just above every midpoint', () => {
    const bits = new Uint32Array(1);
    const float = new Float32Array(bits.buffer);
    for (let half = 0; half < 0x7bff; half++) {
      float[0] = (VALUES[half]! + VALUES[half + 1]!) / 2;
      assert.equal(float[0], (VALUES[half]! + VALUES[half + 1]!) / 2, 'every midpoint is a float32');
      const midpoint = bits[0]!;
      bits[0] = midpoint - 1;
      assert.equal(halfOfFloat(float[0]), half);
      bits[0] = midpoint;
      assert.equal(halfOfFloat(float[0]), half % 2 === 0 ? half : half + 1);
      bits[0] = midpoint + 1;
      assert.equal(halfOfFloat(float[0]), half + 1);
      bits[0] = midpoint;
      const negative = half % 2 === 0 ? half : half + 1;
      assert.equal(halfOfFloat(-float[0]), negative === 0 ? 0 : negative | 0x8000);
    }
  });

  it('rounds random float32 bit patterns as a search over all halfs does', () => {
    const bits = new Uint32Array(1);
    const float = new Float32Array(bits.buffer);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (pattern) => {
        bits[0] = pattern;
        const value = float[0]!;
        if (Number.isNaN(value)) return assert.equal(halfOfFloat(value), 0x7e00);
        const magnitude = nearestHalf(Math.min(Math.abs(value), HALF_MAX));
        assert.equal(
          halfOfFloat(value),
          magnitude === 0 ? 0 : magnitude | (value < 0 ? 0x8000 : 0),
          `float32 0x${pattern.toString(16)} = ${value}`,
        );
      }),
      propertyParameters(50_000),
    );
  });

  it('clamps what is beyond the largest half, and rounds a float64 to float32 first', () => {
    assert.equal(halfOfFloat(65504), 0x7bff);
    assert.equal(halfOfFloat(65505), 0x7bff);
    assert.equal(halfOfFloat(3e38), 0x7bff);
    assert.equal(halfOfFloat(-1e9), 0xfbff);
    // Above the midpoint as a float64, at it as a float32: ties to even.
    assert.equal(halfOfFloat(1 + 1 / 2048 + 2 ** -40), 0x3c00);
  });
});

describe('floatOfHalf', () => {
  it('agrees with three on all finite half floats', () => {
    for (let half = 0; half < 65536; half++) {
      if ((half & 0x7c00) === 0x7c00) continue;
      assert.equal(floatOfHalf(half), DataUtils.fromHalfFloat(half), `half 0x${half.toString(16)}`);
    }
    assert.equal(floatOfHalf(0x7c00), Infinity);
    assert.equal(floatOfHalf(0xfc00), -Infinity);
    assert.ok(Number.isNaN(floatOfHalf(0x7c01)));
  });
});
