import { type GLTFParser, GLTFLoader } from 'three/addons/loaders/GLTFLoader.js';
import { MeshoptDecoder } from 'three/addons/libs/meshopt_decoder.module.js';
import type { BufferAttribute, BufferGeometry, InterleavedBufferAttribute, Mesh, Object3D } from 'three';
import { BadSceneError } from './BadSceneError.js';
import { type GltfDocument, TYPE_COMPONENTS } from './GltfDocument.js';
import type { SceneSource } from './SceneSource.js';
import { SCENE_LIMITS } from './SCENE_LIMITS.js';
import { reasonOf } from './reasonOf.js';
import type { SceneBudget } from './SceneBudget.js';

type Attribute = BufferAttribute | InterleavedBufferAttribute;

/**
 * Bytes per number of an accessor: as the loader unpacks it, as a double while it is checked, and as it is kept.
 */
const BYTES_PER_NUMBER = 16;

/** Extensions that change how geometry is stored and that the loader reads. */
const GEOMETRY_EXTENSIONS = ['KHR_mesh_quantization', 'EXT_meshopt_compression', 'KHR_meshopt_compression'];

/** The geometry of a scene, decoded on demand by three's GLTFLoader. */
export interface SceneGeometry {
  /** Values of an accessor, normalised integers as fractions, with the number of components of an element. */
  accessor(index: number): Promise<{ values: Float64Array; components: number; count: number }>;
  /** Values of an attribute as numbers. Throws BadSceneError where one is not finite. */
  values(attribute: Attribute, where: string): Float64Array;
  /**
   * Counts numbers that are about to be made; throws BadSceneError when the scene asks for more than
   * SCENE_LIMITS.accessorValues, or for more than its budget holds.
   */
  reserve(values: number, where: string): void;
  /** One geometry per primitive, strips and fans turned into triangles; null for points and lines. */
  mesh(index: number): Promise<(BufferGeometry | null)[]>;
}

/**
 * Opens a scene's geometry through three's GLTFLoader. The loader is handed a document that holds nothing but geometry,
 * with the buffers already in its cache: it never reaches for a file, a network or a browser's global. Materials,
 * animation and the node tree are read from the document itself, where their numbers are still exact.
 */
export async function openGeometry(source: SceneSource, budget: SceneBudget): Promise<SceneGeometry> {
  let reserved = 0;
  const reserve = (values: number, where: string): void => {
    reserved += values;
    if (reserved > SCENE_LIMITS.accessorValues)
      throw new BadSceneError({
        file: source.entry,
        where,
        what: `with it the scene reads more than ${SCENE_LIMITS.accessorValues} numbers`,
        advice: 'Simplify or split the scene.',
      });
    budget.hold({ file: source.entry, where, what: `${values} numbers`, bytes: BYTES_PER_NUMBER * values });
  };
  // Reserved before anything is decoded: an accessor without a view costs a file nothing and a machine all its memory.
  const reserveAccessor = (index: number | undefined): void => {
    if (index === undefined) return;
    const accessor = source.document.accessors?.[index];
    if (accessor !== undefined) reserve(accessor.count * (TYPE_COMPONENTS[accessor.type] ?? 16), `accessors[${index}]`);
  };
  const values = (attribute: Attribute, where: string): Float64Array => valuesOf(attribute, source.entry, where);
  const parser = await parserOf(source, budget);
  const explain =
    (where: string) =>
    (cause: unknown): never => {
      if (cause instanceof BadSceneError) throw cause;
      throw new BadSceneError({
        file: source.entry,
        where,
        what: `it cannot be decoded (${reasonOf(cause)})`,
        cause,
      });
    };
  return {
    values,
    reserve,
    async accessor(index) {
      reserveAccessor(index);
      const attribute = (await parser
        .getDependency('accessor', index)
        .catch(explain(`accessors[${index}]`))) as Attribute;
      return {
        values: values(attribute, `accessors[${index}]`),
        components: attribute.itemSize,
        count: attribute.count,
      };
    },
    async mesh(index) {
      for (const { attributes, indices } of source.document.meshes?.[index]?.primitives ?? [])
        for (const accessor of [...Object.values(attributes), indices]) reserveAccessor(accessor);
      const object = (await parser.getDependency('mesh', index).catch(explain(`meshes[${index}]`))) as Object3D;
      const meshes = (object.type === 'Group' ? object.children : [object]) as Mesh[];
      return meshes.map((mesh) => (mesh.isMesh ? mesh.geometry : null));
    },
  };
}

function valuesOf(attribute: Attribute, file: string, where: string): Float64Array {
  const { count, itemSize } = attribute;
  const values = new Float64Array(count * itemSize);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < itemSize; k++) {
      const value = attribute.getComponent(i, k);
      if (!Number.isFinite(value)) throw new BadSceneError({ file, where, what: `element ${i} holds ${value}` });
      values[i * itemSize + k] = value;
    }
  }
  return values;
}

