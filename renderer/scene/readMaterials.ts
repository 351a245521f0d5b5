import { BadSceneError } from './BadSceneError.js';
import { type DecodedImage, decodeImage } from './decodeImage.js';
import { cosine, sine } from './exactTrigonometry.js';
import type { GltfDocument, GltfMaterial, GltfTextureInfo } from './GltfDocument.js';
import type { PosedMaterial, PosedTexture, TextureSlot } from './PosedScene.js';
import type { SceneProblem, SceneSource } from './SceneSource.js';
import { imageKindOf } from './imageHeaderOf.js';
import { SCENE_LIMITS } from './SCENE_LIMITS.js';
import type { SceneBudget } from './SceneBudget.js';
import { ownEntry } from './ownEntry.js';

/** How things look: what `materialOfTriangle` and `TextureSlot.texture` point into. */
export interface SceneMaterials {
  materials: PosedMaterial[];
  textures: PosedTexture[];
  /** Index into `materials` by glTF index, -1 for the default material. */
  materialIndexOf: Map<number, number>;
  /** Textures that are there and cannot be read. */
  unsupported: SceneProblem[];
}

/**
 * Reads the materials with the given glTF indices (-1: the default material) and decodes the textures they read, each
 * once.
 */
export async function readMaterials(options: {
  source: SceneSource;
  used: number[];
  budget: SceneBudget;
  signal?: AbortSignal | undefined;
}): Promise<SceneMaterials> {
  const { source, used } = options;
  const textures = new TextureTable(options);
  const materials: PosedMaterial[] = [];
  const materialIndexOf = new Map<number, number>();
  for (const index of used) {
    if (materialIndexOf.has(index)) continue;
    materialIndexOf.set(index, materials.length);
    materials.push(
      await readMaterial(
        textures,
        index === -1 ? {} : (source.document.materials?.[index] ?? {}),
        nameOfMaterial(source.document, index),
      ),
    );
  }
  return { materials, textures: textures.textures, materialIndexOf, unsupported: textures.unsupported };
}

/** What a person calls a material. */
export function nameOfMaterial(document: GltfDocument, index: number): string {
  if (index === -1) return 'the default material';
  const name = document.materials?.[index]?.name;
  return name === undefined || name === '' ? `material ${index}` : `material "${name}"`;
}

async function readMaterial(textures: TextureTable, material: GltfMaterial, where: string): Promise<PosedMaterial> {
  const pbr = material.pbrMetallicRoughness ?? likeSpecularGlossiness(material) ?? {};
  const {
    KHR_materials_emissive_strength: strength,
    KHR_materials_transmission: transmission,
    KHR_materials_ior: ior,
    KHR_materials_specular: specular,
    KHR_materials_unlit: unlit,
  } = material.extensions ?? {};
  const emissiveStrength = strength?.emissiveStrength ?? 1;
  const slot = (info: GltfTextureInfo | undefined, srgb: boolean, use: string): Promise<TextureSlot | null> =>
    textures.slot({ info, srgb, where: `${where}, ${use}` });
  return {
    baseColor: unit(pbr.baseColorFactor ?? [1, 1, 1, 1]) as PosedMaterial['baseColor'],
    metallic: clamp01(pbr.metallicFactor ?? 1),
    roughness: clamp01(pbr.roughnessFactor ?? 1),
    emissive: (material.emissiveFactor ?? [0, 0, 0]).map((value) =>
      Math.max(0, value * emissiveStrength),
    ) as PosedMaterial['emissive'],
    normalScale: material.normalTexture?.scale ?? 1,
    alphaMode: ownEntry({ OPAQUE: 'opaque', MASK: 'mask', BLEND: 'blend' } as const, material.alphaMode) ?? 'opaque',
    alphaCutoff: material.alphaCutoff ?? 0.5,
    doubleSided: material.doubleSided === true,
    transmission: clamp01(transmission?.transmissionFactor ?? 0),
    ior: indexOfRefraction(ior?.ior),
    specular: clamp01(specular?.specularFactor ?? 1),
    specularColor: (specular?.specularColorFactor ?? [1, 1, 1]).map((value) =>
      Math.max(0, value),
    ) as PosedMaterial['specularColor'],
    unlit: unlit !== undefined,
    baseColorTexture: await slot(pbr.baseColorTexture, true, 'base colour'),
    metallicRoughnessTexture: await slot(pbr.metallicRoughnessTexture, false, 'metallic-roughness'),
    normalTexture: await slot(material.normalTexture, false, 'normal map'),
    emissiveTexture: await slot(material.emissiveTexture, true, 'emission'),
    transmissionTexture: await slot(transmission?.transmissionTexture, false, 'transmission'),
    specularTexture: await slot(specular?.specularTexture, false, 'specular strength'),
    specularColorTexture: await slot(specular?.specularColorTexture, true, 'specular colour'),
  };
}

