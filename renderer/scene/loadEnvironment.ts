import { FloatType, RedFormat } from 'three';
import { EXRLoader } from 'three/addons/loaders/EXRLoader.js';
import { latin1OfBytes } from '../../protocol/bytes.js';
import { BadSceneError } from './BadSceneError.js';
import { decodeHdr } from './decodeHdr.js';
import type { PosedEnvironment } from './PosedScene.js';
import { MOST_FLOAT_TEXELS } from './prepare/packEnvironment.js';
import { reasonOf } from './reasonOf.js';
import { SCENE_LIMITS } from './SCENE_LIMITS.js';
import { SceneBudget } from './SceneBudget.js';

/** Bytes per pixel of an environment that is floats for the kernel: RGB as it was read, RGBA as it is packed. */
const FLOATS_BYTES_PER_PIXEL = 12 + 16;
/**
 * Bytes per pixel of one that is not: four in the process that loads the scene and four that it packs, four that its
 * parent receives and four in the memory of the render threads.
 */
const RGBE_BYTES_PER_PIXEL = 4 * 4;
/** Bytes per pixel of a decoded EXR, while both it and what becomes of it are there. */
const EXR_BYTES_PER_PIXEL = 16 + 12;

/**
 * Decodes an equirectangular environment: Radiance .hdr, or OpenEXR through three's EXRLoader, told apart by their
 * first bytes. Values that no light has, which an .hdr cannot state, are mended in a stated way: negative and
 * not-a-number become 0, infinite becomes 65504, the largest half float. Throws BadSceneError for what is damaged, cut
 * short, too large or of another kind.
 * @param budget the memory that the scene and its environment may take together.
 */
export function loadEnvironment(options: {
  path: string;
  bytes: Uint8Array;
  intensity?: number;
  budget?: SceneBudget | undefined;
}): PosedEnvironment {
  const { path, intensity = 1, budget = new SceneBudget() } = options;
  const given = options.bytes;
  const bytes = new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
  const isHdr = bytes[0] === 0x23 && bytes[1] === 0x3f;
  const isExr = bytes[0] === 0x76 && bytes[1] === 0x2f && bytes[2] === 0x31 && bytes[3] === 0x01;
  if (!isHdr && !isExr)
    throw new BadSceneError({
      file: path,
      what: 'it is neither a Radiance .hdr nor an OpenEXR image',
      advice: 'Convert the environment to .hdr or .exr, equirectangular.',
    });
  const admit = ({ width, height }: { width: number; height: number }): void => {
    if (!(width >= 1 && height >= 1 && width <= SCENE_LIMITS.imageSide && height <= SCENE_LIMITS.imageSide)) {
      throw new BadSceneError({
        file: path,
        what: `it is ${width} x ${height} pixels; sides lie between 1 and ${SCENE_LIMITS.imageSide}`,
        advice: 'Scale the environment down.',
      });
    }
    const what = `the environment of ${width} x ${height} pixels`;
    if (isExr) budget.afford({ file: path, what, bytes: EXR_BYTES_PER_PIXEL * width * height + bytes.length });
    const inFloats = isExr || width * height <= MOST_FLOAT_TEXELS;
    budget.hold({
      file: path,
      what,
      bytes: (inFloats ? FLOATS_BYTES_PER_PIXEL : RGBE_BYTES_PER_PIXEL) * width * height,
    });
  };
  try {
    if (isHdr) return { ...decodeHdr({ path, bytes, admit }), intensity };
    admit(sizeOfExr(path, bytes));
    return { ...decodeExr(bytes), intensity };
  } catch (cause) {
    if (cause instanceof BadSceneError) throw cause;
    throw new BadSceneError({
      file: path,
      what: `it cannot be decoded (${reasonOf(cause)})`,
      advice: 'The file is damaged or cut short: download or export it again.',
      cause,
    });
  }
}

function decodeExr(bytes: Uint8Array): { width: number; height: number; rgb: Float32Array } {
  // The loader takes whole ArrayBuffers.
  const whole = bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
  const { width, height, data, format } = new EXRLoader().setDataType(FloatType).parse(whole.buffer as ArrayBuffer) as {
    width: number;
    height: number;
    data: Float32Array;
    format: number;
  };
  // three keeps the rows of an EXR bottom-up, those of an HDR top-down.
  return {
    width,
    height,
    rgb: mendedRgb({ data, width, height, components: format === RedFormat ? 1 : 4 }),
  };
}

function mendedRgb(options: { data: Float32Array; width: number; height: number; components: 1 | 4 }): Float32Array {
  const { data, width, height, components } = options;
  const rgb = new Float32Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    const row = height - 1 - y;
    for (let x = 0; x < width; x++) {
      for (let k = 0; k < 3; k++) {
        const value = data[components * (row * width + x) + (components === 1 ? 0 : k)] as number;
        rgb[3 * (y * width + x) + k] = value > 0 ? Math.min(value, Number.isFinite(value) ? value : 65504) : 0;
      }
    }
  }
  return rgb;
}

/** The size an .exr announces in its dataWindow, read before anything is allocated for it. */
function sizeOfExr(path: string, bytes: Uint8Array): { width: number; height: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = (from: number): string => {
    const end = bytes.indexOf(0, from);
    return end < 0 ? '' : latin1OfBytes(bytes.subarray(from, end));
  };
  const bad = (what: string): BadSceneError =>
    new BadSceneError({
      file: path,
      where: 'header',
      what,
      advice: 'The file is damaged or cut short: download or export it again.',
    });
  let size: { width: number; height: number } | undefined;
  for (let at = 8; at < bytes.length;) {
    const name = text(at);
    if (name === '') break;
    const type = text(at + name.length + 1);
    const sizeAt = at + name.length + type.length + 2;
    if (sizeAt + 4 > bytes.length) break;
    if (name === 'dataWindow' && sizeAt + 20 <= bytes.length) {
      if (size !== undefined) throw bad('more than one dataWindow');
      size = {
        width: view.getInt32(sizeAt + 12, true) - view.getInt32(sizeAt + 4, true) + 1,
        height: view.getInt32(sizeAt + 16, true) - view.getInt32(sizeAt + 8, true) + 1,
      };
    }
    at = sizeAt + 4 + view.getUint32(sizeAt, true);
  }
  if (size === undefined) throw bad('no dataWindow');
  return size;
}
