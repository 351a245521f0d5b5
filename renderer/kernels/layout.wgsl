// What the host writes and reads, and the constants that both sides need. `npm run kernel:layout` writes
// generated/layout.ts from this file, by which the packers of `renderer/scene/prepare/` name every member: whatever they
// share with the kernel is declared here and nowhere else.

/// One frame: settings of the request, camera, and where things lie in `tables`.
struct Frame {
  // Set by the engine for each request; zero in the prepared scene and its hash.
  seed: u32,
  frame: u32,
  bounces: u32,
  width: u32,
  height: u32,
  // Set by prepare.
  flags: u32,
  lightCount: u32,
  /// Scalar index in `tables` of the lights' cumulative distribution, lightCount + 1 numbers.
  lightCdf: u32,
  /// Vector index in `tables` of the first light; LIGHT_VECTORS each.
  lights: u32,
  /// Vector index of the table of directional albedos of the GGX lobe.
  albedoTable: u32,
  /// Vector index of the 256 linear values of sRGB bytes, in x.
  srgbTable: u32,
  /// Vector index of the table of glass albedos.
  glassTable: u32,
  environmentWidth: u32,
  environmentHeight: u32,
  /// Vector index in `tables` of the environment's texels: linear RGB, intensity included. With FRAME_ENVIRONMENT_RGBE,
  /// index in `texels`: mantissas of red (lowest byte), green and blue, and their exponent.
  environmentTexels: u32,
  /// Cells of the environment's importance grid.
  gridWidth: u32,
  gridHeight: u32,
  /// Scalar index of the grid rows' cumulative distribution, gridHeight + 1 numbers.
  gridRowCdf: u32,
  /// Scalar index of the distributions along each row, gridWidth + 1 numbers each.
  gridColumnCdfs: u32,
  /// Probability that a light sample goes to the environment.
  environmentPick: f32,
  /// Camera position, or the centre of the image plane of an orthographic camera.
  cameraOrigin: vec3f,
  /// With FRAME_ENVIRONMENT_RGBE, index in `texels` of the radiances, as bits, that the mantissas 0 to 255 stand for with
  /// exponent 0, intensity included; 256 on for each exponent. It may lie before `texels` and wrap around: only exponents
  /// that the environment has are there.
  environmentRadiances: u32,
  /// From the centre to the right edge of the image, at distance 1 for a perspective camera.
  cameraRight: vec4f,
  /// From the centre to the upper edge of the image.
  cameraUp: vec4f,
  cameraForward: vec4f,
  /// Linear RGB that a camera ray sees where it leaves the scene, with BACKGROUND_COLOR.
  background: vec4f,
}

const FRAME_ORTHOGRAPHIC = 1u;
const FRAME_ENVIRONMENT = 2u;
const BACKGROUND_COLOR = 4u;
const BACKGROUND_TRANSPARENT = 8u;
/// The environment's texels have a shared exponent.
const FRAME_ENVIRONMENT_RGBE = 32u;
/// Something emits that a bounced ray can meet: environment, emissive or unlit surfaces.
const FRAME_EMISSION = 16u;

/// Four children of a node: bounds in structure-of-arrays order. Bit 31 of a child marks a packet of triangles.
/// Empty slots have all bounds at EMPTY_SLOT_BOUND.
struct BvhNode {
  lowX: vec4f,
  highX: vec4f,
  lowY: vec4f,
  highY: vec4f,
  lowZ: vec4f,
  highZ: vec4f,
  child: vec4u,
}

/// Four triangles: first corner, two edges, and identity with TRIANGLE_ flags. Empty lanes are all zero (never hit).
struct TrianglePacket {
  cornerX: vec4f,
  cornerY: vec4f,
  cornerZ: vec4f,
  firstX: vec4f,
  firstY: vec4f,
  firstZ: vec4f,
  secondX: vec4f,
  secondY: vec4f,
  secondZ: vec4f,
  id: vec4u,
}

/// Beyond the reach of any ray (FAR).
const EMPTY_SLOT_BOUND = 1e30;
const CHILD_IS_PACKET = 0x80000000u;
/// The material's alpha decides whether a ray meets this triangle.
const TRIANGLE_ALPHA = 0x80000000u;
/// Camera rays pass through its back.
const TRIANGLE_SINGLE_SIDED = 0x40000000u;
const TRIANGLE_INDEX = 0x3fffffffu;
const NO_TRIANGLE = 0xffffffffu;