/**
 * The nearest metallic-roughness values to a material that states specular and glossiness alone: its diffuse colour on
 * a dielectric. `checkScene` names it.
 */
function likeSpecularGlossiness(material: GltfMaterial): GltfMaterial['pbrMetallicRoughness'] {
  const old = material.extensions?.KHR_materials_pbrSpecularGlossiness;
  if (old === undefined) return undefined;
  const { diffuseFactor, diffuseTexture, glossinessFactor = 1 } = old;
  return {
    ...(diffuseFactor === undefined ? {} : { baseColorFactor: diffuseFactor }),
    ...(diffuseTexture === undefined ? {} : { baseColorTexture: diffuseTexture }),
    metallicFactor: 0,
    roughnessFactor: 1 - glossinessFactor,
  };
}

/**
 * KHR_materials_ior: 0 stands for a surface that reflects everything, as materials that were specular-glossiness have
 * it.
 */
function indexOfRefraction(ior = 1.5): number {
  if (ior === 0) return MIRROR_LIKE_IOR;
  return ior >= 1 ? Math.min(ior, MIRROR_LIKE_IOR) : 1.5;
}

const MIRROR_LIKE_IOR = 1e4;

function clamp01(value: number): number {
  return Math.min(1, Math.max(0, value));
}

function unit(values: number[]): number[] {
  return values.map(clamp01);
}

/** Textures by what makes them differ: image, sampler and encoding. */
class TextureTable {
  readonly textures: PosedTexture[] = [];
  readonly unsupported: SceneProblem[] = [];
  private readonly indexOf = new Map<string, number>();
  private readonly decoded = new Map<number, Promise<DecodedImage | null>>();
  private readonly source: SceneSource;
  private readonly budget: SceneBudget;
  private readonly signal: AbortSignal | undefined;
  private pixels = 0;

  constructor(options: { source: SceneSource; budget: SceneBudget; signal?: AbortSignal | undefined }) {
    this.source = options.source;
    this.budget = options.budget;
    this.signal = options.signal;
  }

  async slot(options: {
    info: GltfTextureInfo | undefined;
    srgb: boolean;
    where: string;
  }): Promise<TextureSlot | null> {
    const { info, srgb, where } = options;
    if (info === undefined) return null;
    const { document } = this.source;
    const texture = document.textures?.[info.index] ?? {};
    const image = this.imageOf(info.index, where);
    if (image === undefined) return null;
    const {
      wrapS = REPEAT,
      wrapT = REPEAT,
      magFilter = LINEAR,
    } = texture.sampler === undefined ? {} : (document.samplers?.[texture.sampler] ?? {});
    const key = [image, wrapS, wrapT, magFilter, srgb].join(' ');
    if (!this.indexOf.has(key)) {
      const decoded = await this.decode(image, where);
      if (decoded === null) return null;
      const { width, height } = decoded;
      const what = `the texture of ${width} x ${height} pixels, packed for the kernel,`;
      this.budget.hold({ file: this.source.entry, where: `images[${image}]`, what, bytes: 4 * width * height });
      this.indexOf.set(key, this.textures.length);
      this.textures.push({
        ...decoded,
        wrapS: wrapOf(wrapS),
        wrapT: wrapOf(wrapT),
        srgb,
        filter: magFilter === NEAREST ? 'nearest' : 'linear',
      });
    }
    const transform = info.extensions?.KHR_texture_transform;
    const uvSet = transform?.texCoord ?? info.texCoord ?? 0;
    if (uvSet > 1)
      this.unsupported.push({
        name: `TEXCOORD_${uvSet}`,
        where,
        consequence: 'the texture is drawn with the first set of texture coordinates',
      });
    return { texture: this.indexOf.get(key) as number, uvSet: uvSet === 1 ? 1 : 0, transform: transformOf(transform) };
  }

