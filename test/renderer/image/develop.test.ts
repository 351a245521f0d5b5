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

  it('rounds a single pixel to the nearest step of 8 or 16 bits', () => {
    assert.deepEqual(developPixel([1, 0.5, 0, 1], OPAQUE), [255, 188, 0]);
    assert.deepEqual(developPixel([1, 0.5, 0, 1], { ...OPAQUE, bits: 16 }), [65535, 48192, 0]);
  });

  it('dithers 8 bits: a slow gradient keeps its mean in every 8 x 8 pixels, has no bands, and grey stays grey', () => {
    // From code 40 to code 44 over the whole width: undithered, bands of 64 pixels.
    const [width, height] = [256, 64];
    const halfs = new Uint16Array(width * height * 4);
    const linearOf = (code: number): number => ((code / 255 + 0.055) / 1.055) ** 2.4;
    for (let pixel = 0; pixel < width * height; pixel++)
      halfs.fill(halfOfFloat(linearOf(40 + (4 * ((pixel % width) + 0.5)) / width)), pixel * 4, pixel * 4 + 4);
    const frame = { width, height, halfs };
    const { data } = develop({ frame, look: OPAQUE });
    const fine = develop({ frame, look: { ...OPAQUE, bits: 16 } }).data;
    const red = (x: number, y: number): number => data[(y * width + x) * 3]!;
    let longestRun = 0;
    for (let y = 0; y < height; y++)
      for (let x = 1, run = 1; x < width; x++) {
        run = red(x, y) === red(x - 1, y) ? run + 1 : 1;
        longestRun = Math.max(longestRun, run);
      }
    assert.ok(longestRun < 32, `a run of ${longestRun} equal pixels`);
    for (let y = 0; y < height; y += 8)
      for (let x = 0; x < width; x += 8) {
        let [coarseSum, fineSum] = [0, 0];
        for (let dy = 0; dy < 8; dy++)
          for (let dx = 0; dx < 8; dx++) {
            coarseSum += red(x + dx, y + dy);
            fineSum += (fine[((y + dy) * width + x + dx) * 3]! * 255) / 65535;
          }
        assert.ok(Math.abs(coarseSum - fineSum) / 64 < 0.05, `block ${x},${y}: ${coarseSum / 64} and ${fineSum / 64}`);
      }
    for (let pixel = 0; pixel < width * height; pixel++)
      assert.deepEqual([data[pixel * 3], data[pixel * 3]], [data[pixel * 3 + 1], data[pixel * 3 + 2]]);
  });

  it('dithers to one of the two nearest codes, and leaves black and white alone', () => {
    const [width, height] = [64, 64];
    const plain = (value: number): Uint8Array =>
      develop({
        frame: { width, height, halfs: new Uint16Array(width * height * 4).fill(halfOfFloat(value)) },
        look: OPAQUE,
      }).data as Uint8Array;
    assert.deepEqual(new Set(plain(0)), new Set([0]));
    assert.deepEqual(new Set(plain(1)), new Set([255]));
    assert.deepEqual(new Set(plain(7)), new Set([255]));
    // 0.5 is code 187.52.
    assert.deepEqual([...new Set(plain(0.5))].sort(), [187, 188]);
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
