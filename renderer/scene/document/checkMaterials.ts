import type { GltfMaterialExtensions } from '../GltfDocument.js';
import { ownEntry } from '../ownEntry.js';
import type { DocumentReader, Json } from './DocumentReader.js';

/** Images, textures and the materials that use them. */
export function checkMaterials(document: DocumentReader): void {
  document.each('images', (image, where) => checkImage(document, image, where));
  document.each('samplers', () => undefined);
  document.each('textures', (texture, where) => checkTexture(document, texture, where));
  document.each('materials', (material, where) => checkMaterial(document, material, where));
}

function checkImage(document: DocumentReader, image: Json, where: string): void {
  if (image['uri'] !== undefined && typeof image['uri'] !== 'string')
    throw document.bad(`${where}.uri`, 'not a string');
  if (image['uri'] === undefined) document.index(image, 'bufferView', 'bufferViews', where, true);
}

function checkTexture(document: DocumentReader, texture: Json, where: string): void {
  document.index(texture, 'source', 'images', where);
  document.index(texture, 'sampler', 'samplers', where);
  for (const [name, extension] of Object.entries(document.optionalObject(texture['extensions'], `${where}.extensions`)))
    document.index(document.object(extension, `${where}.${name}`), 'source', 'images', `${where}.${name}`);
}

/** Fields of an extension that hold numbers, and how many each holds. */
type NumberFields<Extension> = {
  [
    Field in keyof Extension as Required<Extension>[Field] extends number | number[] ? Field : never
  ]-?: Required<Extension>[Field] extends number ? 1 : 3 | 4;
};

/** What a field of an extension must hold before it is read: one finite number, or so many. */
const EXTENSION_NUMBERS: {
  [Name in keyof GltfMaterialExtensions]-?: NumberFields<Required<GltfMaterialExtensions>[Name]>;
} = {
  KHR_materials_emissive_strength: { emissiveStrength: 1 },
  KHR_materials_transmission: { transmissionFactor: 1 },
  KHR_materials_ior: { ior: 1 },
  KHR_materials_specular: { specularFactor: 1, specularColorFactor: 3 },
  KHR_materials_unlit: {},
  KHR_materials_pbrSpecularGlossiness: { diffuseFactor: 4, glossinessFactor: 1 },
};

function checkMaterial(document: DocumentReader, material: Json, where: string): void {
  const slots: [unknown, string][] = ['normalTexture', 'emissiveTexture', 'occlusionTexture'].map((name) => [
    material[name],
    `${where}.${name}`,
  ]);
  const factors: [unknown, string, number][] = [[material['emissiveFactor'], `${where}.emissiveFactor`, 3]];
  const pbr = document.optionalObject(material['pbrMetallicRoughness'], `${where}.pbrMetallicRoughness`);
  slots.push(
    [pbr['baseColorTexture'], `${where}.baseColorTexture`],
    [pbr['metallicRoughnessTexture'], `${where}.metallicRoughnessTexture`],
  );
  factors.push([pbr['baseColorFactor'], `${where}.baseColorFactor`, 4]);
  for (const name of ['metallicFactor', 'roughnessFactor']) document.finite(pbr[name], `${where}.${name}`);
  document.finite(material['alphaCutoff'], `${where}.alphaCutoff`);
  for (const [name, extension] of Object.entries(
    document.optionalObject(material['extensions'], `${where}.extensions`),
  )) {
    const fields = document.object(extension, `${where}.${name}`);
    for (const [field, value] of Object.entries(fields)) {
      if (field.endsWith('Texture')) slots.push([value, `${where}.${name}.${field}`]);
      else if (typeof value === 'number') document.finite(value, `${where}.${name}.${field}`);
    }
    for (const [field, length] of Object.entries(ownEntry<Record<string, number>>(EXTENSION_NUMBERS, name) ?? {})) {
      if (length === 1) document.finite(fields[field], `${where}.${name}.${field}`);
      else factors.push([fields[field], `${where}.${name}.${field}`, length]);
    }
  }
  for (const [value, place] of slots)
    if (value !== undefined) checkTextureInfo(document, document.object(value, place), place);
  for (const [value, place, length] of factors) document.numbers(value, place, length);
}

function checkTextureInfo(document: DocumentReader, slot: Json, where: string): void {
  document.index(slot, 'index', 'textures', where, true);
  document.integer(slot, 'texCoord', where, 0, 16, 0);
  document.finite(slot['scale'], `${where}.scale`);
  const transform = document.optionalObject(
    document.optionalObject(slot['extensions'], `${where}.extensions`)['KHR_texture_transform'],
    `${where}.KHR_texture_transform`,
  );
  document.numbers(transform['offset'], `${where}.offset`, 2);
  document.numbers(transform['scale'], `${where}.scale`, 2);
  document.finite(transform['rotation'], `${where}.rotation`);
}
