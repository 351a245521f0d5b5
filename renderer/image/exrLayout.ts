import { latin1OfBytes } from '../../protocol/bytes.js';

// The form of OpenEXR files that tiles travel in, by the file layout of openexr.com: version 2, one part of scanlines,
// channels A, B, G, R of half floats, ZIP compression, 16 lines per block.

export const EXR_MAGIC = 20000630;
/** Version 2 without any flag: no tiles, no long names, not deep, one part. */
export const EXR_VERSION = 2;
export const EXR_LINES_PER_BLOCK = 16;
/** Four half floats. */
export const EXR_BYTES_PER_PIXEL = 8;

/** Value of the attribute `compression`: ZIP. */
export const EXR_COMPRESSION = '\u0003';
/** Value of `lineOrder`: increasing y. */
export const EXR_LINE_ORDER = '\0';
/** How a channel's values are stored. */
export type ExrPixelType = 'half' | 'float';
const PIXEL_TYPES: Readonly<Record<ExrPixelType, string>> = { half: '\u0001', float: '\u0002' };

/**
 * Value of `channels`, whose names must ascend. An entry: name and its zero, u32 type, u8 linear, three reserved bytes,
 * u32 x and y sampling; a zero byte ends the list.
 */
export function exrChannels(channels: readonly { name: string; type: ExrPixelType }[]): string {
  const entries = channels.map(
    ({ name, type }) => `${name}\0${PIXEL_TYPES[type]}\0\0\0\0\0\0\0\u0001\0\0\0\u0001\0\0\0`,
  );
  return `${entries.join('')}\0`;
}

/** `channels` of a tile. */
export const EXR_CHANNELS = exrChannels(['A', 'B', 'G', 'R'].map((name) => ({ name, type: 'half' })));

/** Value of `dataWindow` and `displayWindow`: (0, 0) to (width - 1, height - 1) as int32, one character per byte. */
export function exrWindow({ width, height }: { width: number; height: number }): string {
  const view = new DataView(new ArrayBuffer(16));
  view.setInt32(8, width - 1, true);
  view.setInt32(12, height - 1, true);
  return latin1OfBytes(new Uint8Array(view.buffer));
}
