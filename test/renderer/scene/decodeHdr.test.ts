import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FloatType } from 'three';
import { HDRLoader } from 'three/addons/loaders/HDRLoader.js';
import { decodeHdr } from '../../../renderer/scene/decodeHdr.js';
import { encodeHdr } from '../../../renderer/scene/encodeHdr.js';
import { rgbOf } from '../../support/rgbOf.js';

const admit = (): void => undefined;

/** What three.js reads, without its alpha. */
function asThreeReads(bytes: Uint8Array): number[] {
  const { data } = new HDRLoader().setDataType(FloatType).parse(new Uint8Array(bytes).buffer) as { data: Float32Array };
  return Array.from(data).filter((_, i) => i % 4 !== 3);
}

describe('decodeHdr', () => {
  it('reads run-length encoded files as three.js does, to the bit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 8, max: 300 }),
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.double({ min: 0, max: 1e30, noNaN: true }), { minLength: 1, maxLength: 90 }),
        (width, height, values) => {
          const rgb = Array.from({ length: 3 * width * height }, (_, i) => values[(i >> 2) % values.length] as number);
          const bytes = encodeHdr({ width, height, rgb });
          assert.deepEqual(Array.from(rgbOf(decodeHdr({ path: 'a', bytes, admit }))), asThreeReads(bytes));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('reads flat files as three.js does, to the bit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), fc.uint8Array({ minLength: 28, maxLength: 280 }), (width, pixels) => {
        const height = Math.floor(pixels.length / (4 * width));
        const bytes = Buffer.concat([
          Buffer.from(`#?RGBE\nFORMAT=32-bit_rle_rgbe\nEXPOSURE=1\n\n-Y ${height} +X ${width}\n`),
          pixels.subarray(0, 4 * width * height),
        ]);
        assert.deepEqual(Array.from(rgbOf(decodeHdr({ path: 'a', bytes, admit }))), asThreeReads(bytes));
      }),
      { numRuns: 60 },
    );
  });

  it('tells the size before it asks for memory, and stops there when told', () => {
    const bytes = encodeHdr({ width: 16, height: 8, rgb: new Float32Array(3 * 16 * 8) });
    assert.throws(
      () =>
        decodeHdr({
          path: 'a',
          bytes,
          admit: (size) => {
            throw new Error(`${size.width} x ${size.height}`);
          },
        }),
      /^Error: 16 x 8$/,
    );
  });

  it('refuses runs that leave their row, runs of nothing, and rows of another width, naming the row', () => {
    const head = Buffer.from('#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 2 +X 8\n');
    const row = [2, 2, 0, 8, 136, 1, 136, 1, 136, 1, 136, 128];
    const read = (...bytes: number[]) =>
      decodeHdr({ path: 'a', bytes: Buffer.concat([head, Buffer.from(bytes)]), admit });
    assert.equal(rgbOf(read(...row, ...row)).length, 48);
    assert.throws(() => read(...row, 2, 2, 0, 8, 200, 1), /a, row 1: a run beyond the end of the row/);
    assert.throws(() => read(...row, 2, 2, 0, 8, 0, 1), /a, row 1: a run of length 0/);
    assert.throws(() => read(...row, 2, 2, 0, 9, ...row.slice(4)), /a, row 1: the row does not begin/);
    assert.throws(() => read(...row, ...row.slice(0, -1)), /a: the file ends in row 1 of 2/);
    const noFormat = Buffer.from(head.toString().replace('FORMAT=32-bit_rle_rgbe\n', ''));
    assert.throws(() => decodeHdr({ path: 'a', bytes: noFormat, admit }), /a, header: no line "FORMAT=/);
  });
});
