import { BadSceneError } from './BadSceneError.js';
import { checkNodeTree } from './checkNodeTree.js';
import { COMPONENT_BYTES, type GltfDocument, TYPE_COMPONENTS } from './GltfDocument.js';
import { SCENE_LIMITS } from './SCENE_LIMITS.js';

type Json = Record<string, unknown>;

/**
 * Proves that a parsed JSON value is a glTF document that can be walked without surprises: kinds of values, counts, indices in range, accessors inside
 * their views, views inside their buffers, a node tree without cycles. It asks for safety, not for strict validity: scenes that artists ship break the
 * specification in harmless ways. Throws BadSceneError naming the element.
 */
export function checkDocument(file: string, json: unknown): GltfDocument {
  const check = new DocumentCheck(file);
  check.document(json);
  return json as GltfDocument;
}

class DocumentCheck {
  private root: Json = {};
  private unpackedBytes = 0;
  private readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  document(json: unknown): void {
    this.root = this.object(json, 'document');
    const asset = this.object(this.root['asset'], 'asset');
    const version = asset['version'];
    if (typeof version !== 'string' || !/^2\.\d+$/.test(version)) throw this.bad('asset.version', `glTF ${JSON.stringify(version)} instead of 2.x`, 'Export the scene as glTF 2.0.');
    for (const name of ['extensionsUsed', 'extensionsRequired']) {
      for (const [i, used] of this.optionalArray(this.root[name], name).entries()) if (typeof used !== 'string') throw this.bad(`${name}[${i}]`, 'not a string');
    }
    this.each('buffers', (buffer, where) => this.integer(buffer, 'byteLength', where, 0, SCENE_LIMITS.fileBytes));
    this.each('bufferViews', (view, where) => this.bufferView(view, where));
    this.each('accessors', (accessor, where) => this.accessor(accessor, where));
    this.each('images', (image, where) => this.image(image, where));
    this.each('samplers', () => undefined);
    this.each('textures', (texture, where) => this.texture(texture, where));
    this.each('materials', (material, where) => this.material(material, where));
    this.each('meshes', (mesh, where) => this.mesh(mesh, where));
    this.each('cameras', (camera, where) => this.camera(camera, where));
    this.each('skins', (skin, where) => this.skin(skin, where));
    this.lights();
    this.each('nodes', (node, where) => this.node(node, where));
    this.each('animations', (animation, where) => this.animation(animation, where));
    this.each('scenes', (scene, where) => this.indices(scene, 'nodes', 'nodes', where));
    checkNodeTree(this.root, (where, what) => this.bad(where, what));
    if (this.length('scenes') === 0) throw this.bad('scenes', 'the file holds no scene', 'Export a scene with at least one object.');
    this.index(this.root, 'scene', 'scenes', 'document');
  }

  private bufferView(view: Json, where: string): void {
    const buffer = this.index(view, 'buffer', 'buffers', where, true);
    const offset = this.integer(view, 'byteOffset', where, 0, SCENE_LIMITS.fileBytes, 0);
    const length = this.integer(view, 'byteLength', where, 0, SCENE_LIMITS.fileBytes);
    if (view['byteStride'] !== undefined) this.integer(view, 'byteStride', where, 1, 65_536);
    const holder = (this.root['buffers'] as Json[])[buffer] as { byteLength: number };
    if (offset + length > holder.byteLength) throw this.bad(where, `bytes ${offset} to ${offset + length} lie outside buffers[${buffer}] of ${holder.byteLength} bytes`);
    for (const [name, extension] of Object.entries(this.optionalObject(view['extensions'], `${where}.extensions`))) {
      if (!/_meshopt_compression$/.test(name)) continue;
      const place = `${where}.${name}`;
      const meshopt = this.object(extension, place);
      const source = this.index(meshopt, 'buffer', 'buffers', place, true);
      const start = this.integer(meshopt, 'byteOffset', place, 0, SCENE_LIMITS.fileBytes, 0);
      const bytes = this.integer(meshopt, 'byteLength', place, 0, SCENE_LIMITS.fileBytes);
      const stride = this.integer(meshopt, 'byteStride', place, 1, 256);
      const count = this.integer(meshopt, 'count', place, 0, SCENE_LIMITS.accessorCount);
      const available = ((this.root['buffers'] as Json[])[source] as { byteLength: number }).byteLength;
      if (start + bytes > available) throw this.bad(place, `bytes ${start} to ${start + bytes} lie outside buffers[${source}] of ${available} bytes`);
      this.unpackedBytes += stride * count;
      if (this.unpackedBytes > SCENE_LIMITS.unpackedBytes) throw this.bad(place, `with it the compressed geometry unpacks to more than ${SCENE_LIMITS.unpackedBytes} bytes`, 'Simplify or split the scene.');
      if (stride * count > length) throw this.bad(place, `${count} elements of ${stride} bytes do not fit the view of ${length} bytes`);
    }
  }

