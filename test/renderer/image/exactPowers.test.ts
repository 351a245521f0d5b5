import assert from 'node:assert/strict';
import fc from 'fast-check';
import { exp2, log2, power } from '../../../renderer/image/exactPowers.js';
import { propertyParameters } from '../../support/propertySeed.js';

const relativeError = (actual: number, expected: number): number => Math.abs(actual - expected) / Math.abs(expected);

describe('exactPowers', () => {
  it('exp2 is exact for whole numbers and below 1e-15 in relative error elsewhere', () => {
    for (let whole = -1022; whole <= 1023; whole++) assert.equal(exp2(whole), 2 ** whole);
    assert.equal(exp2(-1023), 0);
    assert.equal(exp2(1024), Infinity);
    fc.assert(
      fc.property(fc.double({ min: -60, max: 60, noNaN: true }), (x) =>
        assert.ok(relativeError(exp2(x), Math.pow(2, x)) < 1e-15, `${x}`),
      ),
      propertyParameters(20_000),
    );
    assert.ok(Number.isFinite(exp2(1023.9999)));
  });

  it('log2 is exact for powers of two and below 1e-15 elsewhere', () => {
    for (let whole = -1022; whole <= 1023; whole++) assert.equal(log2(2 ** whole), whole);
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 1e12, noNaN: true }), (x) => {
        assert.ok(Math.abs(log2(x) - Math.log2(x)) <= 1e-15 * Math.max(1, Math.abs(Math.log2(x))), `${x}`);
      }),
      propertyParameters(20_000),
    );
    for (const none of [0, -1, 1e-310, NaN]) assert.equal(log2(none), -Infinity);
    assert.equal(log2(Infinity), Infinity);
  });

  it('power is below 1e-14 in relative error for the exponents that develop uses', () => {
    for (const exponent of [2.2, 1 / 2.4]) {
      fc.assert(
        fc.property(fc.double({ min: 1e-4, max: 4, noNaN: true }), (x) =>
          assert.ok(relativeError(power(x, exponent), Math.pow(x, exponent)) < 1e-14, `${x} ^ ${exponent}`),
        ),
        propertyParameters(20_000),
      );
      assert.equal(power(0, exponent), 0);
      assert.equal(power(1, exponent), 1);
    }
  });
});
