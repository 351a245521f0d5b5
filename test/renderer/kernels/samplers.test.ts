import assert from 'node:assert/strict';
import { prepareScene } from '../../../renderer/scene/prepare/prepareScene.js';
import type { PosedMaterial } from '../../../renderer/scene/PosedScene.js';
import {
  FRAME,
  FRAME_WORDS,
  LIGHT_TRIANGLE,
  TRIANGLE_LIGHT,
  TRIANGLE_LIGHT_WORDS,
} from '../../../renderer/kernels/generated/layout.js';
import { RecordView } from '../../../renderer/kernels/RecordView.js';
import { assertChiSquared, statisticsSeed } from '../../support/chiSquared.js';
import { randomNumbers } from '../../support/randomNumbers.js';
import { bsdfOf } from '../../support/bsdfOf.js';
import { kernelUnderTest } from '../../support/kernelUnderTest.js';
import { ball, environmentOf, lamp, material, posedOf, quad } from '../../support/posedFixtures.js';

type Vector = [number, number, number];
const ROWS = 12;
const COLUMNS = 16;
const SAMPLES = 60_000;
/** Strata of each bin along each axis when a density is integrated. */
const FINE = 10;

/** Bin of a direction on the sphere: rows of equal z, columns of equal azimuth. */
function binOf(direction: readonly number[], low: number): number {
  const row = Math.min(ROWS - 1, Math.floor(((direction[2]! - low) / (1 - low)) * ROWS));
  const column = Math.min(
    COLUMNS - 1,
    Math.floor((Math.atan2(direction[1]!, direction[0]!) / (2 * Math.PI) + 0.5) * COLUMNS),
  );
  return row * COLUMNS + column;
}

/** Chance of every bin under a density per solid angle, for directions with z from `low` to 1. */
function chancesOf(density: (direction: Vector) => number, low: number): number[] {
  return Array.from({ length: ROWS * COLUMNS }, (_, bin) => {
    const [row, column] = [Math.floor(bin / COLUMNS), bin % COLUMNS];
    let sum = 0;
    for (let i = 0; i < FINE; i++) {
      const z = low + ((1 - low) * (row + (i + 0.5) / FINE)) / ROWS;
      const r = Math.sqrt(Math.max(0, 1 - z * z));
      for (let j = 0; j < FINE; j++) {
        const angle = 2 * Math.PI * ((column + (j + 0.5) / FINE) / COLUMNS - 0.5);
        sum += density([r * Math.cos(angle), r * Math.sin(angle), z]);
      }
    }
    return (sum / (FINE * FINE)) * ((2 * Math.PI * (1 - low)) / (ROWS * COLUMNS));
  });
}

function viewAt(cosine: number, azimuth: number): Vector {
  const sine = Math.sqrt(1 - cosine * cosine);
  return [sine * Math.cos(azimuth), sine * Math.sin(azimuth), cosine].map(Math.fround) as Vector;
}

