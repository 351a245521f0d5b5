import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import {
  ALBEDO_SIZE,
  GLASS_CONTRASTS,
  GLASS_COSINES,
  GLASS_ROUGHNESSES,
} from '../../../renderer/kernels/generated/layout.js';
import { glassAlbedoTable } from '../../../renderer/scene/prepare/glassAlbedo.js';
import { directionalAlbedo, directionalAlbedoTable } from '../../../renderer/scene/prepare/directionalAlbedo.js';
import { prepareScene } from '../../../renderer/scene/prepare/prepareScene.js';
import { kernelUnderTest } from '../../support/kernelUnderTest.js';
import { material, posedOf } from '../../support/posedFixtures.js';

describe('albedo tables', () => {
  for (const [name, compute, count] of [
    ['albedoTable.json', directionalAlbedoTable, 2 * ALBEDO_SIZE ** 2],
    ['glassAlbedoTable.json', glassAlbedoTable, GLASS_COSINES * GLASS_ROUGHNESSES * GLASS_CONTRASTS],
  ] as const) {
    it(`${name} is what the integration gives`, () => {
      // In the sources: four folders above this file in `dist`.
      const path = new URL(`../../../../renderer/scene/prepare/${name}`, import.meta.url);
      const computed = compute();
      if (process.env['RUSHES_WRITE_TABLES'] === '1') writeFileSync(path, `${JSON.stringify(computed)}\n`);
      const committed = JSON.parse(readFileSync(path, 'utf8')) as number[];
      assert.equal(committed.length, count);
      // The last digit may differ with Math.cos.
      const digit = name === 'albedoTable.json' ? 1e-6 : 1e-4;
      computed.forEach((value, index) =>
        assert.ok(
          Math.abs(value - committed[index]!) <= 1.5 * digit,
          `entry ${index}: ${value}, committed ${committed[index]}`,
        ),
      );
    });
  }

  it('interpolation stays within 1 % for cosines above 0.05', () => {
    const kernel = kernelUnderTest(prepareScene(posedOf({ pieces: [], materials: [material()] })));
    for (let roughness = 0.03; roughness < 1; roughness += 0.097) {
      for (let cosine = 0.05; cosine < 1; cosine += 0.073) {
        const [all, rise] = kernel.call('directionalAlbedo', cosine, roughness) as number[];
        const exact = directionalAlbedo(cosine, roughness, 40);
        assert.ok(
          Math.abs(all! - exact.all) < 0.01 * exact.all,
          `E at cosine ${cosine}, roughness ${roughness}: ${all} for ${exact.all}`,
        );
        assert.ok(
          Math.abs(rise! - exact.rise) < 0.01,
          `B at cosine ${cosine}, roughness ${roughness}: ${rise} for ${exact.rise}`,
        );
      }
    }
  });
});
