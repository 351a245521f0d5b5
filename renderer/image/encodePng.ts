import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { InvariantError } from '../../protocol/errors.js';
import type { Picture } from './Frame.js';

/**
 * A picture as a PNG file, 8 or 16 bits per channel, sRGB. The pixels are exact; the bytes are sharp's with the
 * settings below and may change with its version, which is why nothing is ever decided by a PNG's bytes.
 */
export async function encodePng(picture: Picture): Promise<Uint8Array> {
  const image = sharpOf(picture);
  const coloured = picture.bits === 16 ? image.toColourspace('rgb16') : image.toColourspace('srgb');
  return coloured.png({ compressionLevel: 6, adaptiveFiltering: true, palette: false, progressive: false }).toBuffer();
}

/** A picture as sharp's input. */
export function sharpOf(picture: Picture): Sharp {
  const { width, height, channels, bits, data } = picture;
  if (data.length !== width * height * channels)
    throw new InvariantError({ what: 'values of a picture', expected: width * height * channels, actual: data.length });
  if (data.BYTES_PER_ELEMENT * 8 !== bits)
    throw new InvariantError({
      what: 'bits per value of a picture',
      expected: bits,
      actual: data.BYTES_PER_ELEMENT * 8,
    });
  // sharp learns the depth from the type of the array.
  return sharp(data, { raw: { width, height, channels } });
}
