/**
 * The part of a glTF 2.0 document that is read here. `checkDocument` proves that a parsed JSON value has this shape,
 * indices in range included.
 */
export interface GltfDocument {
  asset: { version: string; extras?: unknown };
  scene?: number;
  scenes?: { name?: string; nodes?: number[] }[];
  nodes?: GltfNode[];
  meshes?: { name?: string; primitives: GltfPrimitive[]; weights?: number[] }[];
  materials?: GltfMaterial[];
  textures?: GltfTexture[];
  images?: { name?: string; uri?: string; bufferView?: number; mimeType?: string }[];
  samplers?: { magFilter?: number; minFilter?: number; wrapS?: number; wrapT?: number }[];
  accessors?: GltfAccessor[];
  bufferViews?: GltfBufferView[];
  buffers?: { uri?: string; byteLength: number }[];
  cameras?: GltfCamera[];
  skins?: { joints: number[]; inverseBindMatrices?: number; skeleton?: number }[];
  animations?: GltfAnimation[];
  extensionsUsed?: string[];
  extensionsRequired?: string[];
  extensions?: { KHR_lights_punctual?: { lights: GltfLight[] } } & Record<string, unknown>;
  extras?: unknown;
}

export interface GltfNode {
  name?: string;
  children?: number[];
  matrix?: number[];
  translation?: number[];
  rotation?: number[];
  scale?: number[];
  mesh?: number;
  skin?: number;
  camera?: number;
  weights?: number[];
  extensions?: {
    KHR_lights_punctual?: { light: number };
    KHR_node_visibility?: { visible?: boolean };
    EXT_mesh_gpu_instancing?: { attributes: Record<string, number> };
  } & Record<string, unknown>;
}

export interface GltfPrimitive {
  attributes: Record<string, number>;
  indices?: number;
  material?: number;
  /** 0 points, 1-3 lines, 4 triangles (default), 5 strip, 6 fan. */
  mode?: number;
  targets?: Record<string, number>[];
  extensions?: Record<string, unknown>;
}

export interface GltfTextureInfo {
  index: number;
  texCoord?: number;
  scale?: number;
  extensions?: {
    KHR_texture_transform?: { offset?: number[]; rotation?: number; scale?: number[]; texCoord?: number };
  } & Record<string, unknown>;
}

export interface GltfMaterial {
  name?: string;
  pbrMetallicRoughness?: {
    baseColorFactor?: number[];
    baseColorTexture?: GltfTextureInfo;
    metallicFactor?: number;
    roughnessFactor?: number;
    metallicRoughnessTexture?: GltfTextureInfo;
  };
  normalTexture?: GltfTextureInfo;
  emissiveTexture?: GltfTextureInfo;
  emissiveFactor?: number[];
  alphaMode?: 'OPAQUE' | 'MASK' | 'BLEND';
  alphaCutoff?: number;
  doubleSided?: boolean;
  extensions?: GltfMaterialExtensions & Record<string, unknown>;
}

/** The extensions of materials that are read, with the fields that are. */
export interface GltfMaterialExtensions {
  KHR_materials_emissive_strength?: { emissiveStrength?: number };
  KHR_materials_transmission?: { transmissionFactor?: number; transmissionTexture?: GltfTextureInfo };
  KHR_materials_ior?: { ior?: number };
  KHR_materials_specular?: {
    specularFactor?: number;
    specularTexture?: GltfTextureInfo;
    specularColorFactor?: number[];
    specularColorTexture?: GltfTextureInfo;
  };
  KHR_materials_unlit?: Record<never, never>;
  KHR_materials_pbrSpecularGlossiness?: {
    diffuseFactor?: number[];
    diffuseTexture?: GltfTextureInfo;
    glossinessFactor?: number;
  };
}

export interface GltfTexture {
  sampler?: number;
  source?: number;
  extensions?: { EXT_texture_webp?: { source: number } } & Record<string, { source?: number } | undefined>;
}

export interface GltfAccessor {
  bufferView?: number;
  byteOffset?: number;
  componentType: number;
  normalized?: boolean;
  count: number;
  type: string;
  sparse?: {
    count: number;
    indices: { bufferView: number; byteOffset?: number; componentType: number };
    values: { bufferView: number; byteOffset?: number };
  };
}

export interface GltfBufferView {
  buffer: number;
  byteOffset?: number;
  byteLength: number;
  byteStride?: number;
  extensions?: Record<string, MeshoptView | undefined>;
}

/** Where EXT_meshopt_compression keeps a compressed view. */
export interface MeshoptView {
  buffer: number;
  byteOffset?: number;
  byteLength: number;
  byteStride: number;
  count: number;
  mode: string;
  filter?: string;
}

export interface GltfCamera {
  name?: string;
  type: 'perspective' | 'orthographic';
  perspective?: { yfov: number; aspectRatio?: number };
  orthographic?: { xmag: number; ymag: number };
}

export interface GltfLight {
  name?: string;
  type: 'point' | 'spot' | 'directional';
  color?: number[];
  intensity?: number;
  range?: number;
  spot?: { innerConeAngle?: number; outerConeAngle?: number };
}

export interface GltfAnimation {
  name?: string;
  channels: { sampler: number; target: { node?: number; path: string; extensions?: Record<string, unknown> } }[];
  samplers: { input: number; output: number; interpolation?: 'LINEAR' | 'STEP' | 'CUBICSPLINE' }[];
}

/** Bytes of one component by its WebGL number. */
export const COMPONENT_BYTES: Readonly<Record<number, number>> = {
  5120: 1,
  5121: 1,
  5122: 2,
  5123: 2,
  5125: 4,
  5126: 4,
};

/** Components of one element by accessor type. */
export const TYPE_COMPONENTS: Readonly<Record<string, number>> = {
  SCALAR: 1,
  VEC2: 2,
  VEC3: 3,
  VEC4: 4,
  MAT2: 4,
  MAT3: 9,
  MAT4: 16,
};
