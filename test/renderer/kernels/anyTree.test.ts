import assert from 'node:assert/strict';
import { NO_TRIANGLE } from '../../../renderer/kernels/generated/layout.js';
import type { PosedScene } from '../../../renderer/scene/PosedScene.js';
import type { Bvh } from '../../../renderer/scene/prepare/packBvh.js';
import { prepareScene } from '../../../renderer/scene/prepare/prepareScene.js';
import { statisticsSeed } from '../../support/chiSquared.js';
import { kernelUnderTest } from '../../support/kernelUnderTest.js';
import { material, posedOf } from '../../support/posedFixtures.js';
import { medianBvh, randomBvh } from '../../support/oddTrees.js';
import { randomNumbers } from '../../support/randomNumbers.js';
import { sharedScenesMissing, SHIPPED_SCENES } from '../../support/shippedScenes.js';
import { skip } from '../../support/skip.js';
import { UGLY_SCENES } from '../../support/uglyScenes.js';

type Vector = [number, number, number];

/** Pixels on a side; a random tree tries nearly every triangle, so large scenes get few. */
function sideFor(triangleCount: number): number {
  return triangleCount > 20_000 ? 6 : 16;
}

function assertAnyTree(posed: PosedScene): void {
  const first = prepareScene(posed);
  const side = sideFor(posed.triangleCount);
  const items = Array.from({ length: side * side }, (_, i) => [i % side, Math.floor(i / side), 0, 2]).flat();
  const bitsWith = (bvh: Bvh): Uint32Array => {
    const prepared = prepareScene(posed, { kept: { ...first.kept, bvh } });
    const { sums } = kernelUnderTest(prepared).render({ width: side, height: side, bounces: 5, seed: 3 }, items);
    return new Uint32Array(sums.buffer);
  };
  const usual = bitsWith(first.kept.bvh);
  for (const [name, bvh] of [
    ['median', medianBvh(posed.positions, 1)],
    ['random', randomBvh(posed.positions, randomNumbers(statisticsSeed))],
  ] as const) {
    if (posed.triangleCount > 8) assert.notDeepEqual(bvh.lanes, first.kept.bvh.lanes, 'the trees differ');
    assert.deepEqual(bitsWith(bvh), usual, `${name} tree (seed ${statisticsSeed})`);
  }
}

/**
 * Needles a little askew of an axis, next to nothing wide. Float32 hardly knows where a ray meets them, and their boxes
 * are thin enough to say that it does not.
 */
function needles(random: () => number): PosedScene {
  const point = (size: number): Vector => [size * (random() - 0.5), size * (random() - 0.5), size * (random() - 0.5)];
  const corners = Array.from({ length: 400 }, (_, i): Vector[] => {
    const [a, along, aside] = [point(20), point(10 ** (1 - 4 * random())), point(10 ** (-3 - 4 * random()))];
    along[i % 3] = 20;
    const share = 0.5 + 0.5 * random();
    return [
      a,
      [a[0] + along[0], a[1] + along[1], a[2] + along[2]],
      [a[0] + share * along[0] + aside[0], a[1] + share * along[1] + aside[1], a[2] + share * along[2] + aside[2]],
    ];
  });
  return posedOf({ pieces: [{ corners: corners.flat(), material: 0 }], materials: [material()] });
}

it('rays at needles meet the same whatever the tree', () => {
  const random = randomNumbers(statisticsSeed);
  const posed = needles(random);
  const { positions } = posed;
  const first = prepareScene(posed);
  const kernels = [first.kept.bvh, medianBvh(positions, 1), randomBvh(positions, random)].map((bvh) =>
    kernelUnderTest(prepareScene(posed, { kept: { ...first.kept, bvh } })),
  );
  let hits = 0;
  for (let ray = 0; ray < 10_000; ray++) {
    const at = 9 * Math.floor(random() * posed.triangleCount);
    const along = random();
    const origin = [0, 1, 2].map(() => Math.fround(30 * (random() - 0.5)));
    const towards = [0, 1, 2].map(
      (axis) => positions[at + axis]! * (1 - along) + positions[at + 3 + axis]! * along - origin[axis]!,
    );
    const length = Math.hypot(...towards);
    const direction = towards.map((x) => Math.fround(x / length));
    const [usual, ...others] = kernels.map((kernel) => [
      kernel.call('closestHit', origin, direction, 1e18, false, { seed: 1, reversedIndex: 0 }, 1),
      kernel.call('transmittance', origin, direction, length),
    ]);
    if ((usual![0] as unknown as { triangle: number }).triangle !== NO_TRIANGLE) hits++;
    for (const other of others) assert.deepEqual(other, usual, `ray ${ray} (seed ${statisticsSeed})`);
  }
  assert.ok(hits > 300, `only ${hits} hits`);
});

describe('any tree over a scene gives the same bits', () => {
  for (const [name, pose] of UGLY_SCENES) it(name, () => assertAnyTree(pose()));
  for (const { name, shared, pose } of SHIPPED_SCENES) {
    it(name, async function () {
      if (shared && sharedScenesMissing !== undefined) skip(this, sharedScenesMissing);
      assertAnyTree(await pose());
    });
  }
});
