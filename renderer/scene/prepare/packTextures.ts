import { RushesError } from '../../../protocol/errors.js';
import {
  SLOT_CLAMP_S,
  SLOT_CLAMP_T,
  SLOT_MIRROR_S,
  SLOT_MIRROR_T,
  SLOT_NEAREST,
  SLOT_SRGB,
  SLOT_USED,
  SLOT_UV1,
  TEXTURE_SLOT,
} from '../../kernels/generated/layout.js';
import type { RecordView } from '../../kernels/RecordView.js';
import type { PosedTexture, TextureSlot } from '../PosedScene.js';
import { sharedBytes } from './sharedBytes.js';

/** All texels of a scene in one buffer, and where each texture and what follows them begin (in texels). */
export interface PackedTextures {
  texels: Uint8Array;
  first: number[];
  firstAfter: number;
}

/**
 * Lays the textures behind one another, one little-endian word (red lowest) per texel.
 * @param after what else the kernel reads as texels, behind them.
 */
export function packTextures(
  textures: readonly PosedTexture[],
  after: readonly (Uint8Array | Float32Array)[] = [],
): PackedTextures {
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
  const texels = sharedBytes(count * 4 + after.reduce((sum, { byteLength }) => sum + byteLength, 0));
  textures.forEach((texture, index) => texels.set(texture.rgba, first[index]! * 4));
  let at = count * 4;
  for (const { buffer, byteOffset, byteLength } of after) {
    texels.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return { texels, first, firstAfter: count };
}

/** Writes one `TextureSlot` record; a slot that is not written is unused. */
export function writeSlot(
  record: RecordView<'TextureSlot'>,
  slot: TextureSlot,
  textures: readonly PosedTexture[],
  packed: PackedTextures,
): void {
  const texture = textures[slot.texture];
  if (texture === undefined)
    throw new RushesError({
      code: 'bad-texture',
      message: `A material names texture ${slot.texture} of ${textures.length}.`,
      facts: { texture: slot.texture },
    });
  const [a, b, c, d, x, y] = slot.transform;
  record.setVec4f(TEXTURE_SLOT.matrix, a, b, c, d);
  record.setVec2f(TEXTURE_SLOT.shift, x, y);
  record.setU32(TEXTURE_SLOT.first, packed.first[slot.texture]!);
  record.setU32(TEXTURE_SLOT.flags, flagsOf(texture, slot.uvSet));
  record.setU32(TEXTURE_SLOT.width, texture.width);
  record.setU32(TEXTURE_SLOT.height, texture.height);
}

function flagsOf(texture: PosedTexture, uvSet: 0 | 1): number {
  let flags: number = SLOT_USED;
  if (uvSet === 1) flags |= SLOT_UV1;
  if (texture.srgb) flags |= SLOT_SRGB;
  if (texture.filter === 'nearest') flags |= SLOT_NEAREST;
  if (texture.wrapS === 'clamp') flags |= SLOT_CLAMP_S;
  if (texture.wrapS === 'mirror') flags |= SLOT_MIRROR_S;
  if (texture.wrapT === 'clamp') flags |= SLOT_CLAMP_T;
  if (texture.wrapT === 'mirror') flags |= SLOT_MIRROR_T;
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
