/**
 * A scene at one frame time, as plain numbers: what `poseScene` makes and `prepareScene` packs for the kernel.
 *
 * World space, metres as in glTF, +Y up, right-handed. Triangles are unindexed: corner `c` of triangle `i` is at
 * element `3 * i + c` of every per-corner array. Colours are linear sRGB primaries unless a texture says otherwise.
 */
export interface PosedScene {
  triangleCount: number;
  /** Corner positions, 9 per triangle. */
  positions: Float32Array;
  /** Unit shading normals at the corners, 9 per triangle. */
  normals: Float32Array;
  /** First texture coordinates, 6 per triangle; zeros where a mesh has none. */
  uv0: Float32Array;
  /** Second texture coordinates, 6 per triangle; null when no mesh has any. */
  uv1: Float32Array | null;
  /** Unit tangents, 12 per triangle: xyz and the sign of the bitangent (cross(normal, tangent) * w). */
  tangents: Float32Array;
  /** Linear RGBA corner colours, 12 per triangle; null when no mesh has any. */
  colors: Float32Array | null;
  /** Index into `materials`, one per triangle. */
  materialOfTriangle: Uint32Array;
  materials: PosedMaterial[];
  textures: PosedTexture[];
  lights: PosedLight[];
  environment: PosedEnvironment | null;
  camera: PosedCamera;
  background: Background;
  /** Equal for two frames whose triangles are equal, so that `prepareScene` may keep their BVH. */
  geometryKey: string;
}

/** Where a material reads a texture: uv' = (a u + c v + tx, b u + d v + ty) for transform [a, b, c, d, tx, ty]. */
export interface TextureSlot {
  /** Index into `PosedScene.textures`. */
  texture: number;
  uvSet: 0 | 1;
  transform: readonly [number, number, number, number, number, number];
}

/** A glTF metallic-roughness material with ior, transmission, emissive strength and unlit. */
export interface PosedMaterial {
  /** Linear RGBA factor. */
  baseColor: readonly [number, number, number, number];
  metallic: number;
  /** Perceptual roughness; alpha = roughness squared. */
  roughness: number;
  /** Emitted radiance, W/(m2 sr) in scene units, KHR_materials_emissive_strength included. */
  emissive: readonly [number, number, number];
  normalScale: number;
  alphaMode: 'opaque' | 'mask' | 'blend';
  alphaCutoff: number;
  doubleSided: boolean;
  /** Share of light that enters instead of scattering diffusely (KHR_materials_transmission), 0 to 1. */
  transmission: number;
  /** Index of refraction; 1.5 unless KHR_materials_ior says otherwise. */
  ior: number;
  unlit: boolean;
  baseColorTexture: TextureSlot | null;
  metallicRoughnessTexture: TextureSlot | null;
  normalTexture: TextureSlot | null;
  emissiveTexture: TextureSlot | null;
  transmissionTexture: TextureSlot | null;
}

export type TextureWrap = 'repeat' | 'clamp' | 'mirror';

/** Decoded texels, row 0 at v = 0 (glTF's upper left corner). */
export interface PosedTexture {
  width: number;
  height: number;
  wrapS: TextureWrap;
  wrapT: TextureWrap;
  /** True when RGB is sRGB encoded (base colour, emissive). Alpha is always linear. */
  srgb: boolean;
  filter: 'linear' | 'nearest';
  /** 4 bytes per texel, rows top-down. */
  rgba: Uint8Array;
}

/** A light of KHR_lights_punctual. */
export interface PosedLight {
  kind: 'point' | 'spot' | 'directional';
  /** Linear RGB times intensity: candela for point and spot, lux for directional. */
  color: readonly [number, number, number];
  /** World position; ignored for directional. */
  position: readonly [number, number, number];
  /** Unit direction the light shines in (world); ignored for point. */
  direction: readonly [number, number, number];
  /** Metres beyond which the light is off; 0 means infinite. */
  range: number;
  /** Cosine of the angle within which a spot has full intensity. */
  innerConeCos: number;
  /** Cosine of the angle beyond which a spot is dark. */
  outerConeCos: number;
}

/** Linear equirectangular radiance: direction (x, y, z) has u = atan2(z, x) / (2 pi) + 0.5, v = acos(y) / pi, row 0 = +Y. */
export interface PosedEnvironment {
  width: number;
  height: number;
  /** 3 floats per texel, rows from +Y to -Y. */
  rgb: Float32Array;
  /** Factor on the radiance. */
  intensity: number;
}

/** The camera looks along -Z of its own space, +Y up. Matrices are column-major. */
export type PosedCamera =
  | { kind: 'perspective'; worldFromCamera: Float64Array; fovYRadians: number; aspect: number }
  | { kind: 'orthographic'; worldFromCamera: Float64Array; xmag: number; ymag: number };

/** What a ray that leaves the scene sees when it comes straight from the camera. */
export type Background =
  | { kind: 'environment' }
  | { kind: 'transparent' }
  | { kind: 'color'; rgb: readonly [number, number, number] };
