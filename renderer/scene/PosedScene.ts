/**
 * A scene at one moment, as plain arrays: what lies between the loader (three.js objects) and `prepare/` (what the
 * kernel reads).
 *
 * World space, metres as in glTF, right-handed, +Y up. Colours are linear with Rec. 709 primaries. Triangles wind
 * counter-clockwise seen from their front, also where a node mirrors its mesh (the winding is turned back when the
 * scene is posed). Everything here is a pure function of the scene's files and the frame's time, so two machines build
 * the same bytes.
 */
export interface PosedScene {
  /** How many triangles: `n` below. */
  triangleCount: number;
  /** 9n: three corners of three coordinates per triangle, world space. */
  positions: Float32Array;
  /** 9n: a unit normal per corner, world space. */
  normals: Float32Array;
  /** 6n: texture coordinates of the first set per corner; zero where the mesh has none. */
  uv0: Float32Array;
  /** 6n: texture coordinates of the second set, or null when no material of the scene reads it. */
  uv1: Float32Array | null;
  /** 12n: per corner a unit tangent (world space) and the sign w: bitangent = w * cross(normal, tangent). */
  tangents: Float32Array;
  /**
   * 12n: linear RGBA per corner, a factor of the base colour; 1 where the mesh has none. Null when no mesh of the scene
   * has vertex colours.
   */
  colors: Float32Array | null;
  /** n: index into `materials`. */
  materialOfTriangle: Uint32Array;
  materials: PosedMaterial[];
  textures: PosedTexture[];
  lights: PosedLight[];
  environment: PosedEnvironment | null;
  camera: PosedCamera;
  background: Background;
  /**
   * Equal keys mean equal triangles (positions, normals, tangents, order): lets `prepare` reuse a BVH. Frames in which
   * nothing moves share one.
   */
  geometryKey: string;
}

/** Where a material reads a texture. */
export interface TextureSlot {
  /** Index into `textures`. */
  texture: number;
  uvSet: 0 | 1;
  /**
   * The affine map of KHR_texture_transform, column-major: [a, b, c, d, tx, ty] takes (u, v) to (a*u + c*v + tx, b*u +
   * d*v + ty). Identity is [1, 0, 0, 1, 0, 0].
   */
  transform: [number, number, number, number, number, number];
}

/**
 * Metallic-roughness of glTF 2.0 with emissive strength, transmission, ior, specular and unlit. Factors multiply their
 * texture.
 */
export interface PosedMaterial {
  /** Linear RGB and opacity, each in 0..1. */
  baseColor: [number, number, number, number];
  /** 0..1; its texture's blue channel. */
  metallic: number;
  /** 0..1, perceptual (alpha = roughness squared); its texture's green channel. */
  roughness: number;
  /** Linear radiance, KHR_materials_emissive_strength included; may exceed 1. */
  emissive: [number, number, number];
  /** Scale of the normal map's x and y. */
  normalScale: number;
  alphaMode: 'opaque' | 'mask' | 'blend';
  /** For 'mask': coverage is 1 where opacity >= alphaCutoff, else 0. */
  alphaCutoff: number;
  /** False: the back face is not drawn (a camera or light ray passes through it) unless the material transmits. */
  doubleSided: boolean;
  /** 0..1 share of light that is transmitted rather than diffused; its texture's red channel. */
  transmission: number;
  /** Index of refraction, 1.5 by default. */
  ior: number;
  /** 0..1 strength of the reflection of the dielectric share; its texture's alpha. */
  specular: number;
  /** Linear RGB, a factor of the reflectance at normal incidence; may exceed 1. */
  specularColor: [number, number, number];
  /** True: the base colour is shown as it is and takes no light. */
  unlit: boolean;
  baseColorTexture: TextureSlot | null;
  metallicRoughnessTexture: TextureSlot | null;
  normalTexture: TextureSlot | null;
  emissiveTexture: TextureSlot | null;
  transmissionTexture: TextureSlot | null;
  specularTexture: TextureSlot | null;
  specularColorTexture: TextureSlot | null;
}

/** What lies beyond a texture's edge. */
export type TextureWrap = 'repeat' | 'clamp' | 'mirror';

/** An image with its sampler. Row 0 is the image's first row, where v = 0, as in glTF. */
export interface PosedTexture {
  /** Pixels. */
  width: number;
  /** Pixels. */
  height: number;
  wrapS: TextureWrap;
  wrapT: TextureWrap;
  /** True: RGB is sRGB-encoded (alpha never is). */
  srgb: boolean;
  filter: 'linear' | 'nearest';
  /** 4 * width * height bytes, alpha not premultiplied. */
  rgba: Uint8Array;
}

/** A light of KHR_lights_punctual in world space. */
export interface PosedLight {
  kind: 'point' | 'spot' | 'directional';
  /** Linear RGB times intensity: candela for point and spot, lux for directional. */
  color: [number, number, number];
  /** World position, metres. Meaningless for 'directional'. */
  position: [number, number, number];
  /** Unit vector along which the light travels. Meaningless for 'point'. */
  direction: [number, number, number];
  /** Metres beyond which there is no light; 0 = unlimited. */
  range: number;
  /** Cosine of the angle within which a spot is at full strength; 1 for the others. */
  innerConeCos: number;
  /** Cosine of the angle beyond which a spot is dark; -1 for the others. */
  outerConeCos: number;
}

/**
 * An equirectangular image of light from infinity. Row 0 looks along +Y. With u = (column + 0.5) / width, the direction
 * (x, y, z) is seen at u = atan2(z, x) / (2 pi) + 0.5, v = 0.5 - asin(y) / pi, as three.js maps it.
 */
export type PosedEnvironment = EnvironmentInFloats | EnvironmentInRgbe;

interface EnvironmentSize {
  /** Pixels. */
  width: number;
  /** Pixels. */
  height: number;
  /** Factor of every value. */
  intensity: number;
}

interface EnvironmentInFloats extends EnvironmentSize {
  /** 3 * width * height linear radiance values, finite and not negative. */
  rgb: Float32Array;
}

/** As a Radiance .hdr has it, in a third of the memory; the kernel reads it so too. */
export interface EnvironmentInRgbe extends EnvironmentSize {
  /** 4 * width * height: mantissas of red, green and blue, and their exponent; see `radianceOfRgbe`. */
  rgbe: Uint8Array;
}

/** A camera looks along its -Z with +Y up. Depth limits (znear, zfar) are not drawn. */
export type PosedCamera =
  | {
      kind: 'perspective';
      /** Column-major 4 x 4, a rotation and a translation without scale. */
      worldFromCamera: Float64Array;
      /** Full vertical angle of view, radians. */
      fovYRadians: number;
      /** Width over height of the picture to be taken. */
      aspect: number;
    }
  | {
      kind: 'orthographic';
      /** Column-major 4 x 4, a rotation and a translation without scale. */
      worldFromCamera: Float64Array;
      /** Half the width of the view, metres. */
      xmag: number;
      /** Half the height of the view, metres. */
      ymag: number;
    };

/** What a camera ray sees where it meets nothing. */
export type Background =
  { kind: 'environment' } | { kind: 'transparent' } | { kind: 'color'; /** Linear. */ rgb: [number, number, number] };
