import { BadSceneError } from './BadSceneError.js';
import type { GltfDocument } from './GltfDocument.js';
import { ownEntry } from './ownEntry.js';

/**
 * Extensions that may be required by a file because its data can be read: those that are drawn, and those whose absence
 * changes the look and nothing else (`checkScene` names these). Any other required extension means that geometry,
 * images or structure would be misread.
 */
const READABLE = new Set([
  'KHR_mesh_quantization',
  'EXT_meshopt_compression',
  'KHR_meshopt_compression',
  'EXT_mesh_gpu_instancing',
  'EXT_texture_webp',
  'KHR_texture_transform',
  'KHR_lights_punctual',
  'KHR_node_visibility',
]);

/**
 * Throws BadSceneError naming every required extension that is not read: accepting unsupported features cannot help
 * there.
 */
export function refuseUnreadable(entry: string, document: GltfDocument): void {
  const unread = (document.extensionsRequired ?? []).filter(
    (name) => !READABLE.has(name) && !/^(KHR|EXT)_materials_(?!variants)/.test(name),
  );
  if (unread.length === 0) return;
  throw new BadSceneError({
    file: entry,
    where: 'extensionsRequired',
    what: `it cannot be read without ${unread.join(', ')}`,
    advice: unread.map((name) => ownEntry(ADVICE, name) ?? `Export the scene without ${name}.`).join(' '),
  });
}

const ADVICE: Readonly<Record<string, string>> = {
  KHR_draco_mesh_compression:
    'Export the scene without Draco compression, or unpack it with `gltf-transform copy IN OUT`; meshopt compression is read.',
  KHR_texture_basisu: 'Export the scene with PNG, JPEG or WebP textures.',
};
