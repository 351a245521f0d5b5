import assert from 'node:assert/strict';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { HalfFloatType } from 'three';
import { EXRLoader } from 'three/examples/jsm/loaders/EXRLoader.js';
import { MalformedError } from '../../../protocol/errors.js';
import { decodeExrTile, exrTileMaxBytes } from '../../../renderer/image/decodeExrTile.js';
import { encodeExrTile } from '../../../renderer/image/encodeExrTile.js';
import { propertyParameters } from '../../support/propertySeed.js';

/** Every finite half float once, in a 256 x 62 tile of RGBA. */
const EVERY_HALF = {
  width: 256,
  height: 62,
  halfs: Uint16Array.from(
    Array.from({ length: 65536 }, (_, half) => half).filter((half) => (half & 0x7c00) !== 0x7c00),
  ),
};

function noise(width: number, height: number, seed = 1): { width: number; height: number; halfs: Uint16Array } {
  let state = seed;
  const halfs = Uint16Array.from({ length: width * height * 4 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 16) % 0x7c00;
  });
  return { width, height, halfs };
}

/** Length of the header that encodeExrTile writes. */
const TABLE_AT = 331;

/** Where an attribute's type or the size of its value begins. */
function find(bytes: Uint8Array, name: string): number {
  return Buffer.from(bytes).indexOf(`${name}\0`, 8, 'latin1') + name.length + 1;
}

describe('encodeExrTile and decodeExrTile', () => {
  it('keep every finite half float', async () => {
    const bytes = await encodeExrTile(EVERY_HALF);
    assert.deepEqual(decodeExrTile({ bytes, ...EVERY_HALF }), EVERY_HALF.halfs);
  });

  it('keep random tiles of every shape, within the stated size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 1, max: 70 }),
        fc.nat(),
        async (width, height, noiseSeed) => {
          const tile = noise(width, height, noiseSeed);
          const bytes = await encodeExrTile(tile);
          assert.ok(bytes.length <= exrTileMaxBytes(tile));
          assert.deepEqual(decodeExrTile({ bytes, width, height }), tile.halfs);
        },
      ),
      propertyParameters(60),
    );
  });

  it("write what three's EXRLoader reads, rows top-down", async () => {
    const tile = noise(40, 33);
    const bytes = await encodeExrTile(tile);
    const loaded = new EXRLoader().setDataType(HalfFloatType).parse(bytes.slice().buffer) as unknown as {
      data: Uint16Array;
      width: number;
      height: number;
    };
    assert.equal(loaded.width, 40);
    assert.equal(loaded.height, 33);
    // The loader hands rows over bottom-up, as textures have them.
    for (let row = 0; row < 33; row++)
      assert.deepEqual(
        loaded.data.slice((32 - row) * 160, (33 - row) * 160),
        tile.halfs.slice(row * 160, (row + 1) * 160),
      );
  });

  it('refuse to write an infinity or NaN', async () => {
    for (const half of [0x7c00, 0xfc00, 0x7e00])
      await assert.rejects(encodeExrTile({ width: 1, height: 1, halfs: Uint16Array.of(0, 0, 0, half) }), /finite/);
  });
});