  /**
   * The image that a texture reads: WebP where offered, else the plain one. Undefined, and reported, where only an
   * unreadable kind is there.
   */
  private imageOf(index: number, where: string): number | undefined {
    const texture = this.source.document.textures?.[index] ?? {};
    const image = texture.extensions?.EXT_texture_webp?.source ?? texture.source;
    if (image !== undefined) return image;
    const others = Object.keys(texture.extensions ?? {});
    this.unsupported.push({
      name: others[0] ?? `textures[${index}] without an image`,
      where,
      consequence: 'the texture is left out',
    });
    return undefined;
  }

  private decode(image: number, where: string): Promise<DecodedImage | null> {
    const running = this.decoded.get(image) ?? this.decodeOnce(image, where);
    this.decoded.set(image, running);
    return running;
  }

  /** Null for an image whose file is missing (reported already) or of a kind that is not read (reported here). */
  private async decodeOnce(image: number, where: string): Promise<DecodedImage | null> {
    this.signal?.throwIfAborted();
    const { document, entry } = this.source;
    const bytes = this.source.images[image] ?? this.bytesInBuffer(image);
    if (bytes === undefined) return null;
    if (imageKindOf(bytes) === 'ktx2') {
      this.unsupported.push({ name: 'KTX2 image', where, consequence: 'the texture is left out' });
      return null;
    }
    const uri = document.images?.[image]?.uri;
    const decoded = await decodeImage({
      file: entry,
      where: uri === undefined || uri.startsWith('data:') ? `images[${image}]` : `images[${image}] ${uri}`,
      bytes,
      budget: this.budget,
    });
    this.pixels += decoded.width * decoded.height;
    if (this.pixels > SCENE_LIMITS.imagePixels)
      throw new BadSceneError({
        file: entry,
        where: `images[${image}]`,
        what: `the scene's images exceed ${SCENE_LIMITS.imagePixels} pixels together`,
        advice: 'Scale the textures down.',
      });
    return decoded;
  }

  private bytesInBuffer(image: number): Uint8Array | undefined {
    const { document, buffers } = this.source;
    const view = document.bufferViews?.[document.images?.[image]?.bufferView ?? -1];
    if (view === undefined) return undefined;
    const start = view.byteOffset ?? 0;
    return buffers[view.buffer]?.subarray(start, start + view.byteLength);
  }
}

const REPEAT = 10497;
const CLAMP = 33071;
const MIRROR = 33648;
const NEAREST = 9728;
const LINEAR = 9729;

function wrapOf(wrap: number): PosedTexture['wrapS'] {
  return wrap === CLAMP ? 'clamp' : wrap === MIRROR ? 'mirror' : 'repeat';
}

/** KHR_texture_transform: scale, then rotate counter-clockwise (v counts downwards), then offset. */
function transformOf(
  transform: { offset?: number[]; rotation?: number; scale?: number[] } | undefined,
): TextureSlot['transform'] {
  const [tx = 0, ty = 0] = transform?.offset ?? [];
  const [sx = 1, sy = 1] = transform?.scale ?? [];
  const rotation = transform?.rotation ?? 0;
  const c = cosine(rotation);
  const s = sine(rotation);
  // `+ 0` turns the -0 of an absent rotation into 0, so that equal maps have equal bytes.
  return [sx * c, -sx * s + 0, sy * s, sy * c, tx, ty];
}
