import assert from 'node:assert/strict';
import { prepareScene } from '../../../renderer/scene/prepare/prepareScene.js';
import type { PosedLight, PosedMaterial } from '../../../renderer/scene/PosedScene.js';
import { bsdfOf } from '../../support/bsdfOf.js';
import { kernelUnderTest } from '../../support/kernelUnderTest.js';
import { ball, cameraAt, environmentOf, lamp, material, posedOf, quad, unit } from '../../support/posedFixtures.js';

type Vector = [number, number, number];

/** One pixel that looks at the origin from `from`, over a floor in the plane z = 0. */
const FROM: Vector = [0, -1, 3];
const FLOOR = quad([-4, -4, 0], [8, 0, 0], [0, 8, 0]);
const SURFACES: [string, PosedMaterial][] = [
  ['matt white', material()],
  ['glossy', material({ baseColor: [0.6, 0.3, 0.1, 1], roughness: 0.4 })],
  ['rough metal', material({ baseColor: [0.9, 0.6, 0.3, 1], metallic: 1, roughness: 0.6 })],
];

/** BSDF times cosine of a material on the floor, for light from `towards`, by the kernel's own evaluation. */
function scattering(kernel: ReturnType<typeof kernelUnderTest>, surface: PosedMaterial, towards: Vector): number[] {
  const view = unit(FROM);
  const bsdf = bsdfOf(kernel, surface, { cosine: view[2] });
  // The lobes are isotropic: the frame around the normal may be any.
  return (kernel.call('evaluateBsdf', bsdf, view, towards) as { value: number[] }).value;
}

function assertNear(actual: number[], expected: number[], tolerance: number, what: string): void {
  expected.forEach((value, c) =>
    assert.ok(
      Math.abs(actual[c]! - value) <= tolerance * Math.abs(value) + 1e-6,
      `${what}: ${actual.slice(0, 3)} for ${expected}`,
    ),
  );
}

