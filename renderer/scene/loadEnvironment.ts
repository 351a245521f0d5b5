import { FloatType, RedFormat } from 'three';
import { EXRLoader } from 'three/addons/loaders/EXRLoader.js';
import { HDRLoader } from 'three/addons/loaders/HDRLoader.js';
import { BadSceneError } from './BadSceneError.js';
import type { PosedEnvironment } from './PosedScene.js';
import { SCENE_LIMITS } from './SCENE_LIMITS.js';

/**
 * Decodes an equirectangular environment: Radiance .hdr through three's HDRLoader, OpenEXR through its EXRLoader, told
 * apart by their first bytes. Values that no light has are mended in a stated way: negative and not-a-number become 0,
 * infinite becomes 65504, the largest half float. Throws BadSceneError for what is damaged, cut short, too large or of
 * another kind.
 */
export function loadEnvironment(options: { path: string; bytes: Uint8Array; intensity?: number }): PosedEnvironment {
  const { path, intensity = 1 } = options;
  const bytes = new Uint8Array(options.bytes);
  const isHdr = bytes[0] === 0x23 && bytes[1] === 0x3f;
  const isExr = bytes[0] === 0x76 && bytes[1] === 0x2f && bytes[2] === 0x31 && bytes[3] === 0x01;
  if (!isHdr && !isExr)
    throw new BadSceneError({
      file: path,
      what: 'it is neither a Radiance .hdr nor an OpenEXR image',
      advice: 'Convert the environment to .hdr or .exr, equirectangular.',
    });
  const announced = isHdr ? checkHdr(path, bytes) : sizeOfExr(path, bytes);
  if (!(
    announced.width >= 1 &&
    announced.height >= 1 &&
    announced.width <= SCENE_LIMITS.imageSide &&
    announced.height <= SCENE_LIMITS.imageSide
  )) {
    throw new BadSceneError({
      file: path,
      what: `it is ${announced.width} x ${announced.height} pixels; sides lie between 1 and ${SCENE_LIMITS.imageSide}`,
      advice: 'Scale the environment down.',
    });
  }
  try {
    return { ...(isHdr ? decodeHdr(bytes) : decodeExr(bytes)), intensity };
  } catch (cause) {
    throw new BadSceneError({
      file: path,
      what: `it cannot be decoded (${cause instanceof Error ? cause.message : String(cause)})`,
      advice: 'The file is damaged or cut short: download or export it again.',
      cause,
    });
  }
}

function decodeHdr(bytes: Uint8Array): Omit<PosedEnvironment, 'intensity'> {
  const { width, height, data } = new HDRLoader().setDataType(FloatType).parse(bytes.buffer as ArrayBuffer) as {
    width: number;
    height: number;
    data: Float32Array;
  };
  if (data.length < 4 * width * height) throw new Error('pixels are missing');
  return { width, height, rgb: mendedRgb({ data, width, height, components: 4, bottomUp: false }) };
}

function decodeExr(bytes: Uint8Array): Omit<PosedEnvironment, 'intensity'> {
  const { width, height, data, format } = new EXRLoader().setDataType(FloatType).parse(bytes.buffer as ArrayBuffer) as {
    width: number;
    height: number;
    data: Float32Array;
    format: number;
  };
  // three keeps the rows of an EXR bottom-up, those of an HDR top-down.
  return {
    width,
    height,
    rgb: mendedRgb({ data, width, height, components: format === RedFormat ? 1 : 4, bottomUp: true }),
  };
}

function mendedRgb(options: {
  data: Float32Array;
  width: number;
  height: number;
  components: 1 | 4;
  bottomUp: boolean;
}): Float32Array {
  const { data, width, height, components, bottomUp } = options;
  const rgb = new Float32Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    const row = bottomUp ? height - 1 - y : y;
    for (let x = 0; x < width; x++) {
      for (let k = 0; k < 3; k++) {
        const value = data[components * (row * width + x) + (components === 1 ? 0 : k)] as number;
        rgb[3 * (y * width + x) + k] = value > 0 ? Math.min(value, Number.isFinite(value) ? value : 65504) : 0;
      }
    }
  }
  return rgb;
}

/**
 * The size an .hdr announces, after walking its scanlines: three's loader takes a file that ends early for a dark one.
 */
function checkHdr(path: string, bytes: Uint8Array): { width: number; height: number } {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 65_536)).toString('latin1');
  const match = /\n-Y +(\d+) +\+X +(\d+) *\n/.exec(head);
  if (match === null)
    throw new BadSceneError({
      file: path,
      where: 'header',
      what: 'no line "-Y height +X width"',
      advice: 'Save the environment as .hdr with rows from top to bottom.',
    });
  const [height, width] = [Number(match[1]), Number(match[2])];
  const cutShort = (row: number): BadSceneError =>
    new BadSceneError({
      file: path,
      what: `the file ends in row ${row} of ${height}`,
      advice: 'It was cut short: download or export it again.',
    });
  let at = match.index + match[0].length;
  const encoded =
    width >= 8 && width <= 0x7fff && bytes[at] === 2 && bytes[at + 1] === 2 && ((bytes[at + 2] ?? 0x80) & 0x80) === 0;
  if (!encoded) {
    if (at + 4 * width * height > bytes.length)
      throw cutShort(Math.floor((bytes.length - at) / (4 * Math.max(1, width))));
    return { width, height };
  }
  for (let row = 0; row < height; row++) {
    at += 4;
    for (let filled = 0; filled < 4 * width;) {
      const count = bytes[at];
      if (count === undefined) throw cutShort(row);
      if (count === 0)
        throw new BadSceneError({
          file: path,
          where: `row ${row}`,
          what: 'a run of length 0',
          advice: 'The file is damaged: download or export it again.',
        });
      filled += count > 128 ? count - 128 : count;
      at += count > 128 ? 2 : 1 + count;
    }
    if (at > bytes.length) throw cutShort(row);
  }
  return { width, height };
}

/** The size an .exr announces in its dataWindow, read before anything is allocated for it. */
function sizeOfExr(path: string, bytes: Uint8Array): { width: number; height: number } {
  const view = new DataView(bytes.buffer);
  const text = (from: number): string => {
    const end = bytes.indexOf(0, from);
    return end < 0 ? '' : Buffer.from(bytes.buffer, from, end - from).toString('latin1');
  };
  for (let at = 8; at < bytes.length;) {
    const name = text(at);
    if (name === '') break;
    const type = text(at + name.length + 1);
    const sizeAt = at + name.length + type.length + 2;
    if (sizeAt + 4 > bytes.length) break;
    if (name === 'dataWindow' && sizeAt + 20 <= bytes.length)
      return {
        width: view.getInt32(sizeAt + 12, true) - view.getInt32(sizeAt + 4, true) + 1,
        height: view.getInt32(sizeAt + 16, true) - view.getInt32(sizeAt + 8, true) + 1,
      };
    at = sizeAt + 4 + view.getUint32(sizeAt, true);
  }
  throw new BadSceneError({
    file: path,
    where: 'header',
    what: 'no dataWindow',
    advice: 'The file is damaged or cut short: download or export it again.',
  });
}
