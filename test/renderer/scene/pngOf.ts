import sharp from 'sharp';

/** An RGBA image as PNG bytes. */
export async function pngOf(width: number, height: number, rgba: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(
    await sharp(rgba, { raw: { width, height, channels: 4 } })
      .png()
      .toBuffer(),
  );
}
