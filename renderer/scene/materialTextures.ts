import type { PosedMaterial, TextureSlot } from './PosedScene.js';

type MaterialTexture = {
  [Field in keyof PosedMaterial]: PosedMaterial[Field] extends TextureSlot | null ? Field : never;
}[keyof PosedMaterial];

const ALL: Record<MaterialTexture, true> = {
  baseColorTexture: true,
  metallicRoughnessTexture: true,
  normalTexture: true,
  emissiveTexture: true,
  transmissionTexture: true,
  specularTexture: true,
  specularColorTexture: true,
};

/** The fields of a material that name a texture. */
export const MATERIAL_TEXTURES = Object.keys(ALL) as MaterialTexture[];

/** Whether a material reads a texture with the second set of coordinates. */
export function readsSecondSet(material: PosedMaterial): boolean {
  return MATERIAL_TEXTURES.some((name) => material[name]?.uvSet === 1);
}
