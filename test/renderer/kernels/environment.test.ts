import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PREPARED_BINDINGS, prepareScene, type PreparedScene } from '../../../renderer/scene/prepare/prepareScene.js';
import type { PosedEnvironment, PosedScene, PosedTexture } from '../../../renderer/scene/PosedScene.js';
import { kernelUnderTest } from '../../support/kernelUnderTest.js';
import { material, posedOf, quad } from '../../support/posedFixtures.js';
import { rgbOf } from '../../support/rgbOf.js';
import { randomWords } from '../compiler/kernelFunctions.js';

const [WIDTH, HEIGHT] = [32, 16];

/** A sky of random mantissas and exponents, in both forms. */
function skies(options: { exponents: [low: number, high: number]; intensity: number; seed: number }): {
  inRgbe: PosedEnvironment;
  inFloats: PosedEnvironment;
} {
  const { exponents, intensity, seed } = options;
  const random = randomWords(seed);
  const [low, high] = exponents;
  const rgbe = Uint8Array.from({ length: 4 * WIDTH * HEIGHT }, (_, i) => {
    const word = random() >>> 8;
    return i % 4 === 3 ? low + (word % (high - low + 1)) : word % 256;
  });
  const size = { width: WIDTH, height: HEIGHT, intensity };
  return { inRgbe: { ...size, rgbe }, inFloats: { ...size, rgb: rgbOf({ rgbe }) } };
}

function sceneUnder(environment: PosedEnvironment | null, textures: PosedTexture[] = []): PosedScene {
  return posedOf({
    pieces: [
      {
        corners: quad([-3, -1, 3], [6, 0, 0], [0, 0, -6]),
        material: 0,
        uvs: [
          [0, 0],
          [1, 0],
          [1, 1],
          [0, 0],
          [1, 1],
          [0, 1],
        ],
      },
    ],
    materials: [
      material(
        textures.length === 0
          ? {}
          : { baseColorTexture: { texture: 0, uvSet: 0, transform: [1, 0, 0, 1, 0, 0] }, roughness: 0.5 },
      ),
    ],
    textures,
    environment,
    background: { kind: environment === null ? 'transparent' : 'environment' },
  });
}

const TEXTURE: PosedTexture = {
  width: 3,
  height: 2,
  wrapS: 'repeat',
  wrapT: 'repeat',
  srgb: true,
  filter: 'linear',
  rgba: Uint8Array.from({ length: 24 }, (_, i) => 40 + 9 * i),
};

function sumsOf(prepared: PreparedScene): Uint32Array {
  const items = Array.from({ length: 12 * 12 }, (_, pixel) => [pixel % 12, Math.floor(pixel / 12), 0, 4]).flat();
  const { sums } = kernelUnderTest(prepared).render({ width: 12, height: 12, bounces: 3 }, items);
  return new Uint32Array(sums.buffer);
}

describe('an environment with shared exponents', function () {
  this.timeout(60_000);

  for (const [name, exponents, intensity] of [
    ['of usual light', [120, 140], 1],
    ['whose lowest exponent lies far into the table', [200, 203], 0.37],
    ['that is nearly black, beside none', [0, 3], 1e9],
    ['of one exponent', [128, 128], 2],
  ] as const)
    it(`gives the bits of the same one in floats: ${name}`, () => {
      const { inRgbe, inFloats } = skies({ exponents: [...exponents], intensity, seed: 7 });
      for (const textures of [[], [TEXTURE]]) {
        const compact = prepareScene(sceneUnder(inRgbe, textures), undefined, 0);
        const wide = prepareScene(sceneUnder(inFloats, textures));
        const sums = sumsOf(compact);
        assert.deepEqual(sums, sumsOf(wide));
        assert.ok(sums.some((word) => word !== 0));
        const ranges = exponents[1] - exponents[0] + 1;
        assert.equal(compact.buffers['texels']!.byteLength, 24 * textures.length + 4 * WIDTH * HEIGHT + 1024 * ranges);
        const unpacked = prepareScene(sceneUnder(inRgbe, textures));
        assert.equal(unpacked.hash, wide.hash);
      }
    });

  it('is filtered as the same one in floats, anywhere', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: 0, max: 250 }),
        fc.double({ min: 0, max: 10, noNaN: true }),
        (seed, low, intensity) => {
          const { inRgbe, inFloats } = skies({ exponents: [low, low + 5], intensity, seed });
          const [compact, wide] = [inRgbe, inFloats].map((sky) =>
            kernelUnderTest(prepareScene(sceneUnder(sky), undefined, 0)),
          );
          for (let i = 0; i < 20; i++) {
            const uv = [(i * 0.377 + 0.001 * seed) % 1, (i * 0.613) % 1];
            assert.deepEqual(compact!.call('environmentRadiance', uv), wide!.call('environmentRadiance', uv));
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  it('is packed anew when it changes between frames, and only then', () => {
    const [one, other] = [1, 2].map((seed) => skies({ exponents: [120, 130], intensity: 1, seed }).inRgbe);
    const first = prepareScene(sceneUnder(one!, [TEXTURE]), undefined, 0);
    for (const [sky, same] of [
      [one!, true],
      [other!, false],
      [null, false],
    ] as const) {
      const textures = first.kept.textures as PosedTexture[];
      const next = prepareScene(sceneUnder(sky, textures), first, 0);
      assert.equal(next.buffers['texels'] === first.buffers['texels'], same);
      const anew = prepareScene(sceneUnder(sky, [TEXTURE]), undefined, 0);
      assert.equal(next.hash, anew.hash);
      for (const name of PREPARED_BINDINGS) assert.deepEqual(next.buffers[name], anew.buffers[name], name);
    }
  });
});
