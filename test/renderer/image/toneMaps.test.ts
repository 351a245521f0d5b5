import assert from 'node:assert/strict';
import { ShaderChunk } from 'three';
import { srgbQuantizer } from '../../../renderer/image/srgbQuantizer.js';
import { TONE_MAPS } from '../../../renderer/image/toneMaps.js';
import type { ToneMap } from '../../../renderer/image/toneMaps.js';

type Vec3 = [number, number, number];
const map = (v: Vec3, f: (x: number) => number): Vec3 => [f(v[0]), f(v[1]), f(v[2])];
const saturate = (v: Vec3): Vec3 => map(v, (x) => Math.min(Math.max(x, 0), 1));

/** The text of three's own tone mapping functions. */
const GLSL = ShaderChunk.tonemapping_pars_fragment;

/** A matrix read from three's source: nine numbers, column by column as GLSL lists them. */
function matrixOf(name: string): number[] {
  const text = new RegExp(`const mat3 ${name} = mat3\\(([^;]*)\\);`).exec(GLSL)?.[1];
  assert.ok(text !== undefined, `three has a matrix ${name}`);
  const numbers = [
    ...text
      .replace(/\/\/.*$/gm, '')
      .replace(/vec3/g, '')
      .replace(/- /g, '-')
      .matchAll(/-?\d+\.\d+/g),
  ].map(Number);
  assert.equal(numbers.length, 9);
  return numbers;
}

function times(columns: number[], v: Vec3): Vec3 {
  return [0, 1, 2].map((row) => columns[row]! * v[0] + columns[3 + row]! * v[1] + columns[6 + row]! * v[2]) as Vec3;
}

function constantOf(name: string): number {
  const text = new RegExp(`const float ${name} = ([^;]*);`).exec(GLSL)?.[1];
  assert.ok(text !== undefined, `three has a constant ${name}`);
  return Number(text.replace('- ', '-'));
}

/**
 * three's formulas, statement by statement, with matrices and constants read from its source; Math.* where GLSL has a
 * built-in.
 */
const THREE: Record<Exclude<ToneMap, 'linear'>, (color: Vec3) => Vec3> = {
  aces: (color) => {
    const fit = (v: number): number => (v * (v + 0.0245786) - 0.000090537) / (v * (0.983729 * v + 0.432951) + 0.238081);
    return saturate(
      times(
        matrixOf('ACESOutputMat'),
        map(
          times(
            matrixOf('ACESInputMat'),
            map(color, (x) => x / 0.6),
          ),
          fit,
        ),
      ),
    );
  },
  agx: (color) => {
    const [min, max] = [constantOf('AgxMinEv'), constantOf('AgxMaxEv')];
    let v = times(matrixOf('AgXInsetMatrix'), times(matrixOf('LINEAR_SRGB_TO_LINEAR_REC2020'), color));
    v = saturate(map(v, (x) => (Math.log2(Math.max(x, 1e-10)) - min) / (max - min)));
    v = map(
      v,
      (x) => 15.5 * x ** 6 - 40.14 * x ** 5 + 31.96 * x ** 4 - 6.868 * x ** 3 + 0.4298 * x ** 2 + 0.1191 * x - 0.00232,
    );
    v = map(times(matrixOf('AgXOutsetMatrix'), v), (x) => Math.max(0, x) ** 2.2);
    return saturate(times(matrixOf('LINEAR_REC2020_TO_LINEAR_SRGB'), v));
  },
  neutral: (color) => {
    const start = 0.8 - 0.04;
    const x = Math.min(...color);
    const offset = x < 0.08 ? x - 6.25 * x * x : 0.04;
    const v = map(color, (c) => c - offset);
    const peak = Math.max(...v);
    if (peak < start) return v;
    const d = 1 - start;
    const newPeak = 1 - (d * d) / (peak + d - start);
    const g = 1 - 1 / (0.15 * (peak - newPeak) + 1);
    return map(
      map(v, (c) => c * (newPeak / peak)),
      (c) => c * (1 - g) + newPeak * g,
    );
  },
};

/** Colours from far below black to far above white, saturated and grey. */
const COLOURS: Vec3[] = [0, 1e-6, 0.001, 0.04, 0.18, 0.5, 0.76, 0.8, 1, 3, 40, 65504].flatMap((v): Vec3[] => [
  [v, v, v],
  [v, 0, 0],
  [0, v, 0],
  [0, 0, v],
  [v, v / 2, v / 8],
  [v / 5, v / 3, v],
]);

describe('TONE_MAPS', () => {
  for (const name of ['aces', 'agx', 'neutral'] as const) {
    it(`${name} agrees with three's formula`, () => {
      for (const colour of COLOURS) {
        const rgb = Float64Array.from(colour);
        TONE_MAPS[name](rgb);
        const expected = THREE[name](colour);
        for (let i = 0; i < 3; i++)
          assert.ok(
            Math.abs(rgb[i]! - expected[i]!) < 1e-12,
            `${name}(${colour.join(', ')})[${i}] = ${rgb[i]}, three's ${expected[i]}`,
          );
      }
    });
  }

  it("the constants of the fits are three's", () => {
    for (const text of [
      'v * ( v + 0.0245786 ) - 0.000090537',
      'v * ( 0.983729 * v + 0.4329510 ) + 0.238081',
      'toneMappingExposure / 0.6',
      '15.5 * x4 * x2',
      '40.14 * x4 * x',
      '31.96 * x4',
      '6.868 * x2 * x',
      '0.4298 * x2',
      '0.1191 * x',
      '0.00232',
      'vec3( 2.2 )',
      'StartCompression = 0.8 - 0.04',
      'Desaturation = 0.15',
      'x - 6.25 * x * x : 0.04',
    ])
      assert.ok(GLSL.includes(text), `three's source holds "${text}"`);
  });

  it('linear clamps and does nothing else', () => {
    const rgb = Float64Array.of(0.25, 1.5, -0.5);
    TONE_MAPS.linear(rgb);
    assert.deepEqual([...rgb], [0.25, 1, 0]);
  });

  it('neutral keeps grey base colours below 0.8 but for the 0.04 that a dielectric reflects', () => {
    const rgb = Float64Array.of(0.5, 0.5, 0.5);
    TONE_MAPS.neutral(rgb);
    assert.ok(Math.abs(rgb[0]! - 0.46) < 1e-15);
  });
});

describe('srgbQuantizer', () => {
  const encoded = (x: number): number => (x <= 0.0031308 ? 12.92 * x : 1.055 * Math.pow(x, 1 / 2.4) - 0.055);

  for (const steps of [255, 65535]) {
    it(`rounds IEC 61966-2-1 to the nearest of ${steps} steps`, () => {
      const quantize = srgbQuantizer(steps);
      assert.equal(quantize(0), 0);
      assert.equal(quantize(1), steps);
      let before = 0;
      for (let i = 0; i <= 200_000; i++) {
        const x = i / 200_000;
        const code = quantize(x);
        // Half a step and what Math.pow may be off by.
        assert.ok(Math.abs(code - encoded(x) * steps) <= 0.5 + 1e-9, `${x}`);
        assert.ok(code >= before);
        before = code;
      }
    });
  }
});