describe('decodeExrTile with hostile bytes', () => {
  const tile = noise(40, 33);
  let good: Uint8Array;
  before(async () => {
    good = await encodeExrTile({ ...tile, halfs: tile.halfs.map((half, i) => (i % 3 === 0 ? half : 0)) });
  });

  const decode = (bytes: Uint8Array, size = { width: 40, height: 33 }): Uint16Array =>
    decodeExrTile({ bytes, ...size });
  const patched = (at: number, ...values: number[]): Uint8Array => {
    const bytes = good.slice();
    bytes.set(values, at);
    return bytes;
  };

  it('names what is wrong with each part', () => {
    assert.throws(() => decode(new Uint8Array(0)), /does not begin as OpenEXR files do/);
    assert.throws(() => decode(patched(0, 0)), /does not begin as OpenEXR files do/);
    assert.throws(() => decode(patched(5, 2)), /not one part of scanlines/);
    assert.throws(() => decode(good, { width: 41, height: 33 }), /dataWindow is not that of a 41x33 tile/);
    assert.throws(() => decode(good, { width: 40, height: 32 }), /dataWindow/);
    const compressionValue = find(good, 'compression\0compression') + 4;
    for (const compression of [0, 1, 2, 4, 5, 255])
      assert.throws(() => decode(patched(compressionValue, compression)), /compression is not/);
    assert.throws(() => decode(patched(find(good, 'lineOrder\0lineOrder') + 4, 1)), /lineOrder/);
    assert.throws(() => decode(patched(find(good, 'channels\0chlist') + 4, 0x42)), /channels/);
    assert.throws(() => decode(patched(find(good, 'channels\0chlist') + 6, 2)), /channels/);
    assert.throws(() => decode(patched(8, 0x43)), /says no channels/);
    assert.throws(() => decode(patched(TABLE_AT, 1)), /block 0 is not where/);
    assert.throws(() => decode(patched(TABLE_AT + 24, 1)), /block 0 does not begin at row 0/);
    assert.throws(() => decode(patched(TABLE_AT + 28, 255, 255, 255, 255)), /claims 4294967295 bytes/);
    assert.throws(() => decode(patched(TABLE_AT + 32, 0)), /does not inflate/);
    assert.throws(() => decode(Uint8Array.from([...good, 0])), /1 bytes follow/);
    assert.throws(() => decode(new Uint8Array(exrTileMaxBytes(tile) + 1)), /more than 40x33 pixels can have/);
  });

  it('does not inflate a bomb', () => {
    const bomb = deflateSync(Buffer.alloc(1 << 26));
    const header = good.slice(0, TABLE_AT);
    const body = Buffer.alloc(8 + 8 + bomb.length);
    body.writeBigUInt64LE(BigInt(TABLE_AT + 8), 0);
    body.writeInt32LE(0, 8);
    body.writeUInt32LE(bomb.length, 12);
    bomb.copy(body, 16);
    const bytes = Uint8Array.from([...header, ...body]);
    const window = find(bytes, 'dataWindow\0box2i') + 4;
    new DataView(bytes.buffer).setUint32(window + 8, 255, true);
    new DataView(bytes.buffer).setUint32(window + 12, 15, true);
    const before = process.memoryUsage().arrayBuffers;
    assert.throws(() => decodeExrTile({ bytes, width: 256, height: 16 }), MalformedError);
    assert.ok(process.memoryUsage().arrayBuffers - before < 1 << 24);
  });

  it('refuses an infinity that the exporter would not write', () => {
    // The last block holds one line and is stored as it is when it does not shrink.
    assert.throws(() => {
      const bytes = good.slice();
      const view = new DataView(bytes.buffer);
      let at = Number(view.getBigUint64(TABLE_AT, true));
      at += 8 + view.getUint32(at + 4, true);
      at += 8 + view.getUint32(at + 4, true);
      const raw = new Uint8Array(40 * 8);
      raw.set([0x00, 0x7c], 0);
      const stored = new Uint8Array(at + 8 + raw.length);
      stored.set(bytes.subarray(0, at + 8));
      new DataView(stored.buffer).setUint32(at + 4, raw.length, true);
      stored.set(raw, at + 8);
      decode(stored);
    }, /infinity or NaN/);
  });

  it('answers any truncation and any flipped byte with MalformedError or with pixels, never with another error', () => {
    for (let length = 0; length < good.length; length += 13)
      assert.throws(() => decode(good.slice(0, length)), MalformedError);
    // Every byte of the header, the table and the first block's head, then some of the packed data.
    for (let at = 0; at < good.length; at += at < TABLE_AT + 40 ? 1 : 11) {
      try {
        assert.equal(decode(patched(at, good[at]! ^ 0xff)).length, tile.halfs.length);
      } catch (error) {
        assert.ok(error instanceof MalformedError, `byte ${at}: ${String(error)}`);
      }
    }
  });
});
