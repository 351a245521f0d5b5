import {
  MATERIAL,
  MATERIAL_BLEND,
  MATERIAL_COLORS,
  MATERIAL_DOUBLE_SIDED,
  MATERIAL_MASK,
  MATERIAL_UNLIT,
  MATERIAL_WORDS,
} from '../../kernels/generated/layout.js';
import { RecordView } from '../../kernels/RecordView.js';
import { MATERIAL_TEXTURES } from '../materialTextures.js';
import type { PosedMaterial, PosedScene } from '../PosedScene.js';
import { writeSlot } from './packTextures.js';
import type { PackedTextures } from './packTextures.js';
import { settled, settledColor } from './settled.js';
import { sharedBytes } from './sharedBytes.js';

/** Packs `Material` records, in the scene's order. */
export function packMaterials(scene: PosedScene, textures: PackedTextures): Uint8Array {
  const bytes = sharedBytes(scene.materials.length * MATERIAL_WORDS * 4);
  const record = new RecordView<'Material'>(bytes, MATERIAL_WORDS);
  scene.materials.forEach((material, index) => {
    record.seek(index);
    record.setVec4f(MATERIAL.baseColor, ...settledColor(material.baseColor));
    record.setVec3f(MATERIAL.emissive, ...settledColor(material.emissive));
    record.setF32(MATERIAL.alphaCutoff, material.alphaCutoff);
    record.setF32(MATERIAL.metallic, settled(material.metallic));
    record.setF32(MATERIAL.roughness, material.roughness);
    record.setF32(MATERIAL.transmission, settled(material.transmission));
    record.setF32(MATERIAL.ior, indexOfRefraction(material));
    record.setF32(MATERIAL.specular, settled(material.specular));
    record.setVec4f(MATERIAL.specularColor, ...settledColor(material.specularColor), 0);
    record.setF32(MATERIAL.normalScale, material.normalScale);
    record.setU32(MATERIAL.flags, flagsOf(material, scene.colors !== null));
    for (const name of MATERIAL_TEXTURES) {
      const slot = material[name];
      if (slot !== null) writeSlot(record.within(MATERIAL[name]), slot, scene.textures, textures);
    }
  });
  return bytes;
}

/**
 * At 1 exactly nothing would refract and microfacets could not be told from the direction: the least index is a little
 * above.
 */
function indexOfRefraction(material: PosedMaterial): number {
  return Math.max(material.ior, 1.001);
}

function flagsOf(material: PosedMaterial, colors: boolean): number {
  let flags = 0;
  if (material.alphaMode === 'mask') flags |= MATERIAL_MASK;
  if (material.alphaMode === 'blend') flags |= MATERIAL_BLEND;
  if (material.doubleSided) flags |= MATERIAL_DOUBLE_SIDED;
  if (material.unlit) flags |= MATERIAL_UNLIT;
  if (colors) flags |= MATERIAL_COLORS;
  return flags;
}