/// Shading data of one triangle, in the order of the packets.
struct Surface {
  corner: vec3f,
  material: u32,
  firstEdge: vec3f,
  /// Density per area with which light samples land here; 0 when it is not a light.
  lightDensity: f32,
  secondEdge: vec3f,
  /// Vector index in `tables` of the triangle's Attributes, or NO_ATTRIBUTE.
  attributes: u32,
  normal0: vec3f,
  tangent0: u32,
  normal1: vec3f,
  tangent1: u32,
  normal2: vec3f,
  tangent2: u32,
  /// Texture coordinates of set 0: corners 0 and 1, then 2.
  uvs: vec4f,
  uv2: vec2f,
  padding: vec2u,
}

const NO_ATTRIBUTE = 0xffffffffu;

/// A tangent in one word is its octahedral map (Cigolle et al. 2014): x in 16 bits, y in 15, and the sign of the
/// bitangent.
const TANGENT_X_MOST = 0xffff;
const TANGENT_Y_MOST = 0x7fff;
const TANGENT_Y_SHIFT = 16u;
const TANGENT_FLIPPED = 0x80000000u;

/// What only some triangles have; lies in `tables`, read by uv1At and colorAt.
struct Attributes {
  /// Texture coordinates of set 1: corners 0 and 1, then 2.
  uvs: vec4f,
  uv2: vec2f,
  padding: vec2u,
  color0: vec4f,
  color1: vec4f,
  color2: vec4f,
}

struct TextureSlot {
  /// (a, b, c, d) of uv' = (a u + c v + x, b u + d v + y).
  matrix: vec4f,
  shift: vec2f,
  /// Index of the first texel in `texels`.
  first: u32,
  flags: u32,
  width: u32,
  height: u32,
  padding: vec2u,
}

const SLOT_USED = 1u;
const SLOT_UV1 = 2u;
const SLOT_SRGB = 4u;
const SLOT_NEAREST = 8u;
const SLOT_CLAMP_S = 16u;
const SLOT_MIRROR_S = 32u;
const SLOT_CLAMP_T = 64u;
const SLOT_MIRROR_T = 128u;

struct Material {
  baseColor: vec4f,
  emissive: vec3f,
  alphaCutoff: f32,
  metallic: f32,
  roughness: f32,
  transmission: f32,
  ior: f32,
  normalScale: f32,
  flags: u32,
  /// Strength of a dielectric's reflection (KHR_materials_specular).
  specular: f32,
  padding: u32,
  /// Linear RGB, a factor of its reflectance at normal incidence; may exceed 1.
  specularColor: vec4f,
  baseColorTexture: TextureSlot,
  metallicRoughnessTexture: TextureSlot,
  normalTexture: TextureSlot,
  emissiveTexture: TextureSlot,
  transmissionTexture: TextureSlot,
  specularTexture: TextureSlot,
  specularColorTexture: TextureSlot,
}

const MATERIAL_MASK = 1u;
const MATERIAL_BLEND = 2u;
const MATERIAL_DOUBLE_SIDED = 4u;
const MATERIAL_UNLIT = 8u;
/// Vertex colours multiply the base colour.
const MATERIAL_COLORS = 16u;

/// A point, spot or directional light (KHR_lights_punctual); lies in `tables`, read by punctualLightAt. Records of
/// lights are all of LIGHT_VECTORS vectors and begin alike, so that the kind and the chance can be read of any. Of the
/// environment's record nothing else is read.
struct PunctualLight {
  position: vec3f,
  /// LIGHT_POINT and so on.
  kind: u32,
  direction: vec3f,
  /// Probability of being picked.
  pick: f32,
  /// Candela or lux.
  color: vec3f,
  /// 0 where nothing cuts the light off.
  range: f32,
  innerConeCosine: f32,
  outerConeCosine: f32,
  padding: vec2u,
}

