// Written by `npm run kernel:layout` from layout.wgsl; not to be changed by hand.
import type { Member } from '../Member.js';

export const FRAME_ORTHOGRAPHIC = 1;
export const FRAME_ENVIRONMENT = 2;
export const BACKGROUND_COLOR = 4;
export const BACKGROUND_TRANSPARENT = 8;
export const FRAME_ENVIRONMENT_RGBE = 32;
export const FRAME_EMISSION = 16;
export const EMPTY_SLOT_BOUND = 1e+30;
export const CHILD_IS_PACKET = 0x80000000;
export const TRIANGLE_ALPHA = 0x80000000;
export const TRIANGLE_SINGLE_SIDED = 0x40000000;
export const TRIANGLE_INDEX = 0x3fffffff;
export const NO_TRIANGLE = 0xffffffff;
export const NO_ATTRIBUTE = 0xffffffff;
export const TANGENT_X_MOST = 0xffff;
export const TANGENT_Y_MOST = 0x7fff;
export const TANGENT_Y_SHIFT = 16;
export const TANGENT_FLIPPED = 0x80000000;
export const SLOT_USED = 1;
export const SLOT_UV1 = 2;
export const SLOT_SRGB = 4;
export const SLOT_NEAREST = 8;
export const SLOT_CLAMP_S = 16;
export const SLOT_MIRROR_S = 32;
export const SLOT_CLAMP_T = 64;
export const SLOT_MIRROR_T = 128;
export const MATERIAL_MASK = 1;
export const MATERIAL_BLEND = 2;
export const MATERIAL_DOUBLE_SIDED = 4;
export const MATERIAL_UNLIT = 8;
export const MATERIAL_COLORS = 16;
export const LIGHT_VECTORS = 4;
export const LIGHT_POINT = 0;
export const LIGHT_SPOT = 1;
export const LIGHT_DIRECTIONAL = 2;
export const LIGHT_TRIANGLE = 3;
export const LIGHT_ENVIRONMENT = 4;
export const STACK_SIZE = 128;
export const ALBEDO_SIZE = 32;
export const GLASS_COSINES = 16;
export const GLASS_ROUGHNESSES = 16;
export const GLASS_CONTRASTS = 17;
export const GLASS_MOST_CONTRAST = 0.5;

export const FRAME_WORDS = 40;
export const FRAME = {
  seed: 0 as Member<'Frame', 'u32'>,
  frame: 1 as Member<'Frame', 'u32'>,
  bounces: 2 as Member<'Frame', 'u32'>,
  width: 3 as Member<'Frame', 'u32'>,
  height: 4 as Member<'Frame', 'u32'>,
  flags: 5 as Member<'Frame', 'u32'>,
  lightCount: 6 as Member<'Frame', 'u32'>,
  lightCdf: 7 as Member<'Frame', 'u32'>,
  lights: 8 as Member<'Frame', 'u32'>,
  albedoTable: 9 as Member<'Frame', 'u32'>,
  srgbTable: 10 as Member<'Frame', 'u32'>,
  glassTable: 11 as Member<'Frame', 'u32'>,
  environmentWidth: 12 as Member<'Frame', 'u32'>,
  environmentHeight: 13 as Member<'Frame', 'u32'>,
  environmentTexels: 14 as Member<'Frame', 'u32'>,
  gridWidth: 15 as Member<'Frame', 'u32'>,
  gridHeight: 16 as Member<'Frame', 'u32'>,
  gridRowCdf: 17 as Member<'Frame', 'u32'>,
  gridColumnCdfs: 18 as Member<'Frame', 'u32'>,
  environmentPick: 19 as Member<'Frame', 'f32'>,
  cameraOrigin: 20 as Member<'Frame', 'vec3f'>,
  environmentRadiances: 23 as Member<'Frame', 'u32'>,
  cameraRight: 24 as Member<'Frame', 'vec4f'>,
  cameraUp: 28 as Member<'Frame', 'vec4f'>,
  cameraForward: 32 as Member<'Frame', 'vec4f'>,
  background: 36 as Member<'Frame', 'vec4f'>,
} as const;

export const BVH_NODE_WORDS = 28;
export const BVH_NODE = {
  lowX: 0 as Member<'BvhNode', 'vec4f'>,
  highX: 4 as Member<'BvhNode', 'vec4f'>,
  lowY: 8 as Member<'BvhNode', 'vec4f'>,
  highY: 12 as Member<'BvhNode', 'vec4f'>,
  lowZ: 16 as Member<'BvhNode', 'vec4f'>,
  highZ: 20 as Member<'BvhNode', 'vec4f'>,
  child: 24 as Member<'BvhNode', 'vec4u'>,
} as const;

export const TRIANGLE_PACKET_WORDS = 40;
export const TRIANGLE_PACKET = {
  cornerX: 0 as Member<'TrianglePacket', 'vec4f'>,
  cornerY: 4 as Member<'TrianglePacket', 'vec4f'>,
  cornerZ: 8 as Member<'TrianglePacket', 'vec4f'>,
  firstX: 12 as Member<'TrianglePacket', 'vec4f'>,
  firstY: 16 as Member<'TrianglePacket', 'vec4f'>,
  firstZ: 20 as Member<'TrianglePacket', 'vec4f'>,
  secondX: 24 as Member<'TrianglePacket', 'vec4f'>,
  secondY: 28 as Member<'TrianglePacket', 'vec4f'>,
  secondZ: 32 as Member<'TrianglePacket', 'vec4f'>,
  id: 36 as Member<'TrianglePacket', 'vec4u'>,
} as const;

