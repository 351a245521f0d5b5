import type { Binary, Bvh } from '../../renderer/scene/prepare/packBvh.js';
import { packBvh } from '../../renderer/scene/prepare/packBvh.js';

/** A BVH split at the median of the widest axis, with leaves of at most `leafSize` triangles in reverse order. */
export function medianBvh(positions: Float32Array, leafSize: number): Bvh {
  return splitAsTold(positions, leafSize, (triangles) => {
    const middle = (triangle: number, axis: number): number =>
      positions[9 * triangle + axis]! + positions[9 * triangle + 3 + axis]! + positions[9 * triangle + 6 + axis]!;
    const extent = [0, 1, 2].map((axis) => {
      let [low, high] = [Infinity, -Infinity];
      for (const triangle of triangles) {
        low = Math.min(low, middle(triangle, axis));
        high = Math.max(high, middle(triangle, axis));
      }
      return high - low;
    });
    const axis = extent.indexOf(Math.max(...extent));
    triangles.sort((a, b) => middle(b, axis) - middle(a, axis) || b - a);
  });
}

/** The worst BVH there is: every split deals the triangles out at random, so that nearly all boxes overlap. */
export function randomBvh(positions: Float32Array, random: () => number): Bvh {
  return splitAsTold(positions, 3, (triangles) => {
    for (let i = triangles.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [triangles[i], triangles[j]] = [triangles[j]!, triangles[i]!];
    }
  });
}

/** Halves what `arrange` has put in order, down to leaves. */
function splitAsTold(positions: Float32Array, leafSize: number, arrange: (triangles: number[]) => void): Bvh {
  const order: number[] = [];
  const split = (triangles: number[]): Binary => {
    if (triangles.length <= leafSize) {
      const first = order.length;
      order.push(...triangles);
      return { kind: 'leaf', area: 0, first, count: triangles.length };
    }
    arrange(triangles);
    const half = triangles.length >> 1;
    const [left, right] = [split(triangles.slice(0, half)), split(triangles.slice(half))];
    return { kind: 'branch', area: triangles.length, left, right };
  };
  const triangles = Array.from({ length: positions.length / 9 }, (_, i) => i);
  const root = triangles.length === 0 ? undefined : split(triangles);
  return packBvh(root, Uint32Array.from(order), positions);
}