describe('direct light', () => {
  for (const [name, surface] of SURFACES) {
    const lamps: [string, PosedLight, (at: Vector) => number][] = [
      ['point', lamp({ color: [3, 2, 1], position: [1, 2, 2] }), () => 1 / 9],
      ['point with a range', lamp({ position: [1, 2, 2], range: 4 }), () => (1 - (3 / 4) ** 4) / 9],
      [
        'spot inside its inner cone',
        lamp({ kind: 'spot', position: [0, 0, 2], direction: [0, 0, -1], innerConeCos: 0.9, outerConeCos: 0.7 }),
        () => 1 / 4,
      ],
      [
        'spot between its cones',
        lamp({ kind: 'spot', position: [2, 0, 2], direction: [0, 0, -1], innerConeCos: 0.9, outerConeCos: 0.5 }),
        () => ((Math.SQRT1_2 - 0.5) / 0.4) ** 2 / 8,
      ],
      [
        'spot that points elsewhere',
        lamp({ kind: 'spot', position: [2, 0, 2], direction: [1, 0, 0], innerConeCos: 0.9, outerConeCos: 0.5 }),
        () => 0,
      ],
      ['directional', lamp({ kind: 'directional', color: [3, 3, 3], direction: unit([1, 1, -2]) }), () => 1],
    ];
    for (const [kind, light, irradiance] of lamps) {
      it(`${kind} on ${name}`, () => {
        const kernel = kernelUnderTest(
          prepareScene(
            posedOf({
              pieces: [{ corners: FLOOR, material: 0 }],
              materials: [surface],
              lights: [light],
              camera: cameraAt(FROM, [0, 0, 0], { half: 1e-4 }),
            }),
          ),
        );
        const towards = unit(
          light.kind === 'directional'
            ? [-light.direction[0], -light.direction[1], -light.direction[2]]
            : [...light.position],
        );
        const { sums } = kernel.render({ width: 1, height: 1, bounces: 4 }, [0, 0, 0, 4]);
        assertNear(
          [...sums].map((x) => x / 4),
          scattering(kernel, surface, towards).map((f, c) => f * light.color[c]! * irradiance(towards)),
          1e-3,
          kind,
        );
      });
    }

    it(`square lamp (emissive mesh) on ${name}`, () => {
      const [corner, first, second, radiance]: [Vector, Vector, Vector, number] = [
        [1, -0.5, 1],
        [0, 1, 0],
        [1, 0, 0.5],
        7,
      ];
      const posed = posedOf({
        pieces: [
          { corners: FLOOR, material: 0 },
          { corners: quad(corner, first, second), material: 1 },
        ],
        materials: [
          surface,
          material({ baseColor: [0, 0, 0, 1], emissive: [radiance, radiance, radiance], doubleSided: false }),
        ],
        camera: cameraAt(FROM, [0, 0, 0], { half: 1e-4 }),
      });
      const kernel = kernelUnderTest(prepareScene(posed));
      const samples = 8192;
      const { sums } = kernel.render({ width: 1, height: 1, bounces: 2 }, [0, 0, 0, samples]);
      // The closed form: BSDF x cosine x cosine on the lamp / distance squared, summed over the lamp.
      const steps = 60;
      const normal = unit([
        first[1] * second[2] - first[2] * second[1],
        first[2] * second[0] - first[0] * second[2],
        first[0] * second[1] - first[1] * second[0],
      ]);
      const area = Math.hypot(
        first[1] * second[2] - first[2] * second[1],
        first[2] * second[0] - first[0] * second[2],
        first[0] * second[1] - first[1] * second[0],
      );
      const expected = [0, 0, 0];
      for (let i = 0; i < steps; i++)
        for (let j = 0; j < steps; j++) {
          const point = corner.map(
            (x, axis) => x + (first[axis]! * (i + 0.5) + second[axis]! * (j + 0.5)) / steps,
          ) as Vector;
          const towards = unit(point);
          const geometry =
            (-(towards[0] * normal[0] + towards[1] * normal[1] + towards[2] * normal[2]) * area) /
            (point[0] ** 2 + point[1] ** 2 + point[2] ** 2) /
            steps ** 2;
          scattering(kernel, surface, towards).forEach((f, c) => (expected[c]! += f * geometry * radiance));
        }
      assertNear(
        [...sums].map((x) => x / samples),
        expected,
        0.01,
        'square lamp',
      );
    });

    it(`environment on ${name}`, () => {
      const environment = environmentOf(32, 16, (column, row) => [
        1 + column / 8,
        row > 10 ? 4 : 0.5,
        column === 20 && row === 6 ? 40 : 1,
      ]);
      const kernel = kernelUnderTest(
        prepareScene(
          posedOf({
            pieces: [{ corners: FLOOR, material: 0 }],
            materials: [surface],
            environment,
            camera: cameraAt(FROM, [0, 0, 0], { half: 1e-4 }),
          }),
        ),
      );
      const samples = 8192;
      const { sums } = kernel.render({ width: 1, height: 1, bounces: 2 }, [0, 0, 0, samples]);
      const expected = [0, 0, 0];
      const [rows, columns] = [60, 240];
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < columns; j++) {
          const z = (i + 0.5) / rows;
          const angle = (2 * Math.PI * (j + 0.5)) / columns;
          const towards: Vector = [Math.sqrt(1 - z * z) * Math.cos(angle), Math.sqrt(1 - z * z) * Math.sin(angle), z];
          const radiance = kernel.call('environmentRadiance', kernel.call('environmentUv', towards)!) as number[];
          scattering(kernel, surface, towards).forEach(
            (f, c) => (expected[c]! += (f * radiance[c]! * 2 * Math.PI) / (rows * columns)),
          );
        }
      assertNear(
        [...sums].map((x) => x / samples),
        expected,
        0.015,
        'environment',
      );
    });
  }

  it('environment lies as three.js maps it', () => {
    const environment = environmentOf(8, 4, (column, row) => [column, row, 1]);
    const kernel = kernelUnderTest(prepareScene(posedOf({ pieces: [], materials: [material()], environment })));
    for (const [x, y, z] of [
      [0.3, 0.5, 0.8],
      [-0.9, 0.1, 0.2],
      [0.5, -0.7, -0.4],
      [-0.2, -0.3, -0.9],
    ].map((v) => unit(v as Vector))) {
      const uv = kernel.call('environmentUv', [x, y, z]) as number[];
      assert.ok(Math.abs(uv[0]! - (Math.atan2(z, x) / (2 * Math.PI) + 0.5)) < 1e-6);
      assert.ok(Math.abs(uv[1]! - (0.5 - Math.asin(y) / Math.PI)) < 1e-6);
    }
  });

  it('a shadow is dark, a lamp behind the floor gives nothing', () => {
    const shade = { corners: quad([-0.5, -0.5, 1], [1, 0, 0], [0, 1, 0]), material: 0 };
    const camera = cameraAt([0, -3, 1], [0, 0, 0], { half: 1e-4 });
    for (const { pieces, position } of [
      { pieces: [{ corners: FLOOR, material: 0 }, shade], position: [0, 0, 3] as Vector },
      { pieces: [{ corners: FLOOR, material: 0 }], position: [0, 0, -3] as Vector },
    ]) {
      const kernel = kernelUnderTest(
        prepareScene(posedOf({ pieces, materials: [material()], lights: [lamp({ position })], camera })),
      );
      assert.deepEqual([...kernel.render({ width: 1, height: 1, bounces: 2 }, [0, 0, 0, 8]).sums], [0, 0, 0, 8]);
    }
  });
});

