import assert from 'node:assert/strict';
import { prepareScene } from '../../../renderer/scene/prepare/prepareScene.js';
import { NO_TRIANGLE, SURFACE, SURFACE_WORDS } from '../../../renderer/kernels/generated/layout.js';
import { RecordView } from '../../../renderer/kernels/RecordView.js';
import { statisticsSeed } from '../../support/chiSquared.js';
import { randomNumbers } from '../../support/randomNumbers.js';
import { kernelUnderTest } from '../../support/kernelUnderTest.js';
import { material, posedOf } from '../../support/posedFixtures.js';

type Vector = [number, number, number];
interface Hit {
  distance: number;
  u: number;
  v: number;
  triangle: number;
}

/**
 * Distance along the ray to a triangle in float64, and how near to an edge it passes (barycentric); undefined for a
 * miss.
 */
function meet(origin: Vector, direction: Vector, corners: Vector[]): { t: number; margin: number } | undefined {
  const [a, b, c] = corners as [Vector, Vector, Vector];
  const sub = (p: Vector, q: Vector): Vector => [p[0] - q[0], p[1] - q[1], p[2] - q[2]];
  const cross = (p: Vector, q: Vector): Vector => [
    p[1] * q[2] - p[2] * q[1],
    p[2] * q[0] - p[0] * q[2],
    p[0] * q[1] - p[1] * q[0],
  ];
  const dot = (p: Vector, q: Vector): number => p[0] * q[0] + p[1] * q[1] + p[2] * q[2];
  const [e1, e2] = [sub(b, a), sub(c, a)];
  const p = cross(direction, e2);
  const determinant = dot(e1, p);
  const s = sub(origin, a);
  const u = dot(s, p) / determinant;
  const q = cross(s, e1);
  const v = dot(direction, q) / determinant;
  const margin = Math.min(u, v, 1 - u - v);
  const t = dot(e2, q) / determinant;
  if (!(margin > -1e-3) || !(t > 0)) return undefined;
  return { t, margin };
}

describe('traversal of the four-wide BVH', () => {
  for (const count of [0, 1, 3, 5, 40, 700]) {
    it(`finds what brute force finds in a soup of ${count} triangles`, () => {
      const random = randomNumbers(statisticsSeed + count);
      const point = (size: number): Vector =>
        [size * (2 * random() - 1), size * (2 * random() - 1), size * (2 * random() - 1)].map(Math.fround) as Vector;
      const corners: Vector[] = [];
      for (let i = 0; i < count; i++) {
        const [middle, size] = [point(1), 0.02 + 0.4 * random() ** 3];
        for (let c = 0; c < 3; c++) {
          const offset = point(size);
          corners.push(
            [middle[0] + offset[0], middle[1] + offset[1], middle[2] + offset[2]].map(Math.fround) as Vector,
          );
        }
      }
      // Some triangles coincide and some have no area.
      if (count >= 40) for (let i = 0; i < 27; i++) corners[60 + i] = corners[60 + (i % 3)]!;
      if (count >= 40) corners[2] = corners[1]!;
      const prepared = prepareScene(posedOf({ pieces: [{ corners, material: 0 }], materials: [material()] }));
      const kernel = kernelUnderTest(prepared);
      const surface = new RecordView<'Surface'>(prepared.buffers['surfaces']!, SURFACE_WORDS);
      let hits = 0;
      for (let ray = 0; ray < 1500; ray++) {
        const origin = point(1.5);
        const target = point(0.8);
        let direction: Vector = [target[0] - origin[0], target[1] - origin[1], target[2] - origin[2]];
        if (ray % 10 === 0)
          direction = [
            [1, 0, 0],
            [0, -1, 0],
            [0, 0, 1],
          ][(ray / 10) % 3] as Vector;
        const length = Math.hypot(...direction);
        direction = direction.map((x) => Math.fround(x / length)) as Vector;
        let nearest = Infinity;
        let clear = true;
        for (let i = 0; i < count; i++) {
          const met = meet(origin, direction, corners.slice(3 * i, 3 * i + 3));
          // Rays that pass within rounding of an edge may go either way.
          if (met === undefined) continue;
          if (Math.abs(met.margin) < 1e-3) clear = false;
          else if (met.margin > 0 && met.t < nearest) nearest = met.t;
        }
        if (!clear) continue;
        const hit = kernel.call(
          'closestHit',
          origin,
          direction,
          1e18,
          false,
          { seed: 1, reversedIndex: 0 },
          1,
        ) as unknown as Hit;
        if (nearest === Infinity)
          assert.equal(hit.triangle, NO_TRIANGLE, `ray ${ray} hits ${hit.triangle} (seed ${statisticsSeed})`);
        else {
          hits++;
          assert.ok(
            Math.abs(hit.distance - nearest) < 1e-4 * (1 + nearest),
            `ray ${ray}: ${hit.distance}, brute force ${nearest} (seed ${statisticsSeed})`,
          );
          // The barycentric weights name the same point.
          surface.seek(hit.triangle);
          const [corner, first, second] = [SURFACE.corner, SURFACE.firstEdge, SURFACE.secondEdge].map((member) =>
            surface.getVec3f(member),
          ) as [Vector, Vector, Vector];
          for (let axis = 0; axis < 3; axis++) {
            const onTriangle = corner[axis]! + hit.u * first[axis]! + hit.v * second[axis]!;
            assert.ok(Math.abs(onTriangle - (origin[axis]! + hit.distance * direction[axis]!)) < 2e-3);
          }
        }
        const margin = nearest === Infinity ? 0 : Math.max(1e-3, 1e-3 * nearest);
        assert.equal(
          kernel.call('transmittance', origin, direction, nearest === Infinity ? 1e18 : nearest - margin),
          1,
        );
        if (nearest !== Infinity) assert.equal(kernel.call('transmittance', origin, direction, nearest + margin), 0);
      }
      if (count >= 40) assert.ok(hits > count / 8, `only ${hits} hits`);
      assert.equal(prepared.buffers['packets']!.byteLength > 0, true);
    });
  }

  it('builds the same bytes again, and reuses the BVH for an equal geometry key', () => {
    const random = randomNumbers(7);
    const corners = Array.from({ length: 600 }, () => [random(), random(), random()] as Vector);
    const posed = posedOf({ pieces: [{ corners, material: 0 }], materials: [material()] });
    const first = prepareScene(posed);
    const again = prepareScene({ ...posed, positions: posed.positions.slice() });
    const reused = prepareScene(posed, first);
    assert.equal(again.hash, first.hash);
    assert.equal(reused.hash, first.hash);
    assert.equal(reused.kept.bvh, first.kept.bvh);
    assert.notEqual(
      prepareScene({ ...posed, positions: posed.positions.map((x) => x * 2), geometryKey: 'other' }, first).hash,
      first.hash,
    );
  });
});
