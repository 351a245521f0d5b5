import {
  PUNCTUAL_LIGHT,
  LIGHT_DIRECTIONAL,
  LIGHT_ENVIRONMENT,
  LIGHT_POINT,
  LIGHT_SPOT,
  LIGHT_TRIANGLE,
  LIGHT_VECTORS,
  SURFACE,
  SURFACE_WORDS,
  TRIANGLE_LIGHT,
} from '../../kernels/generated/layout.js';
import { RecordView } from '../../kernels/RecordView.js';
import type { PosedLight, PosedMaterial, PosedScene } from '../PosedScene.js';
import { sampleTexture } from './sampleTexture.js';
import { settledColor } from './settled.js';
import { cdfOf } from './Tables.js';

type Vector = [x: number, y: number, z: number];

/** Everything that light samples can go to. */
export interface PackedLights {
  count: number;
  /** `PunctualLight` and `TriangleLight` records, LIGHT_WORDS each. */
  records: Float32Array;
  /** Cumulative distribution of the picks. */
  cdf: Float32Array;
  /** Probability of picking the environment. */
  environmentPick: number;
}

/**
 * Share of the picks that is spread evenly over the kinds of lights, so that a weak but near lamp is not forgotten
 * beside a sky.
 */
const EVEN_OVER_KINDS = 0.3;
/** Share of a kind's picks that is spread evenly over its point-like lights. */
const EVEN_OVER_LAMPS = 0.3;

/** Words of a light's record, whatever its kind. */
const LIGHT_WORDS = LIGHT_VECTORS * 4;
const PUNCTUAL_KINDS = { point: LIGHT_POINT, spot: LIGHT_SPOT, directional: LIGHT_DIRECTIONAL } as const;

/** One record, seen as either struct. */
interface LightRecord {
  punctual: RecordView<'PunctualLight'>;
  triangleLight: RecordView<'TriangleLight'>;
}

interface Candidate {
  /** Emitted power, W, or lm where the file speaks of candela. */
  power: number;
  /** Writes all but the pick. */
  write: (record: LightRecord, pick: number) => void;
}

/**
 * Lists the lights with the chance of picking each, by power, and writes the light densities of emissive triangles into
 * `surfaces`.
 * @param environmentPower luminance integrated over the sphere, or undefined without an environment.
 */
export function packLights(options: {
  scene: PosedScene;
  surfaces: Uint8Array;
  environmentPower: number | undefined;
  srgb: Float32Array;
}): PackedLights {
  const { scene, surfaces, environmentPower, srgb } = options;
  const radius = sceneRadius(scene);
  const lamps = scene.lights.map((light) => lampCandidate(light, radius)).filter((candidate) => candidate.power > 0);
  const triangles = emissiveTriangles(scene, surfaces, srgb);
  const sky: Candidate[] = [];
  if (environmentPower !== undefined && environmentPower > 0) {
    sky.push({
      power: environmentPower * Math.PI * radius * radius,
      write: ({ punctual }) => punctual.setU32(PUNCTUAL_LIGHT.kind, LIGHT_ENVIRONMENT),
    });
  }
  const kinds = [
    { candidates: lamps, even: EVEN_OVER_LAMPS },
    { candidates: triangles, even: 0 },
    { candidates: sky, even: 0 },
  ].filter(({ candidates }) => candidates.length > 0);
  const powerOf = (candidates: readonly Candidate[]): number => candidates.reduce((sum, { power }) => sum + power, 0);
  const total = kinds.reduce((sum, { candidates }) => sum + powerOf(candidates), 0);

  // The chance of a kind, times the chance within it.
  const all: { candidate: Candidate; weight: number }[] = [];
  for (const { candidates, even } of kinds) {
    const power = powerOf(candidates);
    const chance = EVEN_OVER_KINDS / kinds.length + ((1 - EVEN_OVER_KINDS) * power) / total;
    for (const candidate of candidates)
      all.push({ candidate, weight: chance * (even / candidates.length + ((1 - even) * candidate.power) / power) });
  }
  const cdf = cdfOf(Float64Array.from(all, ({ weight }) => weight));
  const records = new Float32Array(all.length * LIGHT_WORDS);
  const bytes = new Uint8Array(records.buffer);
  const punctual = new RecordView<'PunctualLight'>(bytes, LIGHT_WORDS);
  const triangleLight = new RecordView<'TriangleLight'>(bytes, LIGHT_WORDS);
  let environmentPick = 0;
  all.forEach(({ candidate }, index) => {
    // What the kernel picks with is the float32 CDF: its steps are the chances.
    const pick = Math.fround(cdf[index + 1]! - cdf[index]!);
    candidate.write({ punctual: punctual.seek(index), triangleLight: triangleLight.seek(index) }, pick);
    punctual.setF32(PUNCTUAL_LIGHT.pick, pick);
    if (candidate === sky[0]) environmentPick = pick;
  });
  return { count: all.length, records, cdf, environmentPick };
}

