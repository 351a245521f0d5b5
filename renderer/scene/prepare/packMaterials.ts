import type { PosedMaterial, PosedScene } from '../PosedScene.js';
import { MATERIAL_FLAGS, WORDS, sharedBytes, wordsOf } from './layout.js';
import { writeSlot } from './packTextures.js';
import type { PackedTextures } from './packTextures.js';

/** Packs `Material` records, in the scene's order. */
export function packMaterials(scene: PosedScene, textures: PackedTextures): Uint8Array {
  const bytes = sharedBytes(scene.materials.length * WORDS.material * 4);
  const target = wordsOf(bytes);
  scene.materials.forEach((material, index) => {
    const at = index * WORDS.material;
    target.floats.set(material.baseColor, at);
    target.floats.set(material.emissive, at + 4);
    target.floats.set(
      [
        material.alphaCutoff,
        material.metallic,
        material.roughness,
        material.transmission,
        indexOfRefraction(material),
        material.normalScale,
      ],
      at + 7,
    );
    target.words[at + 13] = flagsOf(material, scene.colors !== null);
    const slots = [
      material.baseColorTexture,
      material.metallicRoughnessTexture,
      material.normalTexture,
      material.emissiveTexture,
      material.transmissionTexture,
    ];
    slots.forEach((slot, number) => writeSlot(target, at + 16 + number * WORDS.slot, slot, scene.textures, textures));
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
  if (material.alphaMode === 'mask') flags |= MATERIAL_FLAGS.mask;
  if (material.alphaMode === 'blend') flags |= MATERIAL_FLAGS.blend;
  if (material.doubleSided) flags |= MATERIAL_FLAGS.doubleSided;
  if (material.unlit) flags |= MATERIAL_FLAGS.unlit;
  if (colors) flags |= MATERIAL_FLAGS.colors;
  return flags;
}
