import { BufferAttribute, BufferGeometry } from 'three';
import { MeshBVH, SAH } from 'three-mesh-bvh';
import type { Binary, Bvh, Leaf } from './packBvh.js';
import { LANES, packBvh } from './packBvh.js';

/**
 * Builds the BVH of a triangle soup. The same positions give the same bytes on every machine: three-mesh-bvh splits by
 * the surface area heuristic in float64, and `packBvh` collapses its binary BVH.
 * @param positions 9 floats per triangle.
 */
export function buildBvh(positions: Float32Array): Bvh {
  const triangleCount = positions.length / 9;
  const order = new Uint32Array(triangleCount);
  const root = triangleCount === 0 ? undefined : binaryBvh(positions, order);
  return packBvh(root, order, positions);
}

/**
 * A node as three-mesh-bvh serializes it, in words: its bounds, then a leaf's first triangle or the distance to a
 * branch's right child, then a leaf's mark and count.
 */
const SERIALIZED = { words: 8, low: 0, high: 3, firstOrRight: 6, mark: 7, leafMark: 0xffff } as const;

/** The binary BVH of three-mesh-bvh; `order` receives the triangles in the order of its leaves. */
function binaryBvh(positions: Float32Array, order: Uint32Array): Binary {
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new BufferAttribute(positions, 3));
  const index = new Uint32Array(order.length * 3);
  for (let i = 0; i < index.length; i++) index[i] = i;
  geometry.setIndex(new BufferAttribute(index, 1));
  const bvh = new MeshBVH(geometry, { strategy: SAH, targetLeafSize: LANES, maxDepth: 60, verbose: false });
  const serialized = MeshBVH.serialize(bvh, { cloneBuffers: false });
  for (let i = 0; i < order.length; i++) order[i] = index[3 * i]! / 3;

  const root = serialized.roots[0] as ArrayBuffer;
  const floats = new Float32Array(root);
  const words = new Uint32Array(root);
  let before: Leaf | undefined;
  const read = (node: number): Binary => {
    const at = node * SERIALIZED.words;
    const extent = (axis: number): number => floats[at + SERIALIZED.high + axis]! - floats[at + SERIALIZED.low + axis]!;
    const [x, y, z] = [extent(0), extent(1), extent(2)];
    const area = x * y + y * z + z * x;
    const second = words[at + SERIALIZED.firstOrRight]!;
    if (words[at + SERIALIZED.mark]! >>> 16 === SERIALIZED.leafMark) {
      const leaf: Leaf = { kind: 'leaf', area, first: second, count: order.length - second };
      // The count has 16 bits, and more triangles than that may lie in one point: it is the way to the next leaf's
      // first.
      if (before !== undefined) before.count = second - before.first;
      before = leaf;
      return leaf;
    }
    return { kind: 'branch', area, left: read(node + 1), right: read(node + second) };
  };
  return read(0);
}
