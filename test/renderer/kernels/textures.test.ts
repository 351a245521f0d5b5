import assert from 'node:assert/strict';
import { TEXTURE_SLOT, TEXTURE_SLOT_WORDS } from '../../../renderer/kernels/generated/layout.js';
import { RecordView } from '../../../renderer/kernels/RecordView.js';
import { packTextures, srgbTable, writeSlot } from '../../../renderer/scene/prepare/packTextures.js';
import { prepareScene } from '../../../renderer/scene/prepare/prepareScene.js';
import { sampleTexture } from '../../../renderer/scene/prepare/sampleTexture.js';
import type { PosedTexture, TextureSlot } from '../../../renderer/scene/PosedScene.js';
import { statisticsSeed } from '../../support/chiSquared.js';
import { randomNumbers } from '../../support/randomNumbers.js';
import { kernelUnderTest } from '../../support/kernelUnderTest.js';
import { material, posedOf, quad } from '../../support/posedFixtures.js';

describe('textures in the kernel', () => {
  it('sRGB table is the standard curve', () => {
    const table = srgbTable();
    for (let byte = 0; byte < 256; byte++) {
      const x = byte / 255;
      const exact = x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
      assert.ok(Math.abs(table[4 * byte]! - exact) <= 1e-7 * exact, `byte ${byte}`);
    }
  });

  it('agree with a float64 bilinear filter for every wrap, filter, colour space and transform', () => {
    const random = randomNumbers(statisticsSeed);
    const textures: PosedTexture[] = [];
    for (const wrapS of ['repeat', 'clamp', 'mirror'] as const)
      for (const wrapT of ['repeat', 'clamp', 'mirror'] as const)
        for (const filter of ['linear', 'nearest'] as const)
          for (const srgb of [true, false]) {
            const [width, height] = [1 + Math.floor(random() * 9), 1 + Math.floor(random() * 9)];
            textures.push({
              width,
              height,
              wrapS,
              wrapT,
              srgb,
              filter,
              rgba: Uint8Array.from({ length: width * height * 4 }, () => Math.floor(random() * 256)),
            });
          }
    const prepared = prepareScene(
      posedOf({
        pieces: [{ corners: quad([0, 0, 0], [1, 0, 0], [0, 1, 0]), material: 0 }],
        materials: [material()],
        textures,
      }),
    );
    const kernel = kernelUnderTest(prepared);
    const packed = packTextures(textures);
    const table = srgbTable();
    textures.forEach((texture, index) => {
      for (let i = 0; i < 60; i++) {
        const slot: TextureSlot = {
          texture: index,
          uvSet: 0,
          transform: [
            1 + random(),
            random() - 0.5,
            random() - 0.5,
            1 - random() * 3,
            random() * 4 - 2,
            random() - 3,
          ].map(Math.fround) as unknown as TextureSlot['transform'],
        };
        const record = new RecordView<'TextureSlot'>(new Uint8Array(TEXTURE_SLOT_WORDS * 4), TEXTURE_SLOT_WORDS);
        writeSlot(record, slot, textures, packed);
        const [u, v] = [Math.fround(4 * random() - 2), Math.fround(4 * random() - 2)];
        const [a, b, c, d, x, y] = slot.transform;
        const exact = sampleTexture(texture, slot, u, v, table);
        const near = [a * u + c * v + x, b * u + d * v + y].map(
          (t, axis) => t * (axis === 0 ? texture.width : texture.height),
        );
        // Nearest texels jump at whole numbers, where float32 may fall on the other side.
        if (texture.filter === 'nearest' && near.some((t) => Math.abs(t - Math.round(t)) < 1e-4)) continue;
        const value = kernel.call(
          'sampleTexture',
          {
            matrix: [a, b, c, d],
            shift: [x, y],
            first: record.getU32(TEXTURE_SLOT.first),
            flags: record.getU32(TEXTURE_SLOT.flags),
            width: texture.width,
            height: texture.height,
            padding: [0, 0],
          },
          [u, v],
        ) as number[];
        for (let channel = 0; channel < 4; channel++)
          assert.ok(
            Math.abs(value[channel]! - exact[channel]!) < 2e-5,
            `texture ${index} (${texture.wrapS}, ${texture.wrapT}, ${texture.filter}) at ${u}, ${v}: ${value} for ${exact} (seed ${statisticsSeed})`,
          );
      }
    });
  });
});
