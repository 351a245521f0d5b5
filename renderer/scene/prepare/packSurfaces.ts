import {
  ATTRIBUTES,
  ATTRIBUTES_WORDS,
  TRIANGLE_PACKET,
  TRIANGLE_PACKET_WORDS,
  NO_ATTRIBUTE,
  SURFACE,
  SURFACE_WORDS,
  TANGENT_FLIPPED,
  TANGENT_X_MOST,
  TANGENT_Y_MOST,
  TANGENT_Y_SHIFT,
  TRIANGLE_ALPHA,
  TRIANGLE_SINGLE_SIDED,
} from '../../kernels/generated/layout.js';
import { RecordView } from '../../kernels/RecordView.js';
import { readsSecondSet } from '../materialTextures.js';
import type { PosedMaterial, PosedScene } from '../PosedScene.js';
import type { Bvh } from './packBvh.js';
import { sharedBytes } from './sharedBytes.js';

/** Shading data in the scene's order of triangles, whatever the BVH. */
export interface PackedSurfaces {
  /** `TrianglePacket` records with their identities. */
  packets: Uint8Array;
  /** `Surface` records; light densities are still 0. */
  surfaces: Uint8Array;
  /** `Attributes` records of the triangles that have any. */
  attributes: Float32Array;
}

/**
 * Stands for a tangent of no length: next to +Z, as good as any, since the kernel makes it orthogonal to the normal.
 */
const NO_TANGENT = 0x3fff8000;
/** Vectors of `tables` that one `Attributes` record takes. */
const ATTRIBUTES_VECTORS = ATTRIBUTES_WORDS / 4;

/**
 * Packs what the kernel reads at a hit.
 * @param firstAttributes vector of `tables` at which the attributes will begin.
 */
export function packSurfaces(scene: PosedScene, bvh: Bvh, firstAttributes: number): PackedSurfaces {
  const surfaces = sharedBytes(scene.triangleCount * SURFACE_WORDS * 4);
  const record = new RecordView<'Surface'>(surfaces, SURFACE_WORDS);
  const extended = scene.materials.map((material) => readsAttributes(scene, material));
  const mapped = scene.materials.map((material) => material.normalTexture !== null);
  let extendedCount = 0;
  for (const material of scene.materialOfTriangle) if (extended[material]!) extendedCount++;
  const attributes = new Float32Array(extendedCount * ATTRIBUTES_WORDS);
  const attributesRecord = new RecordView<'Attributes'>(new Uint8Array(attributes.buffer), ATTRIBUTES_WORDS);
  let extendedSurface = 0;
  for (let triangle = 0; triangle < scene.triangleCount; triangle++) {
    const material = scene.materialOfTriangle[triangle]!;
    record.seek(triangle);
    writeSurface(record, scene, triangle);
    record.setU32(SURFACE.material, material);
    if (mapped[material]!) writeTangents(record, scene.tangents, triangle);
    if (extended[material]!) {
      record.setU32(SURFACE.attributes, firstAttributes + extendedSurface * ATTRIBUTES_VECTORS);
      writeAttributes(attributesRecord.seek(extendedSurface), scene, triangle);
      extendedSurface++;
    } else record.setU32(SURFACE.attributes, NO_ATTRIBUTE);
  }
  return { packets: identifiedPackets(scene, bvh), surfaces, attributes };
}

/** The packets with what tells their triangles apart. */
function identifiedPackets(scene: PosedScene, bvh: Bvh): Uint8Array {
  const packets = sharedBytes(bvh.packets.byteLength);
  packets.set(bvh.packets);
  const packet = new RecordView<'TrianglePacket'>(packets, TRIANGLE_PACKET_WORDS);
  const flags = scene.materials.map(triangleFlags);
  bvh.lanes.forEach((triangle, lane) => {
    if (triangle < 0) return;
    const id = (triangle | flags[scene.materialOfTriangle[triangle]!]!) >>> 0;
    packet.seek(lane >>> 2).setLaneU32(TRIANGLE_PACKET.id, lane & 3, id);
  });
  return packets;
}