async function parserOf(source: SceneSource, budget: SceneBudget): Promise<GLTFParser> {
  const loader = new GLTFLoader();
  loader.setMeshoptDecoder(MeshoptDecoder);
  loader.register((parser) => new BufferPlugin({ parser, source, budget }));
  const used = (source.document.extensionsUsed ?? []).filter((name) => GEOMETRY_EXTENSIONS.includes(name));
  const document = {
    ...geometryOf(source.document),
    ...(used.length === 0 ? {} : { extensionsUsed: used, extensionsRequired: used }),
  };
  return new Promise((resolve, reject) => {
    // The typings know text and bytes only; the loader also takes a parsed document, which it may write to.
    loader.parse(structuredClone(document) as unknown as ArrayBuffer, '', (gltf) => resolve(gltf.parser), reject);
  });
}

function geometryOf(document: GltfDocument): GltfDocument {
  const meshes = (document.meshes ?? []).map((mesh) => ({
    ...mesh,
    primitives: mesh.primitives.map(({ attributes, indices, mode }) => ({
      attributes,
      ...(indices === undefined ? {} : { indices }),
      // The loader complains on the console of strips without positions, which nobody reads.
      ...(mode === undefined || attributes['POSITION'] === undefined ? {} : { mode }),
    })),
  }));
  const { asset, bufferViews = [], buffers = [] } = document;
  // The loader makes boxes of stated bounds, and complains on the console where there are none; nobody reads its boxes.
  const accessors = (document.accessors ?? []).map((accessor) => ({ ...accessor, min: [0, 0, 0], max: [0, 0, 0] }));
  return { asset, accessors, bufferViews, buffers, meshes, scenes: [{}], scene: 0 };
}

/**
 * Hands the loader its buffers. Interleaved views are padded to whole strides: the loader reads the last element's
 * padding, which a file may leave out.
 */
class BufferPlugin {
  readonly name = 'RUSHES_buffers';
  private readonly parser: GLTFParser;
  private readonly source: SceneSource;
  private readonly budget: SceneBudget;

  constructor(options: { parser: GLTFParser; source: SceneSource; budget: SceneBudget }) {
    this.parser = options.parser;
    this.source = options.source;
    this.budget = options.budget;
  }

  beforeRoot(): null {
    const cache = (this.parser as unknown as { cache: { add(key: string, value: unknown): void } }).cache;
    for (const i of this.source.buffers.keys()) cache.add(`buffer:${i}`, this.wholeBuffer(i));
    return null;
  }

  /** The loader itself asks for whole buffers only to unpack compressed views; of others there is no copy. */
  private wholeBuffer(index: number): Promise<ArrayBuffer> {
    const { entry, document, buffers } = this.source;
    const where = `buffers[${index}]`;
    const unpackedBytes = unpackedBytesOf(document, index);
    if (unpackedBytes === undefined) return Promise.resolve(new ArrayBuffer(0));
    const buffer = buffers[index];
    if (buffer === undefined) throw new BadSceneError({ file: entry, where, what: 'it has no bytes' });
    this.budget.lend({ file: entry, where, what: 'its copy', bytes: buffer.length });
    this.budget.lend({ file: entry, where, what: 'what is compressed in it', bytes: 3 * unpackedBytes });
    return Promise.resolve(buffer.slice().buffer as ArrayBuffer);
  }

  async loadBufferView(index: number): Promise<ArrayBuffer> {
    const view = (this.parser.json as GltfDocument).bufferViews?.[index];
    const buffer = view === undefined ? undefined : this.source.buffers[view.buffer];
    if (view === undefined || buffer === undefined) throw new Error(`bufferViews[${index}] has no bytes`);
    const start = view.byteOffset ?? 0;
    const stride = view.byteStride ?? 1;
    const bytes = Math.ceil(view.byteLength / stride) * stride;
    const what = `its ${view.byteLength} bytes`;
    this.budget.lend({ file: this.source.entry, where: `bufferViews[${index}]`, what, bytes });
    const padded = new Uint8Array(bytes);
    padded.set(buffer.subarray(start, start + view.byteLength));
    return padded.buffer;
  }
}

/** Bytes that the compressed views of a buffer unpack to; undefined where none reads from it. */
function unpackedBytesOf(document: GltfDocument, buffer: number): number | undefined {
  let bytes: number | undefined;
  for (const view of document.bufferViews ?? []) {
    for (const [name, extension] of Object.entries(view.extensions ?? {}))
      if (/_meshopt_compression$/.test(name) && extension?.buffer === buffer)
        bytes = (bytes ?? 0) + extension.count * extension.byteStride;
  }
  return bytes;
}