describe('furnace: a white body under a sky of radiance 1 cannot be seen', () => {
  const surfaces: Partial<PosedMaterial>[] = [0, 0.5, 1].flatMap((metallic) =>
    [0, 0.05, 0.15, 0.3, 0.5, 0.75, 1].map((roughness) => ({ metallic, roughness })),
  );
  for (const changes of surfaces) {
    it(JSON.stringify(changes), () => {
      const posed = posedOf({
        pieces: [{ corners: ball(1, 4), material: 0 }],
        materials: [material(changes)],
        environment: environmentOf(8, 4, () => [1, 1, 1]),
        camera: cameraAt([0, 0, 5], [0, 0, 0], { half: 0.98 }),
      });
      const kernel = kernelUnderTest(prepareScene(posed));
      const [size, samples] = [12, 64];
      const items: number[] = [];
      for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) items.push(x, y, 0, samples);
      const { sums } = kernel.render({ width: size, height: size, bounces: 8 }, items);
      // Pixels on the ball, from the middle to near the rim; beyond it the background is black.
      const inside: number[] = [];
      for (let i = 0; i < size * size; i++) {
        const r = Math.hypot((i % size) - 5.5, Math.floor(i / size) - 5.5);
        if (r < 5.3) inside.push(sums[4 * i]! / samples, sums[4 * i + 1]! / samples, sums[4 * i + 2]! / samples);
      }
      const mean = inside.reduce((a, b) => a + b) / inside.length;
      assert.ok(Math.abs(mean - 1) < 0.01, `mean radiance ${mean}`);
    });
  }
});

describe('specular strength and colour', () => {
  const kernel = kernelUnderTest(prepareScene(posedOf({ pieces: [], materials: [material()] })));
  interface Lobes {
    specular: Vector;
    specularRise: Vector;
    diffuse: Vector;
  }
  const lobesOf = (changes: Partial<PosedMaterial>): Lobes =>
    bsdfOf(kernel, material({ roughness: 0, ...changes }), { cosine: 1 }) as unknown as Lobes;
  const near = (actual: Vector, expected: Vector): void =>
    actual.forEach((value, c) => assert.ok(Math.abs(value - expected[c]!) < 1e-6, `${actual}, not ${expected}`));

  it('give F0 = min(F0 of the index * colour, 1) * strength and F90 = strength', () => {
    const { specular, specularRise, diffuse } = lobesOf({ specular: 0.5, specularColor: [0.5, 1, 100] });
    near(specular, [0.01, 0.02, 0.5]);
    near(specularRise, [0.49, 0.48, 0]);
    // The base gets what the strongest channel leaves.
    near(diffuse, [0.5, 0.5, 0.5]);
  });

  it('leave a black reflection of the highest index black, and a metal as it is', () => {
    near(lobesOf({ ior: 1000, specularColor: [0, 0, 0] }).specular, [0, 0, 0]);
    near(lobesOf({ ior: 1000, specularColor: [0, 0, 0] }).diffuse, [1, 1, 1]);
    const metal = { metallic: 1, baseColor: [0.9, 0.5, 0.1, 1] as [number, number, number, number] };
    near(lobesOf({ ...metal, specular: 0, specularColor: [0, 0, 0] }).specular, lobesOf(metal).specular);
  });

  it('lose no light in glass', () => {
    const view: Vector = [0.8, 0, 0.6];
    const steps = 40;
    for (const roughness of [0, 0.3])
      for (const changes of [{ specular: 0 }, { specularColor: [0, 0, 0] as Vector }, { specular: 0.5 }]) {
        const surface = material({ roughness, transmission: 1, ...changes });
        const bsdf = bsdfOf(kernel, surface, { cosine: view[2] });
        let sum = 0;
        for (let i = 0; i < steps * steps; i++) {
          const pair = [((i % steps) + 0.5) / steps, (Math.floor(i / steps) + 0.5) / steps];
          const pick = ((i + 0.5) * 0.6180339887498949) % 1;
          sum += (kernel.call('sampleBsdf', bsdf, view, pick, pair) as { weight: number[] }).weight[0]!;
        }
        assert.ok(
          Math.abs(sum / steps ** 2 - 1) < 0.06,
          `${JSON.stringify(changes)}, ${roughness}: ${sum / steps ** 2}`,
        );
      }
  });
});

