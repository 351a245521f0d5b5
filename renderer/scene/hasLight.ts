import type { LoadedScene } from './LoadedScene.js';
import type { PosedTexture } from './PosedScene.js';
import { poseTriangles } from './poseTriangles.js';
import { samplePose } from './samplePose.js';

/**
 * Average irradiance (radiance times pi, in the scene's units) that glowing surfaces must give the scene's bounds to
 * count as its light. A box of 2 m with a dim panel of radiance 1 in its ceiling has 0.08; a garden with paper lanterns
 * 0.04 and a toy car with head lamps 0.01, and both are black without an environment.
 */
const LEAST_IRRADIANCE = 0.05;

/**
 * Whether a scene brings light of its own, so that nobody need add an environment to see it: a light of
 * KHR_lights_punctual that shines, glowing surfaces that are large and bright enough for the scene at rest, or nothing
 * but unlit materials.
 */
export function hasLight(loaded: Pick<LoadedScene, 'content' | 'bounds'>): boolean {
  const { materials, order } = loaded.content;
  if (order.some((node) => node.light !== null && node.light.color.some((value) => value > 0))) return true;
  if (materials.length > 0 && materials.every((material) => material.unlit)) return true;
  if (loaded.bounds === null || !materials.some((material) => material.emissive.some((value) => value > 0)))
    return false;

  // Add up what every glowing triangle sends out, then spread it over the box around the scene.
  const radiances = materials.map(
    (material) =>
      brightest(material.emissive) *
      (material.emissiveTexture === null ? 1 : meanOf(loaded.content.textures[material.emissiveTexture.texture])),
  );
  const { positions, materialOfTriangle, triangleCount } = poseTriangles(
    loaded,
    samplePose({ loaded, clip: null, seconds: 0 }),
  );
  let power = 0;
  for (let t = 0; t < triangleCount; t++) {
    const radiance = radiances[materialOfTriangle[t] as number] as number;
    if (radiance > 0) power += Math.PI * radiance * areaOf(positions, 9 * t);
  }
  const [x, y, z] = [0, 1, 2].map((k) => (loaded.bounds?.max[k] ?? 0) - (loaded.bounds?.min[k] ?? 0)) as [
    number,
    number,
    number,
  ];
  return power >= LEAST_IRRADIANCE * 2 * (x * y + y * z + z * x);
}

function brightest(rgb: readonly number[]): number {
  return Math.max(...rgb);
}

/** Mean over an image of its pixels' brightest channel, 0 to 1; sRGB is decoded roughly, as a square. */
function meanOf(texture: PosedTexture | undefined): number {
  if (texture === undefined) return 1;
  let sum = 0;
  for (let i = 0; i < texture.rgba.length; i += 4) {
    const value =
      Math.max(texture.rgba[i] as number, texture.rgba[i + 1] as number, texture.rgba[i + 2] as number) / 255;
    sum += value * value;
  }
  return (4 * sum) / texture.rgba.length;
}

function areaOf(positions: Float32Array, at: number): number {
  const edge = (corner: number, k: number): number =>
    (positions[at + 3 * corner + k] as number) - (positions[at + k] as number);
  const [ux, uy, uz] = [edge(1, 0), edge(1, 1), edge(1, 2)];
  const [vx, vy, vz] = [edge(2, 0), edge(2, 1), edge(2, 2)];
  const [x, y, z] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
  return Math.sqrt(x * x + y * y + z * z) / 2;
}