  private accessor(accessor: Json, where: string): void {
    const bytes = COMPONENT_BYTES[accessor['componentType'] as number];
    if (bytes === undefined) throw this.bad(`${where}.componentType`, `${JSON.stringify(accessor['componentType'])} is no component type`);
    const components = TYPE_COMPONENTS[accessor['type'] as string];
    if (components === undefined) throw this.bad(`${where}.type`, `${JSON.stringify(accessor['type'])} is no accessor type`);
    const count = this.integer(accessor, 'count', where, 0, SCENE_LIMITS.accessorCount);
    const itemBytes = bytes * components;
    if (count * itemBytes > SCENE_LIMITS.fileBytes) throw this.bad(where, `${count} elements of ${itemBytes} bytes exceed the limit of ${SCENE_LIMITS.fileBytes} bytes`, 'Split the mesh.');
    this.span({ holder: accessor, where, count, itemBytes, componentBytes: bytes, optional: true });
    if (accessor['sparse'] === undefined) return;
    const sparse = this.object(accessor['sparse'], `${where}.sparse`);
    const sparseCount = this.integer(sparse, 'count', `${where}.sparse`, 0, count);
    const indices = this.object(sparse['indices'], `${where}.sparse.indices`);
    const indexBytes = COMPONENT_BYTES[indices['componentType'] as number];
    if (indexBytes === undefined) throw this.bad(`${where}.sparse.indices.componentType`, 'no component type');
    this.span({ holder: indices, where: `${where}.sparse.indices`, count: sparseCount, itemBytes: indexBytes, componentBytes: indexBytes, optional: false });
    this.span({ holder: this.object(sparse['values'], `${where}.sparse.values`), where: `${where}.sparse.values`, count: sparseCount, itemBytes, componentBytes: bytes, optional: false });
  }

  /** Whether `count` elements from the holder's byteOffset on lie inside its view and on component boundaries. */
  private span(span: { holder: Json; where: string; count: number; itemBytes: number; componentBytes: number; optional: boolean }): void {
    const { holder, where, count, itemBytes, componentBytes } = span;
    if (holder['bufferView'] === undefined && span.optional) return;
    const index = this.index(holder, 'bufferView', 'bufferViews', where, true);
    const view = (this.root['bufferViews'] as Json[])[index] as { byteLength: number; byteStride?: number };
    const offset = this.integer(holder, 'byteOffset', where, 0, SCENE_LIMITS.fileBytes, 0);
    const stride = view.byteStride ?? itemBytes;
    if (stride < itemBytes) throw this.bad(where, `elements of ${itemBytes} bytes do not fit a stride of ${stride}`);
    if (offset % componentBytes !== 0 || stride % componentBytes !== 0) throw this.bad(where, `offset ${offset} or stride ${stride} is no multiple of the component's ${componentBytes} bytes`);
    const end = count === 0 ? offset : offset + stride * (count - 1) + itemBytes;
    if (end > view.byteLength) throw this.bad(where, `${count} elements end at byte ${end} of a view of ${view.byteLength} bytes`);
  }

