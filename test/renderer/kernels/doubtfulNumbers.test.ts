import assert from 'node:assert/strict';
import { joinSource } from '../../../renderer/compiler/SourceText.js';
import { kernelSource } from '../../../renderer/kernels/kernelSource.js';
import type { PosedScene } from '../../../renderer/scene/PosedScene.js';
import { prepareScene } from '../../../renderer/scene/prepare/prepareScene.js';
import { countDoubts } from '../../support/countDoubts.js';
import { sharedScenesMissing, SHIPPED_SCENES } from '../../support/shippedScenes.js';
import { skip } from '../../support/skip.js';
import { UGLY_SCENES } from '../../support/uglyScenes.js';

const SETTINGS = { side: 12, samples: 2, bounces: 8, seed: 5 };

function assertNoDoubt(posed: PosedScene): void {
  assert.deepEqual(countDoubts(prepareScene(posed), SETTINGS), {});
}

describe('no infinity, no NaN, and no decision on a subnormal or the sign of a zero', () => {
  for (const [name, pose] of UGLY_SCENES) it(name, () => assertNoDoubt(pose()));
  for (const { name, shared, pose } of SHIPPED_SCENES) {
    it(name, async function () {
      if (shared && sharedScenesMissing !== undefined) skip(this, sharedScenesMissing);
      assertNoDoubt(await pose());
    });
  }

  it('is counted where a kernel breaks the rule', () => {
    const prepared = prepareScene(UGLY_SCENES.get('a bit of everything')!());
    const source = joinSource(kernelSource());
    for (const [broken, doubt] of [
      ['let traced = tracePath(item.x, item.y, sample); let forbidden = 1.0 / f32(sample);', 'not finite'],
      [
        'var traced = tracePath(item.x, item.y, sample); if (0x1p-128 * f32(sample + 1u) > 0.0) { traced.rays += 1u; }',
        'decided by a subnormal',
      ],
      ['let traced = tracePath(item.x, item.y, sample); let large = f32(0x1000001u + sample);', 'converted'],
    ] as const) {
      const text = source.replace('let traced = tracePath(item.x, item.y, sample);', broken);
      assert.notEqual(text, source);
      const counts = countDoubts(prepared, { ...SETTINGS, side: 2 }, text);
      assert.ok(
        Object.keys(counts).some((key) => key.startsWith(doubt)),
        `${doubt}: ${JSON.stringify(counts)}`,
      );
    }
  });
});