describe('samplers agree with their densities', () => {
  const random = randomNumbers(statisticsSeed);

  it('cosine', () => {
    const kernel = kernelUnderTest();
    const counts = Array<number>(ROWS * COLUMNS).fill(0);
    for (let i = 0; i < SAMPLES; i++)
      counts[binOf(kernel.call('sampleCosine', [random(), random()]) as number[], 0)]!++;
    assertChiSquared(
      'cosine',
      counts,
      chancesOf((d) => d[2] / Math.PI, 0).map((p) => p * SAMPLES),
    );
  });

  for (const [roughness, cosine] of [
    [0.5, 0.9],
    [0.7, 0.3],
    [1, 0.6],
    [1, 0.05],
  ] as const) {
    it(`visible GGX normals, roughness ${roughness}, cosine ${cosine}`, () => {
      const kernel = kernelUnderTest();
      const alpha = Math.fround(roughness * roughness);
      const view = viewAt(cosine, 0.7);
      const counts = Array<number>(ROWS * COLUMNS).fill(0);
      for (let i = 0; i < SAMPLES; i++)
        counts[binOf(kernel.call('sampleVisibleNormal', view, alpha, [random(), random()]) as number[], 0)]!++;
      const tangent2 = (1 - view[2] ** 2) / view[2] ** 2;
      const lambda = 0.5 * (Math.sqrt(1 + alpha * alpha * tangent2) - 1);
      const chances = chancesOf((m) => {
        const distribution = 1 / (Math.PI * alpha * alpha * ((m[0] ** 2 + m[1] ** 2) / alpha ** 2 + m[2] ** 2) ** 2);
        return (
          (distribution * Math.max(0, m[0] * view[0] + m[1] * view[1] + m[2] * view[2])) / ((1 + lambda) * view[2])
        );
      }, 0);
      assert.ok(Math.abs(chances.reduce((a, b) => a + b) - 1) < 0.01);
      assertChiSquared(
        'visible normals',
        counts,
        chances.map((p) => p * SAMPLES),
      );
    });
  }

  const surfaces: [name: string, changes: Partial<PosedMaterial>, seen: { cosine: number; front?: boolean }][] = [
    ['metal', { metallic: 1, roughness: 0.6 }, { cosine: 0.5 }],
    ['plastic', { roughness: 0.7 }, { cosine: 0.4 }],
    ['half metal', { metallic: 0.5, roughness: 0.9 }, { cosine: 0.8 }],
    ['rough glass from outside', { roughness: 0.6, transmission: 1 }, { cosine: 0.6 }],
    ['rough glass from inside', { roughness: 0.7, transmission: 1 }, { cosine: 0.8, front: false }],
    ['half glass', { roughness: 0.8, transmission: 0.5 }, { cosine: 0.3 }],
  ];
  for (const [name, changes, seen] of surfaces) {
    it(`scattering of ${name}: directions, and weights that average to the albedo`, () => {
      const kernel = kernelUnderTest(prepareScene(posedOf({ pieces: [], materials: [material()] })));
      const view = viewAt(seen.cosine, 2.1);
      const surface = material({ baseColor: [0.8, 0.8, 0.8, 1], ...changes });
      const bsdf = bsdfOf(kernel, surface, { ...seen, cosine: view[2] });
      const counts = Array<number>(ROWS * COLUMNS + 1).fill(0);
      let weight = 0;
      let square = 0;
      for (let i = 0; i < SAMPLES; i++) {
        const sample = kernel.call('sampleBsdf', bsdf, view, random(), [random(), random()]) as {
          direction: number[];
          weight: number[];
          density: number;
        };
        // Directions that leave on the wrong side are lost; they carry no weight.
        if (sample.density === 0) counts[ROWS * COLUMNS]!++;
        else counts[binOf(sample.direction, -1)]!++;
        weight += sample.weight[0]!;
        square += sample.weight[0]! ** 2;
      }
      let integral = 0;
      const chances = chancesOf((d) => {
        const { value, density } = kernel.call('evaluateBsdf', bsdf, view, d) as { value: number[]; density: number };
        integral += value[0]!;
        return density;
      }, -1);
      const lost = 1 - chances.reduce((a, b) => a + b);
      assert.ok(lost > -0.01 && lost < 0.5, `lost ${lost}`);
      assertChiSquared(
        name,
        counts,
        [...chances, Math.max(0, lost)].map((p) => p * SAMPLES),
      );
      // The estimator's mean is the integral of BSDF times cosine.
      const albedo = (integral * 4 * Math.PI) / (ROWS * COLUMNS * FINE * FINE);
      const mean = weight / SAMPLES;
      const deviation = Math.sqrt((square / SAMPLES - mean * mean) / SAMPLES);
      assert.ok(
        Math.abs(mean - albedo) < 6 * deviation + 0.01 * albedo,
        `mean weight ${mean}, integral ${albedo} (seed ${statisticsSeed})`,
      );
    });
  }

  it('environment', () => {
    const [width, height] = [16, 8];
    // A few bright texels on a dim sky.
    const environment = environmentOf(width, height, (column, row) =>
      column === 5 && row === 2 ? [30, 25, 20] : column === 12 && row === 7 ? [0, 8, 0] : [0.2 * row, 0.1, 0.3],
    );
    const prepared = prepareScene(posedOf({ pieces: [], materials: [material()], environment }));
    const kernel = kernelUnderTest(prepared);
    const fine = 2;
    const cells = width * fine * height * fine;
    const counts = Array<number>(cells).fill(0);
    for (let i = 0; i < SAMPLES; i++) {
      const { direction, density, radiance } = kernel.call('sampleEnvironment', [random(), random()]) as {
        direction: number[];
        density: number;
        radiance: number[];
      };
      const uv = kernel.call('environmentUv', direction) as number[];
      assert.ok(
        Math.abs((kernel.call('environmentDensity', uv) as number) / density - 1) < 1e-3 ||
          nearCellEdge(uv, width, height),
        `density ${density} (seed ${statisticsSeed})`,
      );
      assert.ok(radiance.every((x) => x >= 0));
      counts[
        Math.min(height * fine - 1, Math.floor(uv[1]! * height * fine)) * width * fine +
          Math.min(width * fine - 1, Math.floor(uv[0]! * width * fine))
      ]!++;
    }
    // The density integrates to its chances over every quarter of a texel.
    const chances = Array.from({ length: cells }, (_, cell) => {
      const [row, column] = [Math.floor(cell / (width * fine)), cell % (width * fine)];
      let sum = 0;
      const steps = 8;
      for (let j = 0; j < steps; j++) {
        const v = (row + (j + 0.5) / steps) / (height * fine);
        sum +=
          (kernel.call('environmentDensity', [(column + 0.5) / (width * fine), v]) as number) * Math.sin(Math.PI * v);
      }
      return ((sum / steps) * 2 * Math.PI * Math.PI) / cells;
    });
    assert.ok(Math.abs(chances.reduce((a, b) => a + b) - 1) < 1e-3);
    assert.ok(chances.every((chance) => chance > 0));
    assertChiSquared(
      'environment',
      counts,
      chances.map((p) => p * SAMPLES),
    );
  });

  it('pick of a light, and points on emissive triangles', () => {
    const position: Vector = [0.1, -0.2, 0.3];
    const posed = posedOf({
      pieces: [
        { corners: quad([-1, -1, 4], [0, 2, 0], [2, 0, 0]), material: 0 },
        { corners: ball(0.3, 0).map(([x, y, z]) => [x + 3, y, z]), material: 1 },
      ],
      materials: [material({ emissive: [5, 5, 5] }), material({ emissive: [1, 2, 3], doubleSided: false })],
      lights: [lamp({ color: [40, 40, 40] }), lamp({ kind: 'directional', color: [0.5, 0.5, 0.5] })],
      environment: environmentOf(4, 2, () => [0.5, 0.5, 0.5]),
    });
    const prepared = prepareScene(posed);
    const kernel = kernelUnderTest(prepared);
    const frame = new RecordView<'Frame'>(prepared.buffers['frame']!, FRAME_WORDS);
    const tables = prepared.buffers['tables']!;
    const scalars = new Float32Array(tables.buffer, tables.byteOffset, tables.byteLength / 4);
    const lightCount = frame.getU32(FRAME.lightCount);
    const distribution = frame.getU32(FRAME.lightCdf);
    const light = new RecordView<'TriangleLight'>(
      tables.subarray(frame.getU32(FRAME.lights) * 16),
      TRIANGLE_LIGHT_WORDS,
    );
    assert.equal(lightCount, 2 + 2 + 8 + 1);
    const picks = Array.from(
      { length: lightCount },
      (_, i) => scalars[distribution + i + 1]! - scalars[distribution + i]!,
    );
    picks.forEach((pick, i) =>
      assert.ok(pick > 0 && Math.abs(pick - light.seek(i).getF32(TRIANGLE_LIGHT.pick)) < 1e-6),
    );
    const counts = Array<number>(lightCount).fill(0);
    const quarters = Array<number>(lightCount * 4).fill(0);
    for (let i = 0; i < SAMPLES; i++) {
      const pick = random();
      const index = kernel.call('searchCdf', distribution, lightCount, pick) as number;
      counts[index]!++;
      if (light.seek(index).getU32(TRIANGLE_LIGHT.kind) !== LIGHT_TRIANGLE) continue;
      const sample = kernel.call('sampleLight', position, pick, [random(), random()]) as {
        direction: number[];
        distance: number;
        density: number;
        weight: number[];
        triangle: number;
      };
      const [corner, first, second] = [
        light.getVec3f(TRIANGLE_LIGHT.corner),
        light.getVec3f(TRIANGLE_LIGHT.firstEdge),
        light.getVec3f(TRIANGLE_LIGHT.secondEdge),
      ];
      const normal = [
        first[1]! * second[2]! - first[2]! * second[1]!,
        first[2]! * second[0]! - first[0]! * second[2]!,
        first[0]! * second[1]! - first[1]! * second[0]!,
      ];
      const twice = Math.hypot(...normal);
      if (sample.density === 0) {
        // Only backs of single-sided triangles give nothing.
        assert.equal(posed.materials[light.getU32(TRIANGLE_LIGHT.material)]!.doubleSided, false);
        continue;
      }
      const point = sample.direction.map((d, axis) => position[axis]! + d * sample.distance - corner[axis]!);
      // Barycentric coordinates of the point, and the quarter of the triangle that holds it.
      const d = (a: number[], b: number[]): number => a[0]! * b[0]! + a[1]! * b[1]! + a[2]! * b[2]!;
      const [d00, d01, d11, d20, d21] = [
        d(first, first),
        d(first, second),
        d(second, second),
        d(point, first),
        d(point, second),
      ];
      const u = (d11 * d20 - d01 * d21) / (d00 * d11 - d01 * d01);
      const v = (d00 * d21 - d01 * d20) / (d00 * d11 - d01 * d01);
      assert.ok(u > -1e-3 && v > -1e-3 && u + v < 1.001, `point (${u}, ${v}) outside`);
      quarters[index * 4 + (u > 0.5 ? 1 : v > 0.5 ? 2 : u + v < 0.5 ? 3 : 0)]!++;
      const cosine = Math.abs(d(normal, sample.direction)) / twice;
      const density = (picks[index]! / (twice / 2)) * (sample.distance ** 2 / cosine);
      assert.ok(Math.abs(sample.density / density - 1) < 1e-3, `density ${sample.density}, by geometry ${density}`);
    }
    assertChiSquared(
      'light pick',
      counts,
      picks.map((p) => p * SAMPLES),
    );
    for (let index = 0; index < lightCount; index++) {
      const total = quarters.slice(4 * index, 4 * index + 4).reduce((a, b) => a + b);
      if (total > 0)
        assertChiSquared(
          `points on light ${index}`,
          quarters.slice(4 * index, 4 * index + 4),
          Array<number>(4).fill(total / 4),
        );
    }
  });

  it('scrambled Sobol pairs: every elementary interval of 256 points holds one', () => {
    const kernel = kernelUnderTest();
    const reverse = (x: number): number => {
      let r = 0;
      for (let bit = 0; bit < 32; bit++) if ((x >>> bit) & 1) r |= 1 << (31 - bit);
      return r >>> 0;
    };
    for (const dimension of [0, 3]) {
      const seed = Math.floor(random() * 2 ** 32);
      const points = Array.from(
        { length: 256 },
        (_, i) => kernel.call('draw4', { seed, reversedIndex: reverse(i) }, dimension) as number[],
      );
      for (const pair of [0, 2]) {
        for (let split = 0; split <= 8; split++) {
          const seen = new Set(
            points.map(
              (p) => Math.floor(p[pair]! * 2 ** split) * 2 ** (8 - split) + Math.floor(p[pair + 1]! * 2 ** (8 - split)),
            ),
          );
          assert.equal(seen.size, 256, `pair ${pair}, 2^${split} by 2^${8 - split} (seed ${statisticsSeed})`);
        }
      }
      // The pairs are not copies of one another.
      assert.ok(new Set(points.map((p) => `${Math.floor(p[0]! * 16)},${Math.floor(p[2]! * 16)}`)).size > 120);
    }
  });
});

function nearCellEdge(uv: number[], width: number, height: number): boolean {
  return [uv[0]! * width, uv[1]! * height].some((x) => Math.abs(x - Math.round(x)) < 1e-3);
}
