import assert from 'node:assert/strict';
import sharp from 'sharp';
import { BadSceneError } from '../../../renderer/scene/BadSceneError.js';
import { decodeImage } from '../../../renderer/scene/decodeImage.js';

const [width, height] = [37, 23];
const rgba = Uint8Array.from({ length: 4 * width * height }, (_, i) =>
  i % 4 === 3 ? 255 - (i % 97) : Math.round(127 + 100 * Math.sin(i / 41) + 20 * Math.cos((i % 4) + i / 900)),
);
const image = () => sharp(rgba, { raw: { width, height, channels: 4 } });

async function decoded(bytes: Uint8Array): Promise<Uint8Array> {
  const result = await decodeImage({ file: 'a.glb', where: 'images[0]', bytes });
  assert.deepEqual([result.width, result.height], [width, height]);
  return result.rgba;
}

/** The largest difference of two images' values. */
function distance(a: Uint8Array, b: Uint8Array): number {
  assert.equal(a.length, b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0);
}

describe('decodeImage', () => {
  it('reads PNG to the bit: colour with alpha, colour, grey, palette, 16 bits, interlaced', async () => {
    assert.deepEqual(await decoded(await image().png().toBuffer()), rgba);
    assert.deepEqual(await decoded(await image().png({ progressive: true }).toBuffer()), rgba);
    for (const picture of [
      image().removeAlpha().png(),
      image().removeAlpha().greyscale().png(),
      image().removeAlpha().png({ palette: true, colours: 16 }),
    ]) {
      const bytes = await picture.toBuffer();
      assert.deepEqual(
        await decoded(bytes),
        new Uint8Array(await sharp(bytes).toColourspace('srgb').ensureAlpha().raw().toBuffer()),
      );
    }
    const deep = await sharp(
      Uint16Array.from(rgba, (value) => value * 257),
      { raw: { width, height, channels: 4 } },
    )
      .toColourspace('rgb16')
      .png()
      .toBuffer();
    assert.deepEqual(await decoded(deep), rgba);
  });

  it('reads JPEG as a native decoder does, give or take a step, also grey and progressive', async () => {
    for (const picture of [
      image().removeAlpha().jpeg({ quality: 90 }),
      image().removeAlpha().greyscale().jpeg(),
      image().removeAlpha().jpeg({ progressive: true }),
    ]) {
      const bytes = await picture.toBuffer();
      assert.ok(
        distance(
          await decoded(bytes),
          new Uint8Array(await sharp(bytes).toColourspace('srgb').ensureAlpha().raw().toBuffer()),
        ) <= 4,
      );
    }
  });

  it('does not turn a JPEG by its camera orientation: texture coordinates belong to the stored rows', async () => {
    const bytes = await image().removeAlpha().withMetadata({ orientation: 6 }).jpeg().toBuffer();
    await decoded(bytes);
  });

  it('reads WebP, lossless to the bit and lossy', async () => {
    assert.deepEqual(await decoded(await image().webp({ lossless: true, exact: true }).toBuffer()), rgba);
    const lossy = await image().webp({ quality: 80 }).toBuffer();
    assert.ok(distance(await decoded(lossy), new Uint8Array(await sharp(lossy).ensureAlpha().raw().toBuffer())) <= 4);
    const plain = await image().removeAlpha().webp({ quality: 80 }).toBuffer();
    await decoded(plain);
  });

  it('refuses damage with one clear error and goes on decoding afterwards', async () => {
    const whole = {
      png: await image().png().toBuffer(),
      jpeg: await image().removeAlpha().jpeg().toBuffer(),
      webp: await image().webp({ lossless: true }).toBuffer(),
    };
    for (const [kind, bytes] of Object.entries(whole)) {
      for (const length of [12, 40, Math.floor(bytes.length / 8), bytes.length - 9]) {
        await assert.rejects(
          decodeImage({ file: 'a.glb', where: 'images[3]', bytes: bytes.subarray(0, length) }),
          (error: unknown) => error instanceof BadSceneError && error.message.startsWith('a.glb, images[3]: the '),
          `${kind} ${length}`,
        );
      }
    }
    assert.deepEqual(await decoded(whole.png), rgba);
    await decoded(whole.jpeg);
    await decoded(whole.webp);
  });

  it('refuses other kinds of files', async () => {
    await assert.rejects(
      decodeImage({ file: 'a.glb', where: 'images[0]', bytes: new TextEncoder().encode('GIF89a') }),
      /neither JPEG, PNG nor WebP/,
    );
  });
});
