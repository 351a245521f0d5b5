import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { ALBEDO_SIZE, directionalAlbedo, directionalAlbedoTable } from '../../../renderer/scene/prepare/directionalAlbedo.js';
import { prepareScene } from '../../../renderer/scene/prepare/prepareScene.js';
import { kernelUnderTest } from '../../support/kernelUnderTest.js';
import { material, posedOf } from '../../support/posedFixtures.js';

/** The committed table, in the sources: two folders above `dist`. */
const tablePath = new URL('../../../../renderer/scene/prepare/albedoTable.json', import.meta.url);

describe('directional albedo of the GGX lobe', () => {
  it('committed table is what the integration gives', () => {
    const computed = directionalAlbedoTable();
    if (process.env['RUSHES_WRITE_TABLES'] === '1') writeFileSync(tablePath, `${JSON.stringify(computed)}\n`);
    const committed = JSON.parse(readFileSync(tablePath, 'utf8')) as number[];
    assert.equal(committed.length, 2 * ALBEDO_SIZE * ALBEDO_SIZE);
    // The last of six digits may differ with Math.cos.
    computed.forEach((value, index) => assert.ok(Math.abs(value - committed[index]!) <= 2e-6, `entry ${index}: ${value}, committed ${committed[index]}`));
  });

  it('interpolation stays within 1 % for cosines above 0.05', () => {
    const kernel = kernelUnderTest(prepareScene(posedOf({ pieces: [], materials: [material()] })));
    for (let roughness = 0.03; roughness < 1; roughness += 0.097) {
      for (let cosine = 0.05; cosine < 1; cosine += 0.073) {
        const [all, rise] = kernel.call('directionalAlbedo', cosine, roughness) as number[];
        const exact = directionalAlbedo(cosine, roughness);
        assert.ok(Math.abs(all! - exact.all) < 0.01 * exact.all, `E at cosine ${cosine}, roughness ${roughness}: ${all} for ${exact.all}`);
        assert.ok(Math.abs(rise! - exact.rise) < 0.01, `B at cosine ${cosine}, roughness ${roughness}: ${rise} for ${exact.rise}`);
      }
    }
  });
});
