import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { develop } from '../../../renderer/image/develop.js';
import type { Look } from '../../../renderer/image/develop.js';
import { halfOfFloat } from '../../../renderer/image/halfFloat.js';
import { developVectors } from '../../vectors/developVectors.js';

const OPAQUE: Look = { toneMap: 'linear', exposureEv: 0, alpha: 'opaque', bits: 8 };
const STRAIGHT: Look = { ...OPAQUE, alpha: 'straight' };

function developPixel(rgba: readonly number[], look: Look): number[] {
  return [...develop({ frame: { width: 1, height: 1, halfs: Uint16Array.from(rgba, halfOfFloat) }, look }).data];
}

describe('develop', () => {
  it('gives the golden pixels and frames of test/vectors/develop.json', async () => {
    const stored = await readFile(new URL('../../vectors/develop.json', import.meta.url), 'utf8');
    assert.deepEqual(JSON.parse(developVectors()), JSON.parse(stored));
    assert.equal(developVectors(), stored);
  });

  it('rounds to the nearest step of 8 or 16 bits', () => {
    assert.deepEqual(developPixel([1, 0.5, 0, 1], OPAQUE), [255, 188, 0]);
    assert.deepEqual(developPixel([1, 0.5, 0, 1], { ...OPAQUE, bits: 16 }), [65535, 48192, 0]);
  });

  it('exposes by powers of two', () => {
    assert.deepEqual(
      developPixel([0.125, 0.25, 0.0625, 1], { ...OPAQUE, exposureEv: 2 }),
      developPixel([0.5, 1, 0.25, 1], OPAQUE),
    );
    assert.throws(() => developPixel([0, 0, 0, 0], { ...OPAQUE, exposureEv: NaN }), /from -32 to 32 EV/);
    assert.throws(() => developPixel([0, 0, 0, 0], { ...OPAQUE, exposureEv: 33 }), /from -32 to 32 EV/);
  });

  it('leaves no dark fringe: an edge pixel has the colour of what covers it', () => {
    for (const toneMap of ['aces', 'agx', 'neutral', 'linear'] as const) {
      const look: Look = { ...STRAIGHT, toneMap };
      const inside = developPixel([0.5, 0.25, 0.125, 1], look);
      assert.deepEqual(developPixel([0.25, 0.125, 0.0625, 0.5], look), [...inside.slice(0, 3), 128]);
      assert.deepEqual(developPixel([0.125, 0.0625, 0.03125, 0.25], look), [...inside.slice(0, 3), 64]);
    }
  });

  it('is zero where nothing covers, and never reads coverage of an opaque look', () => {
    assert.deepEqual(developPixel([0.5, 0.5, 0.5, 0], STRAIGHT), [0, 0, 0, 0]);
    assert.deepEqual(developPixel([1, 1, 1, 0], OPAQUE), [255, 255, 255]);
    assert.deepEqual(developPixel([-1, 0, 0, 1], OPAQUE), [0, 0, 0]);
  });

  it('refuses a frame whose halfs do not fit its size', () => {
    assert.throws(
      () => develop({ frame: { width: 2, height: 1, halfs: new Uint16Array(4) }, look: OPAQUE }),
      /half floats of a frame: expected 8, found 4/,
    );
  });
});