/** Writes a triangle's corner and edges, its normals and its first texture coordinates. */
function writeSurface(record: RecordView<'Surface'>, scene: PosedScene, triangle: number): void {
  const { positions: p, normals: n, uv0: uv } = scene;
  const at = 9 * triangle;
  const [x, y, z] = [p[at]!, p[at + 1]!, p[at + 2]!];
  record.setVec3f(SURFACE.corner, x, y, z);
  record.setVec3f(SURFACE.firstEdge, p[at + 3]! - x, p[at + 4]! - y, p[at + 5]! - z);
  record.setVec3f(SURFACE.secondEdge, p[at + 6]! - x, p[at + 7]! - y, p[at + 8]! - z);
  record.setVec3f(SURFACE.normal0, n[at]!, n[at + 1]!, n[at + 2]!);
  record.setVec3f(SURFACE.normal1, n[at + 3]!, n[at + 4]!, n[at + 5]!);
  record.setVec3f(SURFACE.normal2, n[at + 6]!, n[at + 7]!, n[at + 8]!);
  const uvAt = 6 * triangle;
  record.setVec4f(SURFACE.uvs, uv[uvAt]!, uv[uvAt + 1]!, uv[uvAt + 2]!, uv[uvAt + 3]!);
  record.setVec2f(SURFACE.uv2, uv[uvAt + 4]!, uv[uvAt + 5]!);
}

function writeTangents(record: RecordView<'Surface'>, tangents: Float32Array, triangle: number): void {
  record.setU32(SURFACE.tangent0, packTangent(tangents, 12 * triangle));
  record.setU32(SURFACE.tangent1, packTangent(tangents, 12 * triangle + 4));
  record.setU32(SURFACE.tangent2, packTangent(tangents, 12 * triangle + 8));
}

/** Writes a triangle's second texture coordinates (the first where there are none) and colours (white). */
function writeAttributes(record: RecordView<'Attributes'>, scene: PosedScene, triangle: number): void {
  const uv = scene.uv1 ?? scene.uv0;
  const uvAt = 6 * triangle;
  record.setVec4f(ATTRIBUTES.uvs, uv[uvAt]!, uv[uvAt + 1]!, uv[uvAt + 2]!, uv[uvAt + 3]!);
  record.setVec2f(ATTRIBUTES.uv2, uv[uvAt + 4]!, uv[uvAt + 5]!);
  const { colors } = scene;
  const members = [ATTRIBUTES.color0, ATTRIBUTES.color1, ATTRIBUTES.color2];
  for (let corner = 0; corner < 3; corner++) {
    const at = 12 * triangle + 4 * corner;
    if (colors === null) record.setVec4f(members[corner]!, 1, 1, 1, 1);
    else record.setVec4f(members[corner]!, colors[at]!, colors[at + 1]!, colors[at + 2]!, colors[at + 3]!);
  }
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
  return readsSecondSet(material);
}

/** A tangent as one word, see the TANGENT_ constants of layout.wgsl. */
function packTangent(tangents: Float32Array, at: number): number {
  const [x, y, z, w] = [tangents[at]!, tangents[at + 1]!, tangents[at + 2]!, tangents[at + 3]!];
  const sum = Math.abs(x) + Math.abs(y) + Math.abs(z);
  if (!(sum > 0)) return NO_TANGENT;
  let px = x / sum;
  let py = y / sum;
  if (z < 0) [px, py] = [(1 - Math.abs(py)) * (px >= 0 ? 1 : -1), (1 - Math.abs(px)) * (py >= 0 ? 1 : -1)];
  const xBits = Math.round((px * 0.5 + 0.5) * TANGENT_X_MOST);
  const yBits = Math.round((py * 0.5 + 0.5) * TANGENT_Y_MOST);
  const bits = xBits | (yBits << TANGENT_Y_SHIFT);
  return (w < 0 ? bits | TANGENT_FLIPPED : bits) >>> 0;
}