  private image(image: Json, where: string): void {
    if (image['uri'] !== undefined && typeof image['uri'] !== 'string') throw this.bad(`${where}.uri`, 'not a string');
    if (image['uri'] === undefined) this.index(image, 'bufferView', 'bufferViews', where, true);
  }

  private texture(texture: Json, where: string): void {
    this.index(texture, 'source', 'images', where);
    this.index(texture, 'sampler', 'samplers', where);
    for (const [name, extension] of Object.entries(this.optionalObject(texture['extensions'], `${where}.extensions`))) this.index(this.object(extension, `${where}.${name}`), 'source', 'images', `${where}.${name}`);
  }

  private material(material: Json, where: string): void {
    const slots: [unknown, string][] = ['normalTexture', 'emissiveTexture', 'occlusionTexture'].map((name) => [material[name], `${where}.${name}`]);
    const factors: [unknown, string, number][] = [[material['emissiveFactor'], `${where}.emissiveFactor`, 3]];
    const pbr = this.optionalObject(material['pbrMetallicRoughness'], `${where}.pbrMetallicRoughness`);
    slots.push([pbr['baseColorTexture'], `${where}.baseColorTexture`], [pbr['metallicRoughnessTexture'], `${where}.metallicRoughnessTexture`]);
    factors.push([pbr['baseColorFactor'], `${where}.baseColorFactor`, 4]);
    for (const name of ['metallicFactor', 'roughnessFactor']) this.finite(pbr[name], `${where}.${name}`);
    this.finite(material['alphaCutoff'], `${where}.alphaCutoff`);
    for (const [name, extension] of Object.entries(this.optionalObject(material['extensions'], `${where}.extensions`))) {
      const fields = this.object(extension, `${where}.${name}`);
      for (const [field, value] of Object.entries(fields)) {
        if (field.endsWith('Texture')) slots.push([value, `${where}.${name}.${field}`]);
        else if (typeof value === 'number') this.finite(value, `${where}.${name}.${field}`);
      }
      if (name === 'KHR_materials_pbrSpecularGlossiness') {
        factors.push([fields['diffuseFactor'], `${where}.${name}.diffuseFactor`, 4]);
        this.finite(fields['glossinessFactor'], `${where}.${name}.glossinessFactor`);
      }
      if (['KHR_materials_transmission', 'KHR_materials_ior', 'KHR_materials_emissive_strength'].includes(name)) {
        for (const field of ['transmissionFactor', 'ior', 'emissiveStrength']) this.finite(fields[field], `${where}.${name}.${field}`);
      }
    }
    for (const [value, place] of slots) if (value !== undefined) this.textureInfo(this.object(value, place), place);
    for (const [value, place, length] of factors) this.numbers(value, place, length);
  }

  private textureInfo(slot: Json, where: string): void {
    this.index(slot, 'index', 'textures', where, true);
    this.integer(slot, 'texCoord', where, 0, 16, 0);
    this.finite(slot['scale'], `${where}.scale`);
    const transform = this.optionalObject(this.optionalObject(slot['extensions'], `${where}.extensions`)['KHR_texture_transform'], `${where}.KHR_texture_transform`);
    this.numbers(transform['offset'], `${where}.offset`, 2);
    this.numbers(transform['scale'], `${where}.scale`, 2);
    this.finite(transform['rotation'], `${where}.rotation`);
  }

  private mesh(mesh: Json, where: string): void {
    const primitives = this.array(mesh['primitives'], `${where}.primitives`);
    if (mesh['weights'] !== undefined) this.numbers(mesh['weights'], `${where}.weights`);
    for (const [k, value] of primitives.entries()) {
      const place = `${where}.primitives[${k}]`;
      const primitive = this.object(value, place);
      this.attributes(primitive['attributes'], `${place}.attributes`);
      this.index(primitive, 'indices', 'accessors', place);
      this.index(primitive, 'material', 'materials', place);
      this.integer(primitive, 'mode', place, 0, 6, 4);
      for (const [t, target] of this.optionalArray(primitive['targets'], `${place}.targets`).entries()) this.attributes(target, `${place}.targets[${t}]`);
    }
  }

