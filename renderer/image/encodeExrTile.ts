import { encodeExr } from './encodeExr.js';

/**
 * A tile as workers publish it: OpenEXR, one layer of half floats (exrLayout.ts). Hashes are over the half floats,
 * since the file's bytes may differ between machines.
 * @param options.halfs RGBA, rows top-down; finite.
 */
export async function encodeExrTile(options: {
  width: number;
  height: number;
  halfs: Uint16Array;
}): Promise<Uint8Array> {
  const { width, height, halfs } = options;
  return encodeExr({ width, height, layers: [{ name: null, channels: ['R', 'G', 'B', 'A'], values: halfs }] });
}
