/** What an image says of itself before it is decoded. */
export interface ImageHeader {
  width: number;
  height: number;
  /** Bytes per pixel that its decoder takes while it works, the copy that it hands out left out. */
  decoderBytesPerPixel: number;
}

export type ImageKind = 'jpeg' | 'png' | 'webp' | 'ktx2' | 'unknown';

/** What an image is by its first bytes; a file's extension or stated type may lie. */
export function imageKindOf(bytes: Uint8Array): ImageKind {
  const starts = (at: number, ...signature: number[]): boolean => signature.every((byte, i) => bytes[at + i] === byte);
  if (starts(0, 0xff, 0xd8, 0xff)) return 'jpeg';
  if (starts(0, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'png';
  if (starts(0, 0x52, 0x49, 0x46, 0x46) && starts(8, 0x57, 0x45, 0x42, 0x50)) return 'webp';
  if (starts(0, 0xab, 0x4b, 0x54, 0x58, 0x20)) return 'ktx2';
  return 'unknown';
}

/**
 * Reads an image's size from its header, and how much memory its decoder will take. Undefined where the header states
 * no size; `several` for a JPEG with more than one start of frame, of which nobody knows which counts.
 */
export function imageHeaderOf(kind: 'jpeg' | 'png' | 'webp', bytes: Uint8Array): ImageHeader | 'several' | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { jpeg: jpegHeaderOf, png: pngHeaderOf, webp: webpHeaderOf }[kind](view);
}

/** Channels by PNG's colour type; a palette may have alpha. */
const PNG_CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 4, 4: 2, 6: 4 };

function pngHeaderOf(view: DataView): ImageHeader | undefined {
  if (view.byteLength < 26) return undefined;
  const channels = PNG_CHANNELS[view.getUint8(25)] ?? 4;
  const rawBytes = channels * (view.getUint8(24) === 16 ? 2 : 1);
  // The decoder keeps the image as stored and as RGBA of 8 bits.
  return { width: view.getUint32(16), height: view.getUint32(20), decoderBytesPerPixel: rawBytes + 4 };
}

/** Walks the segments to the first scan. */
function jpegHeaderOf(view: DataView): ImageHeader | 'several' | undefined {
  let frame: (ReturnType<typeof jpegComponents> & { marker: number; width: number; height: number }) | undefined;
  for (let at = 2; at + 9 <= view.byteLength;) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      if (frame !== undefined) return 'several';
      frame = {
        marker,
        height: view.getUint16(at + 5),
        width: view.getUint16(at + 7),
        ...jpegComponents(view, at + 9),
      };
    }
    if (marker === 0xda) {
      if (frame === undefined) return undefined;
      // More than one scan, as progressive images have: the decoder keeps every coefficient, 16 bits each.
      const severalScans = (frame.marker & 3) === 2 || view.getUint8(at + 4) < frame.components;
      return {
        width: frame.width,
        height: frame.height,
        decoderBytesPerPixel: 4 + (severalScans ? 2 * frame.coefficientsPerPixel : 0),
      };
    }
    at += marker >= 0xd0 && marker <= 0xd9 ? 2 : 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** The components of a frame, and how many coefficients they have per pixel by their sampling. */
function jpegComponents(view: DataView, at: number): { components: number; coefficientsPerPixel: number } {
  const components = at < view.byteLength ? view.getUint8(at) : 0;
  let [blocks, widest, highest] = [0, 1, 1];
  for (let c = 0; c < components && at + 3 * c + 2 < view.byteLength; c++) {
    const sampling = view.getUint8(at + 3 * c + 2);
    blocks += (sampling >> 4) * (sampling & 15);
    widest = Math.max(widest, sampling >> 4);
    highest = Math.max(highest, sampling & 15);
  }
  return { components, coefficientsPerPixel: blocks / (widest * highest) };
}

function webpHeaderOf(view: DataView): ImageHeader | undefined {
  if (view.byteLength < 30) return undefined;
  const chunk = view.getUint32(12);
  // What is packed without loss, or has an extended header and may be, is kept twice.
  const decoderBytesPerPixel = chunk === 0x56503820 ? 5 : 8;
  if (chunk === 0x56503858)
    return {
      width: (view.getUint32(24, true) & 0xffffff) + 1,
      height: ((view.getUint32(26, true) >>> 8) & 0xffffff) + 1,
      decoderBytesPerPixel,
    }; // VP8X
  if (chunk === 0x5650384c) {
    const bits = view.getUint32(21, true); // VP8L
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1, decoderBytesPerPixel };
  }
  if (chunk === 0x56503820)
    return {
      width: view.getUint16(26, true) & 0x3fff,
      height: view.getUint16(28, true) & 0x3fff,
      decoderBytesPerPixel,
    }; // VP8
  return undefined;
}
