import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Picture } from '../../../renderer/image/Frame.js';
import { encodeAnimatedWebp } from '../../../renderer/image/encodeAnimatedWebp.js';
import { encodePng } from '../../../renderer/image/encodePng.js';
import { evidencePicture } from '../../../renderer/image/evidencePicture.js';
import { halfOfFloat } from '../../../renderer/image/halfFloat.js';
import { WriteFailedError, writeAtomically } from '../../../renderer/image/writeAtomically.js';

function picture(options: { width: number; height: number; channels: 3 | 4; bits: 8 | 16; shift?: number }): Picture {
  const { width, height, channels, bits, shift = 0 } = options;
  const length = width * height * channels;
  const value = (i: number): number => (i * 2654435 + shift) % (bits === 16 ? 65536 : 256);
  const data =
    bits === 16 ? Uint16Array.from({ length }, (_, i) => value(i)) : Uint8Array.from({ length }, (_, i) => value(i));
  return { width, height, channels, bits, data };
}

describe('encodePng', () => {
  for (const channels of [3, 4] as const) {
    for (const bits of [8, 16] as const) {
      it(`keeps every value of ${channels} channels of ${bits} bits`, async () => {
        const original = picture({ width: 37, height: 21, channels, bits });
        const png = await encodePng(original);
        const read = sharp(png);
        const { depth, space, hasAlpha, width, height } = await read.metadata();
        assert.deepEqual(
          { depth, hasAlpha, width, height },
          { depth: bits === 16 ? 'ushort' : 'uchar', hasAlpha: channels === 4, width: 37, height: 21 },
        );
        assert.equal(space, bits === 16 ? 'rgb16' : 'srgb');
        const raw = await (bits === 16 ? read.toColourspace('rgb16').raw({ depth: 'ushort' }) : read.raw()).toBuffer();
        const values =
          bits === 16
            ? new Uint16Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length))
            : new Uint8Array(raw);
        assert.deepEqual(values, original.data);
      });
    }
  }

  it('refuses data that does not fit the size or the depth', async () => {
    await assert.rejects(
      encodePng({ width: 2, height: 2, channels: 3, bits: 8, data: new Uint8Array(11) }),
      /values of a picture: expected 12, found 11/,
    );
    await assert.rejects(
      encodePng({ width: 2, height: 2, channels: 3, bits: 16, data: new Uint8Array(12) }),
      /bits per value/,
    );
  });
});

describe('writeAtomically', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rushes-write-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('replaces a file whole and leaves nothing else behind', async () => {
    const path = join(folder, 'frame.png');
    await writeFile(path, 'old');
    await writeAtomically({ path, bytes: new TextEncoder().encode('new') });
    assert.equal(await readFile(path, 'utf8'), 'new');
    assert.deepEqual(await readdir(folder), ['frame.png']);
  });

  it('says in one sentence why it could not, and leaves nothing behind', async () => {
    await assert.rejects(
      writeAtomically({ path: join(folder, 'no', 'frame.png'), bytes: new Uint8Array(3) }),
      (error) => {
        assert.ok(error instanceof WriteFailedError);
        assert.match(error.message, /frame\.png cannot be written: its folder does not exist$/);
        return true;
      },
    );
    await assert.rejects(
      writeAtomically({ path: folder, bytes: new Uint8Array(3) }),
      /it is a folder|cannot be written/,
    );
    assert.deepEqual(await readdir(folder), []);
  });
});

