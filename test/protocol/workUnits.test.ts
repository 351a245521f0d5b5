import assert from 'node:assert/strict';
import { isUnderweighed, MOST_RAYS_PER_PAID_RAY, RAYS_PER_UNIT, unitsOfRays } from '../../protocol/workUnits.js';

describe('work units', () => {
  it('are rays in whole units, and never none', () => {
    const units = [0, 1, 0.6 * RAYS_PER_UNIT, 1.4 * RAYS_PER_UNIT, 2.5 * RAYS_PER_UNIT].map(unitsOfRays);
    assert.deepEqual(units, [1, 1, 1, 1, 3]);
  });

  it('that were declared too low by more than a bound are a lie, and rounding is none', () => {
    const rays = (perUnit: number, units: number): number => perUnit * units * RAYS_PER_UNIT;
    assert.equal(isUnderweighed({ rays: rays(1.49, 4), units: 4, chunks: 4 }), false);
    assert.equal(isUnderweighed({ rays: rays(MOST_RAYS_PER_PAID_RAY, 40), units: 40, chunks: 4 }), false);
    assert.equal(isUnderweighed({ rays: rays(5, 40), units: 40, chunks: 4 }), true);
    // What every chunk weighs at least, and traces a hundred units.
    assert.equal(isUnderweighed({ rays: rays(100, 4), units: 4, chunks: 4 }), true);
    assert.equal(isUnderweighed({ rays: 0, units: 0, chunks: 0 }), false);
  });
});
