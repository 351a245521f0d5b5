import type { DocumentReader, Json } from './DocumentReader.js';
import { shown } from '../shown.js';

/**
 * Nodes and what hangs on them: meshes, cameras, skins, lights. Whether the nodes make a tree is checkNodeTree's
 * question.
 */
export function checkNodes(document: DocumentReader): void {
  document.each('meshes', (mesh, where) => checkMesh(document, mesh, where));
  document.each('cameras', (camera, where) => checkCamera(document, camera, where));
  document.each('skins', (skin, where) => checkSkin(document, skin, where));
  checkLights(document);
  document.each('nodes', (node, where) => checkNode(document, node, where));
}

function checkMesh(document: DocumentReader, mesh: Json, where: string): void {
  const primitives = document.array(mesh['primitives'], `${where}.primitives`);
  if (mesh['weights'] !== undefined) document.numbers(mesh['weights'], `${where}.weights`);
  for (const [k, value] of primitives.entries()) {
    const place = `${where}.primitives[${k}]`;
    const primitive = document.object(value, place);
    document.attributes(primitive['attributes'], `${place}.attributes`);
    document.index(primitive, 'indices', 'accessors', place);
    document.index(primitive, 'material', 'materials', place);
    document.integer(primitive, 'mode', place, 0, 6, 4);
    for (const [t, target] of document.optionalArray(primitive['targets'], `${place}.targets`).entries())
      document.attributes(target, `${place}.targets[${t}]`);
  }
}

function checkCamera(document: DocumentReader, camera: Json, where: string): void {
  const type = camera['type'];
  if (type !== 'perspective' && type !== 'orthographic')
    throw document.bad(`${where}.type`, `${shown(type)} is no camera type`);
  const lens = document.object(camera[type], `${where}.${type}`);
  for (const name of type === 'perspective' ? ['yfov'] : ['xmag', 'ymag']) {
    const value = lens[name];
    if (typeof value !== 'number' || !Number.isFinite(value) || value === 0)
      throw document.bad(`${where}.${type}.${name}`, `${shown(value)} is no usable number`);
  }
  if (type === 'perspective' && !((lens['yfov'] as number) > 0 && (lens['yfov'] as number) < Math.PI))
    throw document.bad(`${where}.perspective.yfov`, `${shown(lens['yfov'])} radians lie outside 0 to pi`);
}

function checkSkin(document: DocumentReader, skin: Json, where: string): void {
  document.indices(skin, 'joints', 'nodes', where);
  const joints = document.array(skin['joints'], `${where}.joints`).length;
  if (joints === 0) throw document.bad(`${where}.joints`, 'an empty list, where a skin must name at least one joint');
  if (skin['inverseBindMatrices'] === undefined) return;
  const matrices = (document.root['accessors'] as Json[])[
    document.index(skin, 'inverseBindMatrices', 'accessors', where, true)
  ] as { count: number; type: string };
  if (matrices.type !== 'MAT4' || matrices.count < joints)
    throw document.bad(`${where}.inverseBindMatrices`, `${matrices.count} ${matrices.type} for ${joints} joints`);
}

function checkLights(document: DocumentReader): void {
  const extension = document.optionalObject(document.root['extensions'], 'extensions')['KHR_lights_punctual'];
  if (extension === undefined) return;
  const where = 'extensions.KHR_lights_punctual.lights';
  for (const [i, value] of document
    .array(document.object(extension, 'extensions.KHR_lights_punctual')['lights'], where)
    .entries()) {
    const light = document.object(value, `${where}[${i}]`);
    if (!['point', 'spot', 'directional'].includes(light['type'] as string))
      throw document.bad(`${where}[${i}].type`, `${shown(light['type'])} is no type of light`);
    document.numbers(light['color'], `${where}[${i}].color`, 3);
    for (const name of ['intensity', 'range']) document.finite(light[name], `${where}[${i}].${name}`);
    const spot = document.optionalObject(light['spot'], `${where}[${i}].spot`);
    for (const name of ['innerConeAngle', 'outerConeAngle']) document.finite(spot[name], `${where}[${i}].spot.${name}`);
  }
}

function checkNode(document: DocumentReader, node: Json, where: string): void {
  document.indices(node, 'children', 'nodes', where);
  document.numbers(node['matrix'], `${where}.matrix`, 16);
  document.numbers(node['translation'], `${where}.translation`, 3);
  document.numbers(node['rotation'], `${where}.rotation`, 4);
  document.numbers(node['scale'], `${where}.scale`, 3);
  document.numbers(node['weights'], `${where}.weights`);
  for (const [name, list] of [
    ['mesh', 'meshes'],
    ['skin', 'skins'],
    ['camera', 'cameras'],
  ] as const)
    document.index(node, name, list, where);
  const extensions = document.optionalObject(node['extensions'], `${where}.extensions`);
  if (extensions['KHR_lights_punctual'] !== undefined) {
    const lights = (document.optionalObject(
      document.optionalObject(document.root['extensions'], 'extensions')['KHR_lights_punctual'],
      'extensions.KHR_lights_punctual',
    )['lights'] ?? []) as unknown[];
    document.integer(
      document.object(extensions['KHR_lights_punctual'], `${where}.KHR_lights_punctual`),
      'light',
      `${where}.KHR_lights_punctual`,
      0,
      lights.length - 1,
    );
  }
  const instancing = extensions['EXT_mesh_gpu_instancing'];
  if (instancing !== undefined)
    document.attributes(
      document.object(instancing, `${where}.EXT_mesh_gpu_instancing`)['attributes'],
      `${where}.EXT_mesh_gpu_instancing.attributes`,
    );
}
