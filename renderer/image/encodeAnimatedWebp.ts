import sharp from 'sharp';
import { BadInputError, InvariantError } from '../../protocol/errors.js';
import type { Picture } from './Frame.js';
import { sharpOf } from './encodePng.js';

/** The WebP format counts sides in 14 bits. */
const WEBP_MAX_SIDE = 16383;
/** libvips holds every frame of an animation at once; beyond this an animation is a video's business. */
const MAX_FRAMES_BYTES = 1 << 30;

/**
 * Frames as an animated WebP that loops for ever: a preview, lossy, for people to look at.
 * @param options.frames 8 or 16 bits, all of one size; taken one after another, so that an asynchronous source needs to
 * hold one only.
 * @param options.fps frames per second; each frame lasts the nearest whole milliseconds such that the total keeps time.
 * @param options.maxSide longer side in pixels that larger frames are reduced to; 1024 where not given.
 * @param options.quality 1 to 100; 82 where not given.
 */
export async function encodeAnimatedWebp(options: {
  frames: Iterable<Picture> | AsyncIterable<Picture>;
  fps: number;
  maxSide?: number;
  quality?: number;
}): Promise<Uint8Array> {
  const { fps, maxSide = 1024, quality = 82 } = options;
  if (!(fps > 0 && fps <= 1000))
    throw new BadInputError({
      message: `an animation needs from above 0 to 1000 frames per second, not ${fps}`,
      facts: { fps },
    });

  // Reduce each frame to 8-bit RGBA of the preview's size.
  const reduced: Uint8Array[] = [];
  let size: { width: number; height: number } | undefined;
  for await (const frame of options.frames) {
    const side = Math.min(maxSide, WEBP_MAX_SIDE);
    const { data, info } = await sharpOf(frame)
      .toColourspace('srgb')
      .ensureAlpha()
      .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    size ??= { width: info.width, height: info.height };
    if (info.width !== size.width || info.height !== size.height)
      throw new InvariantError({
        what: `size of frame ${reduced.length} of the animation`,
        expected: `${size.width}x${size.height}`,
        actual: `${info.width}x${info.height}`,
      });
    reduced.push(data);
    const bytes = reduced.length * data.length;
    if (bytes > MAX_FRAMES_BYTES)
      throw new BadInputError({
        message: `${reduced.length} frames of ${size.width}x${size.height} are too much for one animated WebP`,
        facts: { bytes, limit: MAX_FRAMES_BYTES },
        advice: 'Make it smaller or shorter, or make a video of the PNG frames.',
      });
  }
  if (size === undefined) throw new BadInputError({ message: 'an animation needs at least one frame' });

  // libvips takes an animation as one tall picture of pages.
  const delays = reduced.map((_, i) => Math.max(1, Math.round(((i + 1) * 1000) / fps) - Math.round((i * 1000) / fps)));
  return sharp(Buffer.concat(reduced), {
    raw: { width: size.width, height: size.height * reduced.length, channels: 4, pageHeight: size.height },
    limitInputPixels: false,
  })
    .webp({ quality, effort: 4, loop: 0, delay: delays })
    .toBuffer();
}