function lampCandidate(light: PosedLight, radius: number): Candidate {
  const strength = luminanceOf(light.color);
  const power = {
    point: 4 * Math.PI * strength,
    spot: 2 * Math.PI * strength * (1 - (light.innerConeCos + light.outerConeCos) / 2),
    directional: Math.PI * radius * radius * strength,
  }[light.kind];
  return {
    power,
    write: ({ punctual }) => {
      punctual.setVec3f(PUNCTUAL_LIGHT.position, ...light.position);
      punctual.setU32(PUNCTUAL_LIGHT.kind, PUNCTUAL_KINDS[light.kind]);
      punctual.setVec3f(PUNCTUAL_LIGHT.direction, ...light.direction);
      punctual.setVec3f(PUNCTUAL_LIGHT.color, ...settledColor(light.color));
      punctual.setF32(PUNCTUAL_LIGHT.range, light.range);
      punctual.setF32(PUNCTUAL_LIGHT.innerConeCosine, light.innerConeCos);
      punctual.setF32(PUNCTUAL_LIGHT.outerConeCosine, light.outerConeCos);
    },
  };
}

function emissiveTriangles(scene: PosedScene, surfaces: Uint8Array, srgb: Float32Array): Candidate[] {
  const record = new RecordView<'Surface'>(surfaces, SURFACE_WORDS);
  const emits = scene.materials.map((material) => luminanceOf(material.emissive) > 0 && !material.unlit);
  const candidates: Candidate[] = [];
  if (!emits.includes(true)) return candidates;
  for (let triangle = 0; triangle < scene.triangleCount; triangle++) {
    const material = scene.materialOfTriangle[triangle]!;
    if (!emits[material]!) continue;
    record.seek(triangle);
    const corner = record.getVec3f(SURFACE.corner);
    const firstEdge = record.getVec3f(SURFACE.firstEdge);
    const secondEdge = record.getVec3f(SURFACE.secondEdge);
    const area = triangleArea(firstEdge, secondEdge);
    const radiance = meanEmitted(scene, scene.materials[material]!, triangle, srgb);
    const power = area * radiance * Math.PI * (scene.materials[material]!.doubleSided ? 2 : 1);
    if (!(power > 0)) continue;
    candidates.push({
      power,
      write: ({ triangleLight }, pick) => {
        triangleLight.setVec3f(TRIANGLE_LIGHT.corner, ...corner);
        triangleLight.setU32(TRIANGLE_LIGHT.kind, LIGHT_TRIANGLE);
        triangleLight.setVec3f(TRIANGLE_LIGHT.firstEdge, ...firstEdge);
        triangleLight.setVec3f(TRIANGLE_LIGHT.secondEdge, ...secondEdge);
        triangleLight.setF32(TRIANGLE_LIGHT.density, pick / area);
        triangleLight.setU32(TRIANGLE_LIGHT.triangle, triangle);
        triangleLight.setU32(TRIANGLE_LIGHT.material, material);
        record.seek(triangle).setF32(SURFACE.lightDensity, pick / area);
      },
    });
  }
  return candidates;
}

function triangleArea([ax, ay, az]: Vector, [bx, by, bz]: Vector): number {
  const x = ay * bz - az * by;
  const y = az * bx - ax * bz;
  const z = ax * by - ay * bx;
  return 0.5 * Math.sqrt(x * x + y * y + z * z);
}

/** Luminance that a triangle emits, averaged over a few points where a texture decides. */
function meanEmitted(scene: PosedScene, material: PosedMaterial, triangle: number, srgb: Float32Array): number {
  const slot = material.emissiveTexture;
  if (slot === null) return luminanceOf(material.emissive);
  const texture = scene.textures[slot.texture]!;
  const uv = slot.uvSet === 1 && scene.uv1 !== null ? scene.uv1 : scene.uv0;
  let sum = 0;
  let count = 0;
  const steps = 4;
  for (let i = 0; i < steps; i++) {
    for (let j = 0; j < steps - i; j++) {
      const b = (i + 1 / 3) / steps;
      const c = (j + 1 / 3) / steps;
      const a = 1 - b - c;
      const at = (k: number): number =>
        a * uv[6 * triangle + k]! + b * uv[6 * triangle + 2 + k]! + c * uv[6 * triangle + 4 + k]!;
      const texel = sampleTexture(texture, slot, at(0), at(1), srgb);
      sum += luminanceOf([
        texel[0] * material.emissive[0],
        texel[1] * material.emissive[1],
        texel[2] * material.emissive[2],
      ]);
      count++;
    }
  }
  return sum / count;
}

function luminanceOf(color: readonly [number, number, number]): number {
  return 0.2126 * color[0] + 0.7152 * color[1] + 0.0722 * color[2];
}

/** Radius of the sphere around the scene's box, metres. */
function sceneRadius(scene: PosedScene): number {
  if (scene.triangleCount === 0) return 1;
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < scene.positions.length; i++) {
    const axis = i % 3;
    low[axis] = Math.min(low[axis]!, scene.positions[i]!);
    high[axis] = Math.max(high[axis]!, scene.positions[i]!);
  }
  const [x, y, z] = [high[0]! - low[0]!, high[1]! - low[1]!, high[2]! - low[2]!];
  return Math.max(0.5 * Math.sqrt(x * x + y * y + z * z), 1e-6);
}