describe('encodeAnimatedWebp', () => {
  it('holds every frame for its time and loops', async () => {
    const frames = [0, 50, 100, 150, 200].map((shift) =>
      picture({ width: 48, height: 32, channels: 3, bits: 8, shift }),
    );
    const { pages, delay, loop, width, pageHeight, format } = await sharp(
      await encodeAnimatedWebp({ frames, fps: 24 }),
      { animated: true },
    ).metadata();
    assert.deepEqual(
      { pages, loop, width, pageHeight, format },
      { pages: 5, loop: 0, width: 48, pageHeight: 32, format: 'webp' },
    );
    assert.equal(
      delay!.reduce((sum, ms) => sum + ms, 0),
      Math.round(5000 / 24),
    );
  });

  it('reduces large frames and takes 16 bits, alpha and an asynchronous source', async () => {
    const source = async function* (): AsyncGenerator<Picture> {
      for (const shift of [0, 9])
        yield await Promise.resolve(picture({ width: 300, height: 100, channels: 4, bits: 16, shift }));
    };
    const { pages, width, pageHeight, hasAlpha } = await sharp(
      await encodeAnimatedWebp({ frames: source(), fps: 12, maxSide: 150 }),
      { animated: true },
    ).metadata();
    assert.deepEqual({ pages, width, pageHeight, hasAlpha }, { pages: 2, width: 150, pageHeight: 50, hasAlpha: true });
  });

  it('refuses nothing, frames of two sizes and an absurd frame rate', async () => {
    await assert.rejects(encodeAnimatedWebp({ frames: [], fps: 24 }), /at least one frame/);
    await assert.rejects(
      encodeAnimatedWebp({
        frames: [
          picture({ width: 8, height: 8, channels: 3, bits: 8 }),
          picture({ width: 8, height: 9, channels: 3, bits: 8 }),
        ],
        fps: 24,
      }),
      /size of frame 1/,
    );
    await assert.rejects(encodeAnimatedWebp({ frames: [], fps: 0 }), /frames per second/);
  });

  it('keeps the colours of a 16-bit frame', async () => {
    const data = new Uint16Array(16 * 16 * 3).fill(128 * 257);
    const webp = await encodeAnimatedWebp({
      frames: [{ width: 16, height: 16, channels: 3, bits: 16, data }],
      fps: 1,
      quality: 100,
    });
    const [red] = await sharp(webp).raw().toBuffer();
    assert.ok(Math.abs(red! - 128) <= 1, `${red}`);
  });
});

describe('evidencePicture', () => {
  const grey = Uint16Array.from({ length: 16 * 16 * 4 }, () => halfOfFloat(0.32));

  it('counts and shows in red what differs', async () => {
    const changed = grey.slice();
    changed.set([0.9, 0.1, 0.1].map(halfOfFloat), (5 * 16 + 7) * 4);
    // One step of a half float: seen by the tests, not by the eye.
    changed[4 * 20] = changed[4 * 20]! + 1;
    const evidence = await evidencePicture({ published: changed, rerendered: grey, width: 16, height: 16 });
    assert.equal(evidence.differingPixels, 1);
    assert.equal(evidence.differingHalfs, 2);
    assert.equal(evidence.pixelCount, 256);
    const { data, info } = await sharp(evidence.png).raw().toBuffer({ resolveWithObject: true });
    assert.deepEqual([info.width, info.height, info.channels], [3 * 256 + 4 * 16, 256 + 2 * 16, 3]);
    const at = (panel: number, x: number, y: number): number[] => {
      const begin = ((16 + y * 16 + 8) * info.width + 16 + panel * 272 + x * 16 + 8) * 3;
      return [...data.subarray(begin, begin + 3)];
    };
    assert.deepEqual(at(2, 7, 5), [255, 0, 0]);
    assert.notDeepEqual(at(2, 8, 5), [255, 0, 0]);
    assert.ok(at(0, 7, 5)[0]! > at(1, 7, 5)[0]!);
    assert.deepEqual(at(0, 0, 0), at(1, 0, 0));
    assert.deepEqual([...data.subarray(0, 3)], [96, 96, 96]);
  });

  it('finds no difference between equals', async () => {
    const evidence = await evidencePicture({
      published: grey,
      rerendered: grey,
      width: 16,
      height: 16,
      look: { toneMap: 'aces', exposureEv: 1 },
    });
    assert.deepEqual([evidence.differingPixels, evidence.differingHalfs], [0, 0]);
  });
});
