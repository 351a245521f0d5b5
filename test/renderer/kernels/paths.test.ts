import assert from 'node:assert/strict';
import { joinSource } from '../../../renderer/compiler/SourceText.js';
import { kernelSource } from '../../../renderer/kernels/kernelSource.js';
import { prepareScene } from '../../../renderer/scene/prepare/prepareScene.js';
import { crowdedScene } from '../../support/crowdedScene.js';
import { statisticsSeed } from '../../support/chiSquared.js';
import { randomNumbers } from '../../support/randomNumbers.js';
import { kernelUnderTest } from '../../support/kernelUnderTest.js';
import { cameraAt, lamp, material, posedOf, quad } from '../../support/posedFixtures.js';

describe('paths', () => {
  const view = { width: 12, height: 12, bounces: 7, seed: 5, frame: 2 };
  const whole = (begin: number, end: number): number[] =>
    Array.from({ length: view.width * view.height }, (_, i) => [
      i % view.width,
      Math.floor(i / view.width),
      begin,
      end,
    ]).flat();

  it('give the same bits for any order and cutting of the items', () => {
    const kernel = kernelUnderTest(prepareScene(crowdedScene()));
    const items = whole(0, 6);
    const { sums } = kernel.render(view, items);
    const random = randomNumbers(statisticsSeed);
    for (let round = 0; round < 3; round++) {
      const order = Array.from({ length: items.length / 4 }, (_, i) => i).sort(() => random() - 0.5);
      let begin = 0;
      while (begin < order.length) {
        const end = Math.min(order.length, begin + 1 + Math.floor(random() * 60));
        const part = order.slice(begin, end);
        const cut = kernel.render(
          view,
          part.flatMap((i) => items.slice(4 * i, 4 * i + 4)),
        );
        part.forEach((i, at) =>
          assert.deepEqual(
            cut.sums.slice(4 * at, 4 * at + 4),
            sums.slice(4 * i, 4 * i + 4),
            `item ${i} (seed ${statisticsSeed})`,
          ),
        );
        begin = end;
      }
    }
  });

  it('add samples in float32 in their order', () => {
    const kernel = kernelUnderTest(prepareScene(crowdedScene()));
    const all = kernel.render(view, [5, 6, 0, 9]).sums;
    const sum = new Float32Array(4);
    for (let s = 0; s < 9; s++) kernel.render(view, [5, 6, s, s + 1]).sums.forEach((x, c) => (sum[c]! += x));
    assert.deepEqual([...all], [...sum]);
  });

  it('depend on seed, frame and pixel', () => {
    const kernel = kernelUnderTest(prepareScene(crowdedScene()));
    const reference = kernel.render(view, whole(0, 2)).sums;
    assert.deepEqual(kernel.render(view, whole(0, 2)).sums, reference);
    for (const other of [
      { ...view, seed: 6 },
      { ...view, frame: 3 },
    ])
      assert.notDeepEqual(kernel.render(other, whole(0, 2)).sums, reference);
  });

  it('never leave NaN, infinity or a negative zero, and count their rays', () => {
    const kernel = kernelUnderTest(prepareScene(crowdedScene()));
    const { sums, rays } = kernel.render(view, whole(0, 16));
    for (const x of sums) assert.ok(Number.isFinite(x) && !Object.is(x, -0) && x >= 0, `${x}`);
    assert.ok(rays >= 144 * 16 && rays <= 144 * 16 * 2 * view.bounces);
  });

  it('converge to one mean whatever the split between light samples and bounces', () => {
    // The same lamp as a mesh of one pair of triangles or of many: other picks, other densities, the same light.
    const mean = (pieces: number): number => {
      const lamps = Array.from({ length: pieces }, (_, i) =>
        quad([-0.5 + i / pieces, 1, -0.5], [1 / pieces, 0, 0], [0, 0, 1]),
      ).flat();
      const posed = posedOf({
        pieces: [
          { corners: quad([-3, -0.2, 3], [6, 0, 0], [0, 0, -6]), material: 0 },
          { corners: lamps, material: 1 },
        ],
        materials: [
          material({ roughness: 0.3, metallic: 0.5 }),
          material({ emissive: [4, 4, 4], baseColor: [0, 0, 0, 1], doubleSided: false }),
        ],
        camera: cameraAt([0, 0.6, 2.5], [0, 0, 0], { fovYRadians: 0.3 }),
      });
      const { sums } = kernelUnderTest(prepareScene(posed)).render({ ...view, bounces: 2 }, whole(0, 256));
      return sums.filter((_, i) => i % 4 === 0).reduce((a, b) => a + b) / (256 * 144);
    };
    const [few, many] = [mean(1), mean(7)];
    assert.ok(few > 0.05 && Math.abs(few / many - 1) < 0.01, `${few} and ${many}`);
  });

  it('Russian roulette changes no mean', () => {
    // A closed room of dark walls, where paths end early.
    const room = [
      quad([-1, -1, -1], [0, 0, 2], [2, 0, 0]),
      quad([-1, 1, -1], [2, 0, 0], [0, 0, 2]),
      quad([-1, -1, -1], [2, 0, 0], [0, 2, 0]),
      quad([-1, -1, 1], [0, 2, 0], [2, 0, 0]),
      quad([-1, -1, -1], [0, 2, 0], [0, 0, 2]),
      quad([1, -1, -1], [0, 0, 2], [0, 2, 0]),
    ].flat();
    const posed = posedOf({
      pieces: [{ corners: room, material: 0 }],
      materials: [material({ baseColor: [0.6, 0.4, 0.2, 1], metallic: 1, roughness: 0.5, emissive: [1, 1, 1] })],
      camera: cameraAt([0, 0, 0.9], [0, 0, 0], { fovYRadians: 1.2 }),
    });
    const prepared = prepareScene(posed);
    const mean = (source: string): number =>
      kernelUnderTest(prepared, source)
        .render({ ...view, bounces: 10 }, whole(0, 96))
        .sums.filter((_, i) => i % 4 === 0)
        .reduce((a, b) => a + b) /
      (96 * 144);
    const source = joinSource(kernelSource());
    const without = source.replace('const ROULETTE_AFTER = 3u;', 'const ROULETTE_AFTER = 100u;');
    assert.notEqual(without, source);
    const [ended, endless] = [mean(source), mean(without)];
    assert.ok(ended > 2 && Math.abs(ended / endless - 1) < 0.01, `${ended} and ${endless}`);
  });

  it('blended alpha passes its share straight through, for camera and shadow rays; a mask all or nothing', () => {
    const render = (alpha: number, alphaMode: 'blend' | 'mask', between: 'camera' | 'lamp'): number => {
      const veil = quad([-4, -4, between === 'camera' ? 2 : 0.5], [8, 0, 0], [0, 8, 0]);
      const from: [number, number, number] = between === 'camera' ? [0, 0, 3] : [0, -0.2, 0.3];
      const posed = posedOf({
        pieces: [
          { corners: quad([-4, -4, 0], [8, 0, 0], [0, 8, 0]), material: 0 },
          { corners: veil, material: 1 },
        ],
        materials: [material(), material({ baseColor: [0, 0, 0, alpha], alphaMode, alphaCutoff: 0.5, metallic: 1 })],
        lights: [lamp({ position: [0.5, 0, 1] })],
        camera: cameraAt(from, [0, 0, 0], { half: 1e-4 }),
      });
      // The veil is black; between the lamp and the floor it must not shade the lamp twice, so the lamp lies below it
      // for camera rays.
      return (
        kernelUnderTest(prepareScene(posed)).render({ ...view, width: 1, height: 1, bounces: 2 }, [0, 0, 0, 1024])
          .sums[0]! / 1024
      );
    };
    for (const between of ['camera', 'lamp'] as const) {
      const clear = render(0, 'blend', between);
      assert.ok(clear > 0.05);
      assert.ok(
        Math.abs(render(0.25, 'blend', between) / clear - 0.75) < 0.01,
        `${between} ${render(0.25, 'blend', between)} of ${clear}`,
      );
      assert.equal(render(0.49, 'mask', between), clear);
      assert.ok(render(0.51, 'mask', between) < 0.02 * clear);
    }
  });

  it('a blended lamp gives its share of light, by light samples as by bounces', () => {
    const mean = (alpha: number, roughness: number): number => {
      const pieces = [
        { corners: quad([-3, -3, 0], [6, 0, 0], [0, 6, 0]), material: 0 },
        { corners: quad([0.2, -0.5, 0.8], [0, 1, 0], [1, 0, 0]), material: 1 },
      ];
      const posed = posedOf({
        pieces,
        materials: [
          material({ roughness, metallic: 1 }),
          material({ emissive: [3, 3, 3], baseColor: [0, 0, 0, alpha], alphaMode: 'blend', doubleSided: false }),
        ],
        camera: cameraAt([-0.6, 0, 0.7], [0, 0, 0], { half: 1e-4 }),
      });
      return (
        kernelUnderTest(prepareScene(posed)).render({ ...view, width: 1, height: 1, bounces: 2 }, [0, 0, 0, 4096])
          .sums[0]! / 4096
      );
    };
    for (const roughness of [1, 0.2]) {
      const full = mean(1, roughness);
      assert.ok(
        full > 0.05 && Math.abs(mean(0.5, roughness) / full - 0.5) < 0.02,
        `roughness ${roughness}: ${mean(0.5, roughness)} of ${full}`,
      );
    }
  });

  it('coverage is 0 beside the scene on a transparent background, 1 otherwise; unlit and background show as they are', () => {
    const base = {
      pieces: [{ corners: quad([-1, -1, 0], [1, 0, 0], [0, 2, 0]), material: 0 }],
      materials: [material({ unlit: true, baseColor: [0.25, 0.5, 0.75, 1] })],
      camera: cameraAt([0, 0, 2], [0, 0, 0], { half: 1 }),
    };
    const at = (background: Parameters<typeof posedOf>[0]['background']) =>
      [
        ...kernelUnderTest(prepareScene(posedOf({ ...base, background: background! }))).render(
          { ...view, width: 2, height: 1 },
          [0, 0, 0, 4, 1, 0, 0, 4],
        ).sums,
      ].map((x) => x / 4);
    assert.deepEqual(at({ kind: 'transparent' }), [0.25, 0.5, 0.75, 1, 0, 0, 0, 0]);
    assert.deepEqual(at({ kind: 'color', rgb: [0.5, 0.25, 1] }), [0.25, 0.5, 0.75, 1, 0.5, 0.25, 1, 1]);
  });

  it('camera rays pass the back of single-sided triangles, other rays do not', () => {
    const at = (doubleSided: boolean) => {
      const back = quad([-1, -1, 0], [0, 2, 0], [2, 0, 0]);
      const posed = posedOf({
        pieces: [{ corners: back, material: 0 }],
        materials: [material({ unlit: true, doubleSided })],
        camera: cameraAt([0, 0, 2], [0, 0, 0], { half: 0.5 }),
        background: { kind: 'transparent' },
      });
      return kernelUnderTest(prepareScene(posed)).render({ ...view, width: 1, height: 1 }, [0, 0, 0, 1]).sums[3];
    };
    assert.equal(at(false), 0);
    assert.equal(at(true), 1);
  });
});
