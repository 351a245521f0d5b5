import assert from 'node:assert/strict';
import { buildBvh } from '../../renderer/scene/prepare/buildBvh.js';

// three-mesh-bvh counts the triangles of a leaf in 16 bits. Of 70,000 triangles that no plane divides (an object scaled
// to nothing, or a stack of copies) only 4,464 came into the BVH.

describe('a BVH over more coinciding triangles than 16 bits count', () => {
  for (const count of [65_535, 65_536, 70_000, 140_001]) {
    it(`holds each of ${count} once`, () => {
      const positions = new Float32Array(9 * count);
      for (let i = 0; i < count; i++) positions.set([0, 0, 0, 1, 0, 0, 0, 1, 0], 9 * i);
      // One apart, so that the BVH has more than a leaf.
      positions.set([5, 0, 0, 6, 0, 0, 5, 1, 0], 9 * (count - 1));
      const seen = new Uint8Array(count);
      for (const triangle of buildBvh(positions).lanes) if (triangle >= 0) seen[triangle]!++;
      assert.ok(seen.every((times) => times === 1));
    });
  }
});
