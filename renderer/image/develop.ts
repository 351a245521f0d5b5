import { BadInputError, InvariantError } from '../../protocol/errors.js';
import { DITHER_BITS, ditherOf } from './ditherOf.js';
import type { Frame, Picture } from './Frame.js';
import { floatOfHalf } from './halfFloat.js';
import { srgbQuantizer } from './srgbQuantizer.js';
import { TONE_MAPS, exposureFactor } from './toneMaps.js';
import type { ToneMap } from './toneMaps.js';

/** How a frame is developed. None of it is in the manifest: the artist may change it at any time. */
export interface Look {
  toneMap: ToneMap;
  /** Exposure in stops, -32 to 32: radiance is multiplied by 2^EV before the tone map. */
  exposureEv: number;
  /** `opaque`: RGB, coverage left out. `straight`: RGBA, for a frame on a transparent background. */
  alpha: 'opaque' | 'straight';
  /** Bits per channel. Colour of 8 bits is dithered. */
  bits: 8 | 16;
}

/**
 * Develops a frame: exposure, tone map, sRGB, and then the nearest of 65,535 steps, or one of 255 by the dither of the
 * pixel's position (ditherOf), the same for all three channels so that grey stays grey. Float64 throughout, from
 * operations that IEEE 754 defines to the bit, so the picture's bytes are the same on every machine.
 *
 * With straight alpha, a pixel's colour is that of what covers it: RGB is divided by coverage *before* the tone map, so
 * the half-covered pixels of an edge have the colour of the object and not of a black background. Where nothing covers,
 * all four are 0. Colour below zero counts as zero.
 */
export function develop(options: { frame: Frame; look: Look }): Picture {
  const { frame, look } = options;
  const { width, height, halfs } = frame;
  if (halfs.length !== width * height * 4)
    throw new InvariantError({ what: 'half floats of a frame', expected: width * height * 4, actual: halfs.length });
  if (!(Math.abs(look.exposureEv) <= 32))
    throw new BadInputError({
      message: `exposure must be from -32 to 32 EV, not ${look.exposureEv}`,
      facts: { exposureEv: look.exposureEv },
    });

  const channels = look.alpha === 'straight' ? 4 : 3;
  const steps = look.bits === 16 ? 65535 : 255;
  const data =
    look.bits === 16 ? new Uint16Array(width * height * channels) : new Uint8Array(width * height * channels);
  const exposure = exposureFactor(look.exposureEv);
  const toneMap = TONE_MAPS[look.toneMap];
  const dithered = look.bits === 8;
  const encode = dithered ? encodeDithered() : encode16();
  const rgb = new Float64Array(3);

  for (let pixel = 0; pixel < width * height; pixel++) {
    const coverage = channels === 4 ? Math.min(Math.max(floatOfHalf(halfs[pixel * 4 + 3]!), 0), 1) : 1;
    if (coverage === 0) continue;
    const scale = exposure / coverage;
    for (let i = 0; i < 3; i++) rgb[i] = Math.max(floatOfHalf(halfs[pixel * 4 + i]!) * scale, 0);
    toneMap(rgb);
    const dither = dithered ? ditherOf(pixel % width, Math.floor(pixel / width)) : 0;
    for (let i = 0; i < 3; i++) {
      const code = encode(rgb[i]!);
      data[pixel * channels + i] = dithered ? (code + dither) >>> DITHER_BITS : code;
    }
    if (channels === 4) data[pixel * 4 + 3] = Math.floor(coverage * steps + 0.5);
  }
  return { width, height, channels, bits: look.bits, data };
}

// Tables of 65,000 steps: made once, at the first picture that needs them.
const encodeDithered = once(() => srgbQuantizer(255 << DITHER_BITS));
const encode16 = once(() => srgbQuantizer(65535));

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