  private attributes(value: unknown, where: string): void {
    const attributes = this.object(value, where);
    for (const name of Object.keys(attributes)) this.index(attributes, name, 'accessors', where, true);
  }

  private camera(camera: Json, where: string): void {
    const type = camera['type'];
    if (type !== 'perspective' && type !== 'orthographic') throw this.bad(`${where}.type`, `${JSON.stringify(type)} is no camera type`);
    const lens = this.object(camera[type], `${where}.${type}`);
    for (const name of type === 'perspective' ? ['yfov'] : ['xmag', 'ymag']) {
      const value = lens[name];
      if (typeof value !== 'number' || !Number.isFinite(value) || value === 0) throw this.bad(`${where}.${type}.${name}`, `${JSON.stringify(value)} is no usable number`);
    }
    if (type === 'perspective' && !((lens['yfov'] as number) > 0 && (lens['yfov'] as number) < Math.PI)) throw this.bad(`${where}.perspective.yfov`, `${String(lens['yfov'])} radians lie outside 0 to pi`);
  }

  private skin(skin: Json, where: string): void {
    this.indices(skin, 'joints', 'nodes', where);
    const joints = this.array(skin['joints'], `${where}.joints`).length;
    if (skin['inverseBindMatrices'] === undefined) return;
    const matrices = (this.root['accessors'] as Json[])[this.index(skin, 'inverseBindMatrices', 'accessors', where, true)] as { count: number; type: string };
    if (matrices.type !== 'MAT4' || matrices.count < joints) throw this.bad(`${where}.inverseBindMatrices`, `${matrices.count} ${matrices.type} for ${joints} joints`);
  }

  private lights(): void {
    const extension = this.optionalObject(this.root['extensions'], 'extensions')['KHR_lights_punctual'];
    if (extension === undefined) return;
    const where = 'extensions.KHR_lights_punctual.lights';
    for (const [i, value] of this.array(this.object(extension, 'extensions.KHR_lights_punctual')['lights'], where).entries()) {
      const light = this.object(value, `${where}[${i}]`);
      if (!['point', 'spot', 'directional'].includes(light['type'] as string)) throw this.bad(`${where}[${i}].type`, `${JSON.stringify(light['type'])} is no type of light`);
      this.numbers(light['color'], `${where}[${i}].color`, 3);
      for (const name of ['intensity', 'range']) this.finite(light[name], `${where}[${i}].${name}`);
      const spot = this.optionalObject(light['spot'], `${where}[${i}].spot`);
      for (const name of ['innerConeAngle', 'outerConeAngle']) this.finite(spot[name], `${where}[${i}].spot.${name}`);
    }
  }

  private node(node: Json, where: string): void {
    this.indices(node, 'children', 'nodes', where);
    this.numbers(node['matrix'], `${where}.matrix`, 16);
    this.numbers(node['translation'], `${where}.translation`, 3);
    this.numbers(node['rotation'], `${where}.rotation`, 4);
    this.numbers(node['scale'], `${where}.scale`, 3);
    this.numbers(node['weights'], `${where}.weights`);
    for (const [name, list] of [['mesh', 'meshes'], ['skin', 'skins'], ['camera', 'cameras']] as const) this.index(node, name, list, where);
    const extensions = this.optionalObject(node['extensions'], `${where}.extensions`);
    if (extensions['KHR_lights_punctual'] !== undefined) {
      const lights = (this.optionalObject(this.optionalObject(this.root['extensions'], 'extensions')['KHR_lights_punctual'], 'extensions.KHR_lights_punctual')['lights'] ?? []) as unknown[];
      this.integer(this.object(extensions['KHR_lights_punctual'], `${where}.KHR_lights_punctual`), 'light', `${where}.KHR_lights_punctual`, 0, lights.length - 1);
    }
    const instancing = extensions['EXT_mesh_gpu_instancing'];
    if (instancing !== undefined) this.attributes(this.object(instancing, `${where}.EXT_mesh_gpu_instancing`)['attributes'], `${where}.EXT_mesh_gpu_instancing.attributes`);
  }

