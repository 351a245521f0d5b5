import { RushesError } from '../../../protocol/errors.js';
import type { PosedTexture, TextureSlot } from '../PosedScene.js';
import type { wordsOf } from './layout.js';
import { SLOT_FLAGS, sharedBytes } from './layout.js';

/** All texels of a scene in one buffer, and where each texture begins (in texels). */
export interface PackedTextures {
  texels: Uint8Array;
  first: number[];
}

/** Lays the textures behind one another, one little-endian word (red lowest) per texel. */
export function packTextures(textures: readonly PosedTexture[]): PackedTextures {
  const first: number[] = [];
  let count = 0;
  textures.forEach((texture, index) => {
    if (texture.rgba.byteLength !== texture.width * texture.height * 4 || texture.width < 1 || texture.height < 1) {
      throw new RushesError({
        code: 'bad-texture',
        message: `Texture ${index} has ${texture.rgba.byteLength} bytes for ${texture.width} x ${texture.height} texels.`,
        facts: { texture: index },
      });
    }
    first.push(count);
    count += texture.width * texture.height;
  });
  const texels = sharedBytes(count * 4);
  textures.forEach((texture, index) => texels.set(texture.rgba, first[index]! * 4));
  return { texels, first };
}

/** Writes one `TextureSlot` record at a word index; null leaves it unused. */
export function writeSlot(
  target: ReturnType<typeof wordsOf>,
  at: number,
  slot: TextureSlot | null,
  textures: readonly PosedTexture[],
  packed: PackedTextures,
): void {
  if (slot === null) return;
  const texture = textures[slot.texture];
  if (texture === undefined)
    throw new RushesError({
      code: 'bad-texture',
      message: `A material names texture ${slot.texture} of ${textures.length}.`,
      facts: { texture: slot.texture },
    });
  target.floats.set(slot.transform, at);
  target.words[at + 6] = packed.first[slot.texture]!;
  target.words[at + 7] = flagsOf(texture, slot.uvSet);
  target.words[at + 8] = texture.width;
  target.words[at + 9] = texture.height;
}

function flagsOf(texture: PosedTexture, uvSet: 0 | 1): number {
  let flags: number = SLOT_FLAGS.used;
  if (uvSet === 1) flags |= SLOT_FLAGS.uv1;
  if (texture.srgb) flags |= SLOT_FLAGS.srgb;
  if (texture.filter === 'nearest') flags |= SLOT_FLAGS.nearest;
  if (texture.wrapS === 'clamp') flags |= SLOT_FLAGS.clampS;
  if (texture.wrapS === 'mirror') flags |= SLOT_FLAGS.mirrorS;
  if (texture.wrapT === 'clamp') flags |= SLOT_FLAGS.clampT;
  if (texture.wrapT === 'mirror') flags |= SLOT_FLAGS.mirrorT;
  return flags;
}

/**
 * The 256 linear values of sRGB bytes, one vector each (IEC 61966-2-1).
 * x^2.4 is x^2 times the fifth root of x^2, by Newton's method: the same bits on every machine, unlike Math.pow.
 */
export function srgbTable(): Float32Array {
  const table = new Float32Array(256 * 4);
  for (let byte = 0; byte < 256; byte++) {
    const encoded = byte / 255;
    table[4 * byte] = encoded <= 0.04045 ? encoded / 12.92 : powerOf2Point4((encoded + 0.055) / 1.055);
  }
  return table;
}

function powerOf2Point4(x: number): number {
  const square = x * x;
  let root = 1;
  for (let i = 0; i < 64; i++) root = (4 * root + square / (root * root * root * root)) / 5;
  return square * root;
}
