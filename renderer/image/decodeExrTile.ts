import { latin1OfBytes } from '../../protocol/bytes.js';
import { MalformedError } from '../../protocol/errors.js';
import {
  EXR_BYTES_PER_PIXEL,
  EXR_CHANNELS,
  EXR_COMPRESSION,
  EXR_LINES_PER_BLOCK,
  EXR_LINE_ORDER,
  EXR_MAGIC,
  EXR_VERSION,
  exrWindow,
} from './exrLayout.js';
import { inflate } from './inflate.js';

const MAX_HEADER_BYTES = 4096;

/** The most bytes that a well-formed tile of this size can have: what to bound its download by. */
export function exrTileMaxBytes(size: { width: number; height: number }): number {
  return (
    MAX_HEADER_BYTES +
    Math.ceil(size.height / EXR_LINES_PER_BLOCK) * 16 +
    size.width * size.height * EXR_BYTES_PER_PIXEL
  );
}

/**
 * The half floats of a tile that encodeExrTile wrote: RGBA, rows top-down.
 *
 * The bytes come from a worker nobody vouches for, so they are read by this strict reader and not by three's EXRLoader,
 * which takes sizes and compression from the file's own words. Refused with MalformedError: another size than asked
 * for, other channels, compression or line order, tiled, deep or multi-part files, blocks that overlap, leave gaps or
 * inflate to another length, bytes after the end, numbers that are not finite. Memory stays within the file plus twice
 * the pixels.
 */
export function decodeExrTile(options: { bytes: Uint8Array; width: number; height: number }): Uint16Array {
  const { bytes, width, height } = options;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length > exrTileMaxBytes(options))
    throw malformed(`${bytes.length} bytes are more than ${width}x${height} pixels can have`, options);
  const bodyAt = checkHeader(view, options);

  // Read the blocks, which must follow the offset table without gap or overlap.
  const halfs = new Uint16Array(width * height * 4);
  const blockCount = Math.ceil(height / EXR_LINES_PER_BLOCK);
  let at = bodyAt + blockCount * 8;
  if (at > bytes.length) throw malformed('it ends within its offset table', options);
  for (let block = 0; block < blockCount; block++) {
    const row = block * EXR_LINES_PER_BLOCK;
    const lines = Math.min(EXR_LINES_PER_BLOCK, height - row);
    const rawBytes = lines * width * EXR_BYTES_PER_PIXEL;
    if (view.getBigUint64(bodyAt + block * 8, true) !== BigInt(at))
      throw malformed(`block ${block} is not where the blocks before it end`, options);
    if (at + 8 > bytes.length) throw malformed(`it ends before block ${block}`, options);
    if (view.getInt32(at, true) !== row) throw malformed(`block ${block} does not begin at row ${row}`, options);
    const size = view.getUint32(at + 4, true);
    if (size > rawBytes || at + 8 + size > bytes.length)
      throw malformed(`block ${block} claims ${size} bytes`, options);
    const packed = bytes.subarray(at + 8, at + 8 + size);
    // A block that deflate would not have made smaller is stored as it is.
    const raw = size === rawBytes ? packed : unpackedBlock(packed, rawBytes, block, options);
    spreadChannels({ raw, width, lines, halfs: halfs.subarray(row * width * 4) });
    at += 8 + size;
  }
  if (at !== bytes.length) throw malformed(`${bytes.length - at} bytes follow its last block`, options);
  if (halfs.some((half) => (half & 0x7c00) === 0x7c00)) throw malformed('it holds an infinity or NaN', options);
  return halfs;
}

/** Checks every attribute that says how to read the pixels; returns where the offset table begins. */
function checkHeader(view: DataView, size: { width: number; height: number }): number {
  const text = latin1OfBytes(new Uint8Array(view.buffer, view.byteOffset, Math.min(view.byteLength, MAX_HEADER_BYTES)));
  if (text.length < 8 || view.getUint32(0, true) !== EXR_MAGIC)
    throw malformed('it does not begin as OpenEXR files do', size);
  if (view.getUint32(4, true) !== EXR_VERSION) throw malformed('it is not one part of scanlines', size);
  const required = new Map([
    ['channels', EXR_CHANNELS],
    ['compression', EXR_COMPRESSION],
    ['dataWindow', exrWindow(size)],
    ['lineOrder', EXR_LINE_ORDER],
  ]);
  const seen = new Set<string>();
  let at = 8;
  while (text[at] !== '\0') {
    const nameEnd = text.indexOf('\0', at);
    const typeEnd = nameEnd < 0 ? -1 : text.indexOf('\0', nameEnd + 1);
    if (typeEnd < 0 || typeEnd + 5 > text.length) throw malformed('its header has no end', size);
    const name = text.slice(at, nameEnd);
    const valueAt = typeEnd + 5;
    const valueEnd = valueAt + view.getUint32(typeEnd + 1, true);
    if (valueEnd >= text.length) throw malformed('its header has no end', size);
    if (seen.has(name)) throw malformed(`its header says ${name.slice(0, 40)} twice`, size);
    const wanted = required.get(name);
    if (wanted !== undefined && wanted !== text.slice(valueAt, valueEnd))
      throw malformed(
        `its ${name} is not that of a ${size.width}x${size.height} tile of half-float RGBA with ZIP compression`,
        size,
      );
    seen.add(name);
    at = valueEnd;
  }
  for (const name of required.keys()) if (!seen.has(name)) throw malformed(`its header says no ${name}`, size);
  return at + 1;
}

/** Inflates a block and undoes OpenEXR's predictor and byte reordering. */
function unpackedBlock(
  packed: Uint8Array,
  rawBytes: number,
  block: number,
  size: { width: number; height: number },
): Uint8Array {
  let inflated: Uint8Array;
  try {
    inflated = inflate({ packed, maxBytes: rawBytes });
  } catch {
    throw malformed(`block ${block} does not inflate to ${rawBytes} bytes`, size);
  }
  if (inflated.length !== rawBytes)
    throw malformed(`block ${block} inflates to ${inflated.length} bytes, not ${rawBytes}`, size);
  // Each byte is the difference from the one before, plus 128; the first half of the bytes are the even ones.
  for (let i = 1; i < rawBytes; i++) inflated[i] = inflated[i - 1]! + inflated[i]! - 128;
  const raw = new Uint8Array(rawBytes);
  const half = rawBytes / 2;
  for (let i = 0; i < half; i++) {
    raw[2 * i] = inflated[i]!;
    raw[2 * i + 1] = inflated[half + i]!;
  }
  return raw;
}

/** A block holds line after line, and in each the A, B, G and R values of the whole line. */
function spreadChannels(options: { raw: Uint8Array; width: number; lines: number; halfs: Uint16Array }): void {
  const { raw, width, lines, halfs } = options;
  for (let line = 0; line < lines; line++) {
    for (let channel = 0; channel < 4; channel++) {
      const begin = (line * 4 + channel) * width * 2;
      for (let x = 0; x < width; x++)
        halfs[(line * width + x) * 4 + 3 - channel] = raw[begin + 2 * x]! | (raw[begin + 2 * x + 1]! << 8);
    }
  }
}

function malformed(reason: string, size: { width: number; height: number }): MalformedError {
  return new MalformedError({
    what: `EXR tile of ${size.width}x${size.height}`,
    reason,
    facts: { width: size.width, height: size.height },
  });
}