export const SURFACE_WORDS = 32;
export const SURFACE = {
  corner: 0 as Member<'Surface', 'vec3f'>,
  material: 3 as Member<'Surface', 'u32'>,
  firstEdge: 4 as Member<'Surface', 'vec3f'>,
  lightDensity: 7 as Member<'Surface', 'f32'>,
  secondEdge: 8 as Member<'Surface', 'vec3f'>,
  attributes: 11 as Member<'Surface', 'u32'>,
  normal0: 12 as Member<'Surface', 'vec3f'>,
  tangent0: 15 as Member<'Surface', 'u32'>,
  normal1: 16 as Member<'Surface', 'vec3f'>,
  tangent1: 19 as Member<'Surface', 'u32'>,
  normal2: 20 as Member<'Surface', 'vec3f'>,
  tangent2: 23 as Member<'Surface', 'u32'>,
  uvs: 24 as Member<'Surface', 'vec4f'>,
  uv2: 28 as Member<'Surface', 'vec2f'>,
  padding: 30 as Member<'Surface', 'vec2u'>,
} as const;

export const ATTRIBUTES_WORDS = 20;
export const ATTRIBUTES = {
  uvs: 0 as Member<'Attributes', 'vec4f'>,
  uv2: 4 as Member<'Attributes', 'vec2f'>,
  padding: 6 as Member<'Attributes', 'vec2u'>,
  color0: 8 as Member<'Attributes', 'vec4f'>,
  color1: 12 as Member<'Attributes', 'vec4f'>,
  color2: 16 as Member<'Attributes', 'vec4f'>,
} as const;

export const TEXTURE_SLOT_WORDS = 12;
export const TEXTURE_SLOT = {
  matrix: 0 as Member<'TextureSlot', 'vec4f'>,
  shift: 4 as Member<'TextureSlot', 'vec2f'>,
  first: 6 as Member<'TextureSlot', 'u32'>,
  flags: 7 as Member<'TextureSlot', 'u32'>,
  width: 8 as Member<'TextureSlot', 'u32'>,
  height: 9 as Member<'TextureSlot', 'u32'>,
  padding: 10 as Member<'TextureSlot', 'vec2u'>,
} as const;

export const MATERIAL_WORDS = 104;
export const MATERIAL = {
  baseColor: 0 as Member<'Material', 'vec4f'>,
  emissive: 4 as Member<'Material', 'vec3f'>,
  alphaCutoff: 7 as Member<'Material', 'f32'>,
  metallic: 8 as Member<'Material', 'f32'>,
  roughness: 9 as Member<'Material', 'f32'>,
  transmission: 10 as Member<'Material', 'f32'>,
  ior: 11 as Member<'Material', 'f32'>,
  normalScale: 12 as Member<'Material', 'f32'>,
  flags: 13 as Member<'Material', 'u32'>,
  specular: 14 as Member<'Material', 'f32'>,
  padding: 15 as Member<'Material', 'u32'>,
  specularColor: 16 as Member<'Material', 'vec4f'>,
  baseColorTexture: 20 as Member<'Material', 'TextureSlot'>,
  metallicRoughnessTexture: 32 as Member<'Material', 'TextureSlot'>,
  normalTexture: 44 as Member<'Material', 'TextureSlot'>,
  emissiveTexture: 56 as Member<'Material', 'TextureSlot'>,
  transmissionTexture: 68 as Member<'Material', 'TextureSlot'>,
  specularTexture: 80 as Member<'Material', 'TextureSlot'>,
  specularColorTexture: 92 as Member<'Material', 'TextureSlot'>,
} as const;

export const PUNCTUAL_LIGHT_WORDS = 16;
export const PUNCTUAL_LIGHT = {
  position: 0 as Member<'PunctualLight', 'vec3f'>,
  kind: 3 as Member<'PunctualLight', 'u32'>,
  direction: 4 as Member<'PunctualLight', 'vec3f'>,
  pick: 7 as Member<'PunctualLight', 'f32'>,
  color: 8 as Member<'PunctualLight', 'vec3f'>,
  range: 11 as Member<'PunctualLight', 'f32'>,
  innerConeCosine: 12 as Member<'PunctualLight', 'f32'>,
  outerConeCosine: 13 as Member<'PunctualLight', 'f32'>,
  padding: 14 as Member<'PunctualLight', 'vec2u'>,
} as const;

export const TRIANGLE_LIGHT_WORDS = 16;
export const TRIANGLE_LIGHT = {
  corner: 0 as Member<'TriangleLight', 'vec3f'>,
  kind: 3 as Member<'TriangleLight', 'u32'>,
  firstEdge: 4 as Member<'TriangleLight', 'vec3f'>,
  pick: 7 as Member<'TriangleLight', 'f32'>,
  secondEdge: 8 as Member<'TriangleLight', 'vec3f'>,
  density: 11 as Member<'TriangleLight', 'f32'>,
  padding: 12 as Member<'TriangleLight', 'vec2u'>,
  triangle: 14 as Member<'TriangleLight', 'u32'>,
  material: 15 as Member<'TriangleLight', 'u32'>,
} as const;

export const ITEM_WORDS = 4;
export const ITEM = {
  x: 0 as Member<'Item', 'u32'>,
  y: 1 as Member<'Item', 'u32'>,
  sampleBegin: 2 as Member<'Item', 'u32'>,
  sampleEnd: 3 as Member<'Item', 'u32'>,
} as const;

export const SUM_WORDS = 4;
export const SUM = {
  radiance: 0 as Member<'Sum', 'vec3f'>,
  coverage: 3 as Member<'Sum', 'f32'>,
} as const;