/// An emissive triangle as a light; lies in `tables`, read by triangleLightAt.
struct TriangleLight {
  corner: vec3f,
  kind: u32,
  firstEdge: vec3f,
  pick: f32,
  secondEdge: vec3f,
  /// Density per area with which light samples land here.
  density: f32,
  padding: vec2u,
  /// Index into `surfaces`.
  triangle: u32,
  material: u32,
}

const LIGHT_VECTORS = 4u;
const LIGHT_POINT = 0u;
const LIGHT_SPOT = 1u;
const LIGHT_DIRECTIONAL = 2u;
const LIGHT_TRIANGLE = 3u;
const LIGHT_ENVIRONMENT = 4u;

/// Samples of one pixel that are added up.
struct Item {
  x: u32,
  y: u32,
  sampleBegin: u32,
  /// The sample after the last.
  sampleEnd: u32,
}

/// Sums over an item's samples, in their order.
struct Sum {
  /// Linear RGB.
  radiance: vec3f,
  coverage: f32,
}

/// Entries of the traversal's stacks: deep enough for every BVH that prepare accepts (it checks).
const STACK_SIZE = 128u;

/// Rows and columns of the table of directional albedos of the GGX lobe.
const ALBEDO_SIZE = 32u;

/// Entries of the table of glass albedos along the square root of the view's cosine, along perceptual roughness, and
/// along the signed square root of the contrast (eta - 1) / (eta + 1), which runs up to GLASS_MOST_CONTRAST.
const GLASS_COSINES = 16u;
const GLASS_ROUGHNESSES = 16u;
const GLASS_CONTRASTS = 17u;
const GLASS_MOST_CONTRAST = 0.5;

@group(0) @binding(0) var<storage, read> frame: Frame;
@group(0) @binding(1) var<storage, read> bvhNodes: array<BvhNode>;
@group(0) @binding(2) var<storage, read> packets: array<TrianglePacket>;
@group(0) @binding(3) var<storage, read> surfaces: array<Surface>;
@group(0) @binding(4) var<storage, read> materials: array<Material>;
@group(0) @binding(5) var<storage, read> tables: array<vec4u>;
@group(0) @binding(6) var<storage, read> texels: array<u32>;
@group(0) @binding(7) var<storage, read> items: array<Item>;
/// One for each item.
@group(0) @binding(8) var<storage, read_write> sums: array<Sum>;
/// Rays traced for each item: closest hits and shadow rays.
@group(0) @binding(9) var<storage, read_write> counters: array<u32>;

fn tableVector(index: u32) -> vec4f { return bitcast<vec4f>(tables[index]); }
fn tableScalar(index: u32) -> f32 { return bitcast<f32>(tables[index >> 2u][index & 3u]); }

fn uv1At(attributes: u32, w: f32, u: f32, v: f32) -> vec2f {
  let first = tableVector(attributes);
  let second = tableVector(attributes + 1u);
  return first.xy * w + first.zw * u + second.xy * v;
}

fn colorAt(attributes: u32, w: f32, u: f32, v: f32) -> vec4f {
  return tableVector(attributes + 2u) * w + tableVector(attributes + 3u) * u + tableVector(attributes + 4u) * v;
}

fn punctualLightAt(record: u32) -> PunctualLight {
  let first = tables[record];
  let second = tableVector(record + 1u);
  let third = tableVector(record + 2u);
  let fourth = tableVector(record + 3u);
  return PunctualLight(bitcast<vec4f>(first).xyz, first.w, second.xyz, second.w, third.xyz, third.w, fourth.x, fourth.y, vec2u(0u));
}

fn triangleLightAt(record: u32) -> TriangleLight {
  let first = tables[record];
  let second = tableVector(record + 1u);
  let third = tableVector(record + 2u);
  let fourth = tables[record + 3u];
  return TriangleLight(bitcast<vec4f>(first).xyz, first.w, second.xyz, second.w, third.xyz, third.w, vec2u(0u), fourth.z, fourth.w);
}

/// The last entry i of `count` with cdf[i] <= u, for a cumulative distribution of count + 1 numbers from 0 to 1.
fn searchCdf(first: u32, count: u32, u: f32) -> u32 {
  var low = 0u;
  var size = count;
  while (size > 1u) {
    let half = size >> 1u;
    let above = tableScalar(first + low + half) <= u;
    low = select(low, low + half, above);
    size = select(half, size - half, above);
  }
  return low;
}
