import type { PosedMaterial, PosedScene } from '../PosedScene.js';
import type { Tree } from './buildTree.js';
import { NONE, TRIANGLE_ALPHA, TRIANGLE_SINGLE_SIDED, WORDS, sharedBytes, wordsOf } from './layout.js';

/** Shading data in the order of the blocks. */
export interface PackedSurfaces {
  /** `Block4` records with their identities. */
  blocks: Uint8Array;
  /** `Surface` records; light densities are still 0. */
  surfaces: Uint8Array;
  /** Vectors that only some triangles have: uv1 (2), colours (3). */
  attributes: Float32Array;
  /** The scene's triangle of each surface. */
  triangleOfSurface: Uint32Array;
}

/** Vectors of attributes per triangle that has any. */
const ATTRIBUTE_VECTORS = 5;

/**
 * Packs what the kernel reads at a hit. `attributes` will begin at vector 0 of its piece: `packFrame` adds where that
 * is.
 */
export function packSurfaces(scene: PosedScene, tree: Tree, firstAttribute: number): PackedSurfaces {
  const blocks = sharedBytes(tree.blocks.byteLength);
  blocks.set(tree.blocks);
  const ids = wordsOf(blocks).words;
  const surfaces = sharedBytes(scene.triangleCount * WORDS.surface * 4);
  const { floats, words } = wordsOf(surfaces);
  const triangleOfSurface = new Uint32Array(scene.triangleCount);
  const flags = scene.materials.map(triangleFlags);
  const extended = scene.materials.map((material) => readsAttributes(scene, material));
  const mapped = scene.materials.map((material) => material.normalTexture !== null);
  let extendedCount = 0;
  for (const material of scene.materialOfTriangle) if (extended[material]!) extendedCount++;
  const attributes = new Float32Array(extendedCount * ATTRIBUTE_VECTORS * 4);
  let surface = 0;
  let attribute = 0;
  for (let lane = 0; lane < tree.lanes.length; lane++) {
    const triangle = tree.lanes[lane]!;
    if (triangle < 0) continue;
    const material = scene.materialOfTriangle[triangle]!;
    ids[(lane >>> 2) * WORDS.block + 36 + (lane & 3)] = (surface | flags[material]!) >>> 0;
    triangleOfSurface[surface] = triangle;
    const at = surface * WORDS.surface;
    for (let axis = 0; axis < 3; axis++) {
      const corner = scene.positions[9 * triangle + axis]!;
      floats[at + axis] = corner;
      floats[at + 4 + axis] = scene.positions[9 * triangle + 3 + axis]! - corner;
      floats[at + 8 + axis] = scene.positions[9 * triangle + 6 + axis]! - corner;
      for (let c = 0; c < 3; c++) floats[at + 12 + 4 * c + axis] = scene.normals[9 * triangle + 3 * c + axis]!;
    }
    words[at + 3] = material;
    for (let i = 0; i < 6; i++) floats[at + 24 + i] = scene.uv0[6 * triangle + i]!;
    if (mapped[material]!) {
      for (let c = 0; c < 3; c++) words[at + 15 + 4 * c] = packTangent(scene.tangents, 12 * triangle + 4 * c);
    }
    words[at + 11] = NONE;
    if (extended[material]!) {
      words[at + 11] = firstAttribute + attribute;
      const to = attribute * 4;
      const uv1 = scene.uv1 ?? scene.uv0;
      for (let i = 0; i < 6; i++) attributes[to + i] = uv1[6 * triangle + i]!;
      for (let i = 0; i < 12; i++)
        attributes[to + 8 + i] = scene.colors === null ? 1 : scene.colors[12 * triangle + i]!;
      attribute += ATTRIBUTE_VECTORS;
    }
    surface++;
  }
  return { blocks, surfaces, attributes, triangleOfSurface };
}

function triangleFlags(material: PosedMaterial): number {
  let flags = 0;
  if (material.alphaMode !== 'opaque') flags |= TRIANGLE_ALPHA;
  if (!material.doubleSided && material.transmission === 0) flags |= TRIANGLE_SINGLE_SIDED;
  return flags;
}

function readsAttributes(scene: PosedScene, material: PosedMaterial): boolean {
  if (scene.colors !== null) return true;
  if (scene.uv1 === null) return false;
  const slots = [
    material.baseColorTexture,
    material.metallicRoughnessTexture,
    material.normalTexture,
    material.emissiveTexture,
    material.transmissionTexture,
  ];
  return slots.some((slot) => slot?.uvSet === 1);
}

/** A tangent by its octahedral map: 16 bits of x, 15 of y, and the sign of the bitangent in bit 31. */
function packTangent(tangents: Float32Array, at: number): number {
  const [x, y, z, w] = [tangents[at]!, tangents[at + 1]!, tangents[at + 2]!, tangents[at + 3]!];
  const sum = Math.abs(x) + Math.abs(y) + Math.abs(z);
  if (!(sum > 0)) return 0x3fff8000;
  let px = x / sum;
  let py = y / sum;
  if (z < 0) [px, py] = [(1 - Math.abs(py)) * (px >= 0 ? 1 : -1), (1 - Math.abs(px)) * (py >= 0 ? 1 : -1)];
  const bits = Math.round((px * 0.5 + 0.5) * 65535) | (Math.round((py * 0.5 + 0.5) * 32767) << 16);
  return (w < 0 ? bits | 0x80000000 : bits) >>> 0;
}
