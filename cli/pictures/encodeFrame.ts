import { develop } from '../../renderer/image/develop.js';
import { encodeExr } from '../../renderer/image/encodeExr.js';
import { encodePng } from '../../renderer/image/encodePng.js';
import type { Frame } from '../../renderer/image/Frame.js';
import { floatOfHalf } from '../../renderer/image/halfFloat.js';
import type { Manifest } from '../../protocol/manifest.js';
import { lookOf } from './lookOf.js';
import type { PictureFormat } from './pictureFormats.js';
import type { ToneMap } from './toneMaps.js';

/** The bytes of a picture file of a frame. Tone map and exposure (stops) do nothing to OpenEXR, which keeps radiance. */
export async function encodeFrame({
  frame,
  format,
  tone,
  exposure,
  background,
}: {
  frame: Frame;
  format: PictureFormat;
  tone: ToneMap;
  exposure: number;
  /** Of the job: a transparent one gives a PNG an alpha channel. */
  background: Manifest['background'];
}): Promise<Uint8Array> {
  const { width, height, halfs } = frame;
  switch (format) {
    case 'png':
    case 'png16': {
      const look = lookOf({ tone, exposure }, { background });
      return encodePng(develop({ frame, look: { ...look, bits: format === 'png' ? 8 : 16 } }));
    }
    case 'exr':
    case 'exr32': {
      const values = format === 'exr' ? halfs : Float32Array.from(halfs, floatOfHalf);
      return encodeExr({ width, height, layers: [{ name: null, channels: ['R', 'G', 'B', 'A'], values }] });
    }
  }
}
