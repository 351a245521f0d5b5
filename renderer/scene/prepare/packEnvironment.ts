import { cosine } from '../exactTrigonometry.js';
import { radianceOfRgbe } from '../decodeHdr.js';
import type { EnvironmentInRgbe, PosedEnvironment } from '../PosedScene.js';
import { settled } from './settled.js';
import { cdfOf } from './Tables.js';

/** The environment as the kernel samples it. */
export interface PackedEnvironment {
  /** As floats in `tables`, or in `texels`. */
  texels: FloatTexels | RgbeTexels;
  gridWidth: number;
  gridHeight: number;
  /** Cumulative distribution over the rows of the grid. */
  rowCdf: Float32Array;
  /** Cumulative distributions along each row, gridWidth + 1 numbers each. */
  columnCdfs: Float32Array;
  /** Luminance integrated over the sphere. */
  power: number;
}

interface FloatTexels {
  kind: 'floats';
  count: number;
  /**
   * Writes linear RGB with the intensity in it, 4 floats per texel, where the kernel reads it: a large environment is
   * not held a second time.
   */
  write: (target: Float32Array) => void;
}

interface RgbeTexels {
  kind: 'rgbe';
  /** Of the environment. */
  rgbe: Uint8Array;
  /** Linear radiances of the 256 mantissas, with the intensity in them, for each exponent from the lowest on. */
  radiances: Float32Array;
  lowestExponent: number;
}

/**
 * Texels up to which an environment is unpacked to floats. They are faster to read as long as caches hold most of them,
 * and take four times the memory: ADR 6 has the numbers.
 */
export const MOST_FLOAT_TEXELS = 2 ** 23;

/** The finest importance grid: finer ones cost memory and search time and sample no better. */
const GRID_LIMIT = 1024;
/**
 * Far above any light there is; an infinite texel would make the distributions NaN, whose bits differ between
 * processors.
 */
const MOST_RADIANCE = 1e30;
/**
 * Share of the mean that every cell keeps, so that no direction that emits is out of reach. Up to the mean, bounces
 * find the sky by themselves: light samples go to what is brighter (Karlik et al. 2019, MIS Compensation), which lowers
 * the squared error by 10 to 25 % on the shared scenes under the shared skies.
 */
const LEAST_SHARE = 1 / 512;

/**
 * Builds the texels and the importance grid: a cell's weight is what the mean of the filtered luminance over it exceeds
 * the sky's, times its solid angle.
 */
export function packEnvironment(environment: PosedEnvironment, mostFloatTexels = MOST_FLOAT_TEXELS): PackedEnvironment {
  const { width, height } = environment;
  const { texels, radiance } = texelsOf(environment, mostFloatTexels);
  // Three rows of luminance at a time, each in the place of the one three rows before it.
  const luminanceRows = [0, 1, 2].map(() => new Float64Array(width));
  const fillRow = (y: number): void => {
    const row = luminanceRows[y % 3]!;
    for (let x = 0, i = y * width; x < width; x++, i++)
      row[x] = 0.2126 * radiance(i, 0) + 0.7152 * radiance(i, 1) + 0.0722 * radiance(i, 2);
  };
  fillRow(0);

  // The mean of a bilinear filter over a texel weighs it and its neighbours 1 : 6 : 1 along each axis.
  const gridWidth = Math.min(width, GRID_LIMIT);
  const gridHeight = Math.min(height, GRID_LIMIT / 2);
  const weights = new Float64Array(gridWidth * gridHeight);
  let power = 0;
  for (let y = 0; y < height; y++) {
    const solidAngle =
      ((2 * Math.PI) / width) * (cosine((Math.PI * y) / height) - cosine((Math.PI * (y + 1)) / height));
    if (y + 1 < height) fillRow(y + 1);
    const above = luminanceRows[Math.max(0, y - 1) % 3]!;
    const here = luminanceRows[y % 3]!;
    const below = luminanceRows[Math.min(height - 1, y + 1) % 3]!;
    const column = (x: number): number => above[x]! + 6 * here[x]! + below[x]!;
    const cell = Math.floor((y * gridHeight) / height) * gridWidth;
    for (let x = 0; x < width; x++) {
      const mean = (column((x + width - 1) % width) + 6 * column(x) + column((x + 1) % width)) / 64;
      power += mean * solidAngle;
      weights[cell + Math.floor((x * gridWidth) / width)]! += mean * solidAngle;
    }
  }
  const rowWeights = new Float64Array(gridHeight);
  const columnCdfs = new Float32Array(gridHeight * (gridWidth + 1));
  for (let row = 0; row < gridHeight; row++) {
    const share = (cosine((Math.PI * row) / gridHeight) - cosine((Math.PI * (row + 1)) / gridHeight)) / (2 * gridWidth);
    const cells = weights.subarray(row * gridWidth, (row + 1) * gridWidth);
    for (let x = 0; x < gridWidth; x++) {
      cells[x] = Math.max(cells[x]! - power * share, 0) + power * share * LEAST_SHARE;
      rowWeights[row]! += cells[x]!;
    }
    columnCdfs.set(cdfOf(cells), row * (gridWidth + 1));
  }
  return {
    texels,
    gridWidth,
    gridHeight,
    rowCdf: cdfOf(rowWeights),
    columnCdfs,
    power,
  };
}

/** Radiance of a channel of a texel, as the kernel sees it. */
type Radiance = (texel: number, channel: number) => number;

function withIntensity(value: number, intensity: number): number {
  return Math.fround(Math.min(settled(Math.max(0, value * intensity)), MOST_RADIANCE));
}

function texelsOf(
  environment: PosedEnvironment,
  mostFloatTexels: number,
): { texels: FloatTexels | RgbeTexels; radiance: Radiance } {
  const { width, height, intensity } = environment;
  const count = width * height;
  if ('rgb' in environment) {
    const { rgb } = environment;
    const radiance: Radiance = (texel, channel) => withIntensity(rgb[3 * texel + channel]!, intensity);
    return { texels: floatTexels(count, radiance), radiance };
  }
  const { rgbe } = environment;
  const { radiances, lowestExponent } = radiancesOf(environment);
  const radiance: Radiance = (texel, channel) =>
    radiances[((rgbe[4 * texel + 3]! - lowestExponent) << 8) + rgbe[4 * texel + channel]!]!;
  if (count <= mostFloatTexels) return { texels: floatTexels(count, radiance), radiance };
  return { texels: { kind: 'rgbe', rgbe, radiances, lowestExponent }, radiance };
}

function floatTexels(count: number, radiance: Radiance): FloatTexels {
  const write = (target: Float32Array): void => {
    for (let i = 0; i < count; i++) for (let c = 0; c < 3; c++) target[4 * i + c] = radiance(i, c);
  };
  return { kind: 'floats', count, write };
}

/** The radiances that the exponents of an environment can give. */
function radiancesOf({ rgbe, intensity }: EnvironmentInRgbe): Pick<RgbeTexels, 'radiances' | 'lowestExponent'> {
  let [lowest, highest] = [255, 0];
  for (let at = 3; at < rgbe.length; at += 4) {
    lowest = Math.min(lowest, rgbe[at]!);
    highest = Math.max(highest, rgbe[at]!);
  }
  const radiances = Float32Array.from({ length: 256 * (highest - lowest + 1) }, (_, i) =>
    withIntensity(radianceOfRgbe(i & 255, lowest + (i >> 8)), intensity),
  );
  return { radiances, lowestExponent: lowest };
}