  private animation(animation: Json, where: string): void {
    const samplers = this.array(animation['samplers'], `${where}.samplers`).map((value, i) => this.object(value, `${where}.samplers[${i}]`));
    for (const [i, sampler] of samplers.entries()) {
      const place = `${where}.samplers[${i}]`;
      this.index(sampler, 'input', 'accessors', place, true);
      this.index(sampler, 'output', 'accessors', place, true);
      const interpolation = sampler['interpolation'] ?? 'LINEAR';
      if (!['LINEAR', 'STEP', 'CUBICSPLINE'].includes(interpolation as string)) throw this.bad(`${place}.interpolation`, `${JSON.stringify(interpolation)} is no interpolation`);
    }
    for (const [i, value] of this.array(animation['channels'], `${where}.channels`).entries()) {
      const place = `${where}.channels[${i}]`;
      const channel = this.object(value, place);
      this.integer(channel, 'sampler', place, 0, samplers.length - 1);
      const target = this.object(channel['target'], `${place}.target`);
      this.index(target, 'node', 'nodes', `${place}.target`);
      if (typeof target['path'] !== 'string') throw this.bad(`${place}.target.path`, 'not a string');
    }
  }

  private bad(where: string, what: string, advice?: string): BadSceneError {
    return new BadSceneError({ file: this.file, where, what, ...(advice === undefined ? {} : { advice }) });
  }

  private object(value: unknown, where: string): Json {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.bad(where, `${value === undefined ? 'missing' : JSON.stringify(value)?.slice(0, 40)}, where an object must be`);
    return value as Json;
  }

  private optionalObject(value: unknown, where: string): Json {
    return value === undefined ? {} : this.object(value, where);
  }

  private array(value: unknown, where: string): unknown[] {
    if (!Array.isArray(value)) throw this.bad(where, `${value === undefined ? 'missing' : 'not a list'}, where a list must be`);
    if (value.length > SCENE_LIMITS.listLength) throw this.bad(where, `${value.length} elements exceed the limit of ${SCENE_LIMITS.listLength}`, 'Split the scene.');
    return value;
  }

  private optionalArray(value: unknown, where: string): unknown[] {
    return value === undefined ? [] : this.array(value, where);
  }

  private each(name: string, visit: (element: Json, where: string) => unknown): void {
    for (const [i, element] of this.optionalArray(this.root[name], name).entries()) visit(this.object(element, `${name}[${i}]`), `${name}[${i}]`);
  }

  private length(name: string): number {
    return this.optionalArray(this.root[name], name).length;
  }

  private integer(holder: Json, name: string, where: string, low: number, high: number, fallback?: number): number {
    const value = holder[name] ?? fallback;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < low || value > high) {
      throw this.bad(`${where}.${name}`, high < low ? `${JSON.stringify(value)} points into an empty list` : `${JSON.stringify(value)} is no whole number from ${low} to ${high}`);
    }
    return value;
  }

  private index(holder: Json, name: string, list: string, where: string, required = false): number {
    if (holder[name] === undefined && !required) return -1;
    return this.integer(holder, name, where, 0, this.length(list) - 1);
  }

  private indices(holder: Json, name: string, list: string, where: string): void {
    const length = this.length(list);
    for (const value of this.optionalArray(holder[name], `${where}.${name}`)) {
      if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value >= length) throw this.bad(`${where}.${name}`, `${JSON.stringify(value)} is not one of the ${length} ${list}`);
    }
  }

  private finite(value: unknown, where: string): void {
    if (value !== undefined && (typeof value !== 'number' || !Number.isFinite(value))) throw this.bad(where, `${JSON.stringify(value)} is no finite number`);
  }

  private numbers(value: unknown, where: string, length?: number): void {
    if (value === undefined) return;
    const list = this.array(value, where);
    if (length !== undefined && list.length !== length) throw this.bad(where, `${list.length} numbers instead of ${length}`);
    for (const element of list) this.finite(element ?? null, where);
  }
}
