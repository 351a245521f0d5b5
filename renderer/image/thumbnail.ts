import type { Picture } from './Frame.js';
import { sharpOf } from './encodePng.js';

/**
 * A small 8-bit PNG of a picture.
 * @param options.maxSide longer side in pixels; smaller pictures keep their size.
 */
export async function thumbnail(options: { picture: Picture; maxSide: number }): Promise<Uint8Array> {
  return sharpOf(options.picture).toColourspace('srgb').resize({ width: options.maxSide, height: options.maxSide, fit: 'inside', withoutEnlargement: true })
    .png({ compressionLevel: 9 }).toBuffer();
}
