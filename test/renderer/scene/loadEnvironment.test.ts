import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DataTexture, FloatType, RGBAFormat } from 'three';
import { EXRExporter } from 'three/addons/exporters/EXRExporter.js';
import { BadSceneError } from '../../../renderer/scene/BadSceneError.js';
import { encodeHdr } from '../../../renderer/scene/encodeHdr.js';
import { loadEnvironment } from '../../../renderer/scene/loadEnvironment.js';
import { studioEnvironment } from '../../../renderer/scene/studioEnvironment.js';
import { rgbOf } from '../../support/rgbOf.js';

describe('loadEnvironment', () => {
  it('reads an .hdr row by row from the top', () => {
    const rgb = new Float32Array(3 * 16 * 8);
    rgb.set([1, 2, 4], 0);
    rgb.set([0.25, 0, 0], 3 * (16 * 7 + 15));
    const read = loadEnvironment({ path: 'a.hdr', bytes: encodeHdr({ width: 16, height: 8, rgb }), intensity: 3 });
    const readRgb = rgbOf(read);
    assert.deepEqual([read.width, read.height, read.intensity], [16, 8, 3]);
    for (let i = 0; i < rgb.length; i++)
      assert.ok(Math.abs((readRgb[i] as number) - (rgb[i] as number)) <= 4 / 255, `${i}`);
  });

  it('gives back what encodeHdr was given, to half of an eighth bit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 8, max: 40 }),
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.double({ min: 0, max: 1000, noNaN: true }), { minLength: 1, maxLength: 60 }),
        (width, height, values) => {
          const rgb = Array.from({ length: 3 * width * height }, (_, i) => values[i % values.length] as number);
          const read = loadEnvironment({ path: 'a.hdr', bytes: encodeHdr({ width, height, rgb }) });
          const readRgb = rgbOf(read);
          for (let i = 0; i < rgb.length; i += 3) {
            const largest = Math.max(...rgb.slice(i, i + 3));
            for (let k = 0; k < 3; k++)
              assert.ok(
                Math.abs((readRgb[i + k] as number) - (rgb[i + k] as number)) <= largest / 127 + 1e-30,
                `${rgb[i + k]} became ${readRgb[i + k]}`,
              );
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('reads an .exr row by row from the top and mends what no light has', async () => {
    const [width, height] = [8, 4];
    const data = new Float32Array(4 * width * height).fill(0.5);
    // A DataTexture of three keeps its rows bottom-up; the exporter writes the last row first.
    data.set([7, 0.25, 2, 1], 4 * width * (height - 1));
    data.set([-1, NaN, Infinity, 1], 0);
    const exr = (await new EXRExporter().parse(new DataTexture(data, width, height, RGBAFormat, FloatType), {
      type: FloatType,
    })) as Uint8Array;
    const read = loadEnvironment({ path: 'a.exr', bytes: exr });
    const readRgb = rgbOf(read);
    assert.deepEqual([read.width, read.height], [8, 4]);
    assert.deepEqual([...readRgb.subarray(0, 3)], [7, 0.25, 2]);
    assert.deepEqual([...readRgb.subarray(3 * width * (height - 1), 3 * width * (height - 1) + 3)], [0, 0, 65504]);
  });

  it('refuses what is cut short, at every length, with one clear error', () => {
    const rgb = Float32Array.from({ length: 3 * 16 * 8 }, (_, i) => (i * 37) % 11);
    const bytes = encodeHdr({ width: 16, height: 8, rgb });
    for (let length = 0; length < bytes.length; length++)
      assert.throws(
        () => loadEnvironment({ path: 'a.hdr', bytes: bytes.subarray(0, length) }),
        BadSceneError,
        `${length} of ${bytes.length}`,
      );
  });

  it('refuses other kinds of files and absurd sizes', () => {
    assert.throws(() => loadEnvironment({ path: 'a.png', bytes: Uint8Array.of(0x89, 0x50) }), /a\.png: it is neither/);
    assert.throws(
      () =>
        loadEnvironment({
          path: 'a.hdr',
          bytes: new TextEncoder().encode('#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 900000 +X 900000\n'),
        }),
      BadSceneError,
    );
    const exr = new Uint8Array(64);
    exr.set([
      0x76,
      0x2f,
      0x31,
      0x01,
      2,
      0,
      0,
      0,
      ...new TextEncoder().encode('dataWindow\0box2i\0'),
      16,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0xff,
      0xff,
      0xff,
      0x3f,
      0xff,
      0xff,
      0xff,
      0x3f,
    ]);
    assert.throws(() => loadEnvironment({ path: 'a.exr', bytes: exr }), /1073741824 x 1073741824/);
  });

  it('comes with a studio that is the same file every time', () => {
    const [first, second] = [studioEnvironment(), studioEnvironment()];
    assert.deepEqual(first, second);
    const read = loadEnvironment(first);
    const readRgb = rgbOf(read);
    // Brighter above than below, with a key light far above the room's grey.
    const mean = (from: number, to: number): number =>
      readRgb.subarray(3 * read.width * from, 3 * read.width * to).reduce((sum, value) => sum + value, 0) /
      (3 * read.width * (to - from));
    assert.ok(mean(0, 64) > 1.5 * mean(64, 128));
    assert.ok(readRgb.reduce((most, value) => Math.max(most, value), 0) > 8);
  });
});
