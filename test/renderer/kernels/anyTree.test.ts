import assert from 'node:assert/strict';
import type { PosedScene } from '../../../renderer/scene/PosedScene.js';
import type { Bvh } from '../../../renderer/scene/prepare/packBvh.js';
import { prepareScene } from '../../../renderer/scene/prepare/prepareScene.js';
import { statisticsSeed } from '../../support/chiSquared.js';
import { kernelUnderTest } from '../../support/kernelUnderTest.js';
import { medianBvh, randomBvh } from '../../support/oddTrees.js';
import { randomNumbers } from '../../support/randomNumbers.js';
import { sharedScenesMissing, SHIPPED_SCENES } from '../../support/shippedScenes.js';
import { skip } from '../../support/skip.js';
import { UGLY_SCENES } from '../../support/uglyScenes.js';

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

describe('any tree over a scene gives the same bits', () => {
  for (const [name, pose] of UGLY_SCENES) it(name, () => assertAnyTree(pose()));
  for (const { name, shared, pose } of SHIPPED_SCENES) {
    it(name, async function () {
      if (shared && sharedScenesMissing !== undefined) skip(this, sharedScenesMissing);
      assertAnyTree(await pose());
    });
  }
});
