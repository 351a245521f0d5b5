import decodeJpeg, { init as initJpeg } from '@jsquash/jpeg/decode.js';
import decodePng, { init as initPng } from '@jsquash/png/decode.js';
import decodeWebp, { init as initWebp } from '@jsquash/webp/decode.js';
import { BadSceneError } from './BadSceneError.js';
import { compileDecoder } from './compileDecoder.js';
import { imageHeaderOf, type ImageKind, imageKindOf } from './imageHeaderOf.js';
import { reasonOf } from './reasonOf.js';
import { SCENE_LIMITS } from './SCENE_LIMITS.js';
import { SceneBudget } from './SceneBudget.js';

/** A decoded image, row 0 first, alpha not premultiplied, no colour conversion. */
export interface DecodedImage {
  width: number;
  height: number;
  rgba: Uint8Array;
}

/**
 * Decodes a JPEG, PNG or WebP with a WebAssembly decoder: the same bytes on every machine, which native decoders do not
 * promise. The size is read from the header and counted against the budget before a decoder allocates. Throws
 * BadSceneError for what is damaged, too large or of another kind.
 */
export async function decodeImage(options: {
  file: string;
  where: string;
  bytes: Uint8Array;
  budget?: SceneBudget | undefined;
}): Promise<DecodedImage> {
  const { file, where, bytes, budget = new SceneBudget() } = options;
  const kind = imageKindOf(bytes);
  const refuse = (what: string, advice: string, cause?: unknown): BadSceneError =>
    new BadSceneError({ file, where, what, advice, cause });
  if (kind === 'unknown' || kind === 'ktx2')
    throw refuse(
      kind === 'ktx2' ? 'KTX2 images are not read' : 'the image is neither JPEG, PNG nor WebP',
      'Save the image as PNG, JPEG or WebP.',
    );
  const size = imageHeaderOf(kind, bytes);
  if (size === 'several')
    throw refuse('the JPEG image is damaged: its header states more than one size', 'Save the image again.');
  if (size === undefined || size.width === 0 || size.height === 0)
    throw refuse(`the ${kind.toUpperCase()} image is damaged: its header states no size`, 'Save the image again.');
  if (size.width > SCENE_LIMITS.imageSide || size.height > SCENE_LIMITS.imageSide)
    throw refuse(
      `the image is ${size.width} x ${size.height} pixels, more than ${SCENE_LIMITS.imageSide} a side`,
      'Scale the image down.',
    );
  // The decoders draw what is there and leave the rest empty; a file that ends early must not become a texture that
  // does.
  if (!isWhole(kind, bytes))
    throw refuse(`the ${kind.toUpperCase()} image is cut short`, 'Copy or save the image again.');
  const pixels = size.width * size.height;
  const cost = { file, where, what: `a ${kind.toUpperCase()} image of ${size.width} x ${size.height} pixels` };
  // The decoder's memory never shrinks: the largest image counts once for it, beside what each image becomes.
  budget.raise(kind, { ...cost, bytes: size.decoderBytesPerPixel * pixels + 3 * bytes.length });
  budget.hold({ ...cost, bytes: 4 * pixels });
  try {
    const { width, height, data } = await DECODERS[kind](bytes);
    if (width !== size.width || height !== size.height || data.length !== 4 * width * height)
      throw new Error(`decoded to ${width} x ${height}, announced ${size.width} x ${size.height}`);
    // The decoders hand out a copy of their own memory, so that this is the image's alone.
    return { width, height, rgba: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
  } catch (cause) {
    throw refuse(`the ${kind.toUpperCase()} image is damaged (${reasonOf(cause)})`, 'Save the image again.', cause);
  }
}

const started = new Map<ImageKind, Promise<unknown>>();

/** Compiles a decoder once per process, from the .wasm inside its package. */
function startOnce(
  kind: ImageKind,
  wasm: string,
  init: (module?: WebAssembly.Module) => Promise<unknown>,
): Promise<unknown> {
  const running = started.get(kind) ?? compileDecoder(wasm).then(init);
  started.set(kind, running);
  return running;
}

/** The decoders take whole ArrayBuffers. */
function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer as ArrayBuffer;
}

const DECODERS: Record<'jpeg' | 'png' | 'webp', (bytes: Uint8Array) => Promise<ImageData>> = {
  async jpeg(bytes) {
    // libjpeg remarks on harmless oddities of files that every viewer shows; nobody reads its console. The typings know
    // one parameter of two.
    const init = initJpeg as (module: WebAssembly.Module | undefined, options: { printErr(): void }) => Promise<void>;
    await startOnce('jpeg', '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm', (module) =>
      init(module, { printErr: () => undefined }),
    );
    return decodeJpeg(bufferOf(bytes));
  },
  async png(bytes) {
    await startOnce('png', '@jsquash/png/codec/pkg/squoosh_png_bg.wasm', initPng);
    return decodePng(bufferOf(bytes));
  },
  async webp(bytes) {
    await startOnce('webp', '@jsquash/webp/codec/dec/webp_dec.wasm', initWebp);
    return decodeWebp(bufferOf(bytes));
  },
};

/**
 * Whether a file's last part is there: PNG's end chunk, JPEG's end marker after its scan, the length that WebP states.
 */
function isWhole(kind: 'jpeg' | 'png' | 'webp', bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (kind === 'webp') return view.getUint32(4, true) + 8 <= bytes.length;
  if (kind === 'png') {
    for (let at = 8; at + 12 <= bytes.length; at += 12 + view.getUint32(at))
      if (view.getUint32(at + 4) === 0x49454e44) return true;
    return false;
  }
  // An end marker cannot occur inside entropy-coded data, where 0xff is always followed by 0; before the last scan it
  // may, in a thumbnail.
  for (let at = bytes.length - 2; at >= 0; at--) {
    if (bytes[at] !== 0xff) continue;
    if (bytes[at + 1] === 0xd9) return true;
    if (bytes[at + 1] === 0xda) return false;
  }
  return false;
}