describe('glass', () => {
  it('a smooth slab transmits (1 - R) / (1 + R) and a block of it loses nothing', () => {
    for (const angle of [0, 0.6, 1.1]) {
      const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
      const slab = (sky: boolean): number => {
        // Light comes from below only, or from everywhere.
        const environment = environmentOf(4, 64, (_, row) => (row >= 32 || sky ? [1, 1, 1] : [0, 0, 0]));
        const pieces = [
          { corners: quad([-500, 0, -500], [0, 0, 1000], [1000, 0, 0]), material: 0 },
          { corners: quad([-500, -0.5, -500], [1000, 0, 0], [0, 0, 1000]), material: 0 },
        ];
        const camera = cameraAt([3 * sine, 3 * cosine, 0], [0, 0, 0], { half: 1e-3 });
        const kernel = kernelUnderTest(
          prepareScene(
            posedOf({
              pieces,
              materials: [material({ transmission: 1, roughness: 0, doubleSided: false })],
              environment,
              camera,
            }),
          ),
        );
        const samples = 8192;
        return kernel.render({ width: 1, height: 1, bounces: 40 }, [0, 0, 0, samples]).sums[0]! / samples;
      };
      const inner = Math.sqrt(1 - (sine / 1.5) ** 2);
      const parallel = (1.5 * cosine - inner) / (1.5 * cosine + inner);
      const perpendicular = (cosine - 1.5 * inner) / (cosine + 1.5 * inner);
      const reflectance = (parallel ** 2 + perpendicular ** 2) / 2;
      // Fresnel's mean reflectance is applied at each face, so the series is (1 - R)^2 / (1 - R^2).
      assert.ok(
        Math.abs(slab(false) - (1 - reflectance) / (1 + reflectance)) < 0.01,
        `angle ${angle}: ${slab(false)} for ${(1 - reflectance) / (1 + reflectance)}`,
      );
      assert.ok(Math.abs(slab(true) - 1) < 1e-3, `in a furnace ${slab(true)}`);
    }
  });

  for (const front of [true, false]) {
    it(`rough boundaries pass everything on, seen from ${front ? 'outside' : 'inside'}`, () => {
      const kernel = kernelUnderTest(prepareScene(posedOf({ pieces: [], materials: [material()] })));
      for (const ior of [1.1, 1.5, 2.2])
        for (const roughness of [0.1, 0.35, 0.6, 1])
          for (const cosine of [0.2, 0.6, 1]) {
            const view: Vector = [Math.sqrt(1 - cosine * cosine), 0, cosine];
            const bsdf = bsdfOf(kernel, material({ roughness, transmission: 1, ior }), { cosine, front });
            let sum = 0;
            const steps = 40;
            // Stratified over direction; the choice between reflection and refraction runs along the golden ratio.
            for (let i = 0; i < steps * steps; i++) {
              const sample = kernel.call('sampleBsdf', bsdf, view, ((i + 0.5) * 0.6180339887498949) % 1, [
                ((i % steps) + 0.5) / steps,
                (Math.floor(i / steps) + 0.5) / steps,
              ]) as { weight: number[] };
              sum += sample.weight[0]!;
            }
            const mean = sum / steps ** 2;
            // The table is coarse where total reflection sets in.
            assert.ok(Math.abs(mean - 1) < 0.06, `index ${ior}, roughness ${roughness}, cosine ${cosine}: ${mean}`);
          }
    });
  }

  it('does not let shadow rays through', () => {
    const pieces = [
      { corners: quad([-4, -4, 0], [8, 0, 0], [0, 8, 0]), material: 0 },
      { corners: quad([-1, -1, 1], [2, 0, 0], [0, 2, 0]), material: 1 },
    ];
    const kernel = kernelUnderTest(
      prepareScene(
        posedOf({
          pieces,
          materials: [material(), material({ transmission: 1, roughness: 0 })],
          lights: [lamp({ position: [0, 0, 3] })],
          camera: cameraAt([0, -3, 0.5], [0, 0, 0], { half: 1e-4 }),
        }),
      ),
    );
    assert.equal(kernel.render({ width: 1, height: 1, bounces: 4 }, [0, 0, 0, 8]).sums[0], 0);
  });
});
