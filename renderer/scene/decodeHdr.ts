import { latin1OfBytes } from '../../protocol/bytes.js';
import { BadSceneError } from './BadSceneError.js';

/** Rows from top to bottom. */
export interface HdrImage {
  width: number;
  height: number;
  /** Mantissas of red, green and blue and their exponent for each pixel. */
  rgbe: Uint8Array;
}

const SCALES = Float64Array.from({ length: 256 }, (_, exponent) => 2 ** (exponent - 128) / 255);

/**
 * What a mantissa stands for, mantissa / 255 * 2^(exponent - 128) as three.js reads it, to float32: finite and not
 * negative.
 */
export function radianceOfRgbe(mantissa: number, exponent: number): number {
  return Math.fround(mantissa * (SCALES[exponent] as number));
}

/**
 * Unpacks a Radiance .hdr whose rows run from top to bottom, flat or run-length encoded: four bytes a pixel, and
 * nothing else of the image's size is allocated. `admit` is told the size before the pixels' memory is asked for, and
 * may throw. Throws BadSceneError for what is damaged or cut short.
 */
export function decodeHdr(options: {
  path: string;
  bytes: Uint8Array;
  admit: (size: { width: number; height: number }) => void;
}): HdrImage {
  const { path, bytes, admit } = options;
  const { width, height, pixelsAt } = readHeader(path, bytes);
  admit({ width, height });
  const rgbe = new Uint8Array(4 * width * height);
  let at = pixelsAt;
  if (!isRunLengthEncoded(bytes, at, width)) {
    if (at + rgbe.length > bytes.length)
      throw cutShort({ path, row: Math.floor((bytes.length - at) / (4 * width)), height });
    rgbe.set(bytes.subarray(at, at + rgbe.length));
    return { width, height, rgbe };
  }
  const planes = new Uint8Array(4 * width);
  for (let row = 0; row < height; row++) {
    at = readRow({ path, bytes, at, row, height, planes });
    for (let k = 0; k < 4; k++)
      for (let x = 0, to = 4 * row * width + k; x < width; x++, to += 4) rgbe[to] = planes[k * width + x] as number;
  }
  return { width, height, rgbe };
}

function readHeader(path: string, bytes: Uint8Array): { width: number; height: number; pixelsAt: number } {
  const head = latin1OfBytes(bytes.subarray(0, 65_536));
  const match = /\n-Y +(\d+) +\+X +(\d+) *\n/.exec(head);
  const bad = (what: string, advice: string): BadSceneError =>
    new BadSceneError({ file: path, where: 'header', what, advice });
  if (match === null)
    throw bad('no line "-Y height +X width"', 'Save the environment as .hdr with rows from top to bottom.');
  if (!/^\s*FORMAT=\S+\s*$/m.test(head.slice(0, match.index)))
    throw bad('no line "FORMAT=32-bit_rle_rgbe"', 'The file is damaged: download or export it again.');
  return { height: Number(match[1]), width: Number(match[2]), pixelsAt: match.index + match[0].length };
}

function isRunLengthEncoded(bytes: Uint8Array, at: number, width: number): boolean {
  return (
    width >= 8 && width <= 0x7fff && bytes[at] === 2 && bytes[at + 1] === 2 && ((bytes[at + 2] ?? 0x80) & 0x80) === 0
  );
}

/** Unpacks one row into its four planes; returns where the next begins. */
function readRow(options: {
  path: string;
  bytes: Uint8Array;
  at: number;
  row: number;
  height: number;
  planes: Uint8Array;
}): number {
  const { path, bytes, row, height, planes } = options;
  let at = options.at;
  const damaged = (what: string): BadSceneError =>
    new BadSceneError({
      file: path,
      where: `row ${row}`,
      what,
      advice: 'The file is damaged: download or export it again.',
    });
  if (at + 4 > bytes.length) throw cutShort({ path, row, height });
  const width = ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
  if (bytes[at] !== 2 || bytes[at + 1] !== 2 || 4 * width !== planes.length)
    throw damaged('the row does not begin as the ones before');
  at += 4;
  for (let filled = 0; filled < planes.length;) {
    const code = bytes[at++];
    if (code === undefined) throw cutShort({ path, row, height });
    const count = code > 128 ? code - 128 : code;
    if (count === 0) throw damaged('a run of length 0');
    if (filled + count > planes.length) throw damaged('a run beyond the end of the row');
    const end = at + (code > 128 ? 1 : count);
    if (end > bytes.length) throw cutShort({ path, row, height });
    if (code > 128) planes.fill(bytes[at] as number, filled, filled + count);
    else planes.set(bytes.subarray(at, end), filled);
    filled += count;
    at = end;
  }
  return at;
}

function cutShort({ path, row, height }: { path: string; row: number; height: number }): BadSceneError {
  return new BadSceneError({
    file: path,
    what: `the file ends in row ${row} of ${height}`,
    advice: 'It was cut short: download or export it again.',
  });
}
