import { DataTexture, HalfFloatType, RGBAFormat } from 'three';
import { EXRExporter, ZIP_COMPRESSION } from 'three/examples/jsm/exporters/EXRExporter.js';
import { InvariantError } from '../../protocol/errors.js';

/**
 * A tile, or a whole frame, as an OpenEXR file: one part of scanlines in increasing order, channels A, B, G, R of half floats,
 * ZIP compression in blocks of 16 lines. Every finite half float comes back as it was. The deflate is fflate's, in JavaScript,
 * so the same pixels give the same bytes, and with them the same CID, on every machine.
 * @param options.halfs RGBA, rows top-down; finite.
 */
export async function encodeExrTile(options: { width: number; height: number; halfs: Uint16Array }): Promise<Uint8Array> {
  const { width, height, halfs } = options;
  if (width < 1 || height < 1 || halfs.length !== width * height * 4) throw new InvariantError({ what: 'half floats of an EXR tile', expected: width * height * 4, actual: halfs.length });
  if (halfs.some((half) => (half & 0x7c00) === 0x7c00)) throw new InvariantError({ what: 'half floats of an EXR tile', expected: 'finite numbers', actual: 'an infinity or NaN' });

  // The exporter takes rows bottom-up, as textures have them.
  const bottomUp = new Uint16Array(halfs.length);
  for (let row = 0; row < height; row++) bottomUp.set(halfs.subarray(row * width * 4, (row + 1) * width * 4), (height - 1 - row) * width * 4);
  const texture = new DataTexture(bottomUp, width, height, RGBAFormat, HalfFloatType);
  try {
    return await new EXRExporter().parse(texture, { type: HalfFloatType, compression: ZIP_COMPRESSION });
  } finally {
    texture.dispose();
  }
}
