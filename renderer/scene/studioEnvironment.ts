import { encodeHdr } from './encodeHdr.js';
import { cosine, sine } from './exactTrigonometry.js';

/**
 * The built-in environment, for a scene that brings neither lights nor an environment: a neutral photo studio. A grey
 * room that grows lighter upwards, a large soft key light in front to the upper left, a weaker fill to the right, a
 * narrow rim light behind. It is made of exact operations only, so every machine makes the same file; whoever hands in
 * the job uploads it like any other environment, and the manifest names it by path and CID.
 */
export function studioEnvironment(): { path: string; bytes: Uint8Array } {
  const [width, height] = [256, 128];
  const rgb = new Float64Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    const polar = (Math.PI * (y + 0.5)) / height;
    const up = cosine(polar);
    for (let x = 0; x < width; x++) {
      // The direction that three.js sees at this pixel: u = atan2(z, x) / (2 pi) + 0.5.
      const around = 2 * Math.PI * ((x + 0.5) / width - 0.5);
      const direction = [sine(polar) * cosine(around), up, sine(polar) * sine(around)] as const;
      let light = up > 0 ? 0.42 + 0.3 * up : 0.42 + 0.24 * up;
      for (const lamp of LAMPS) light += lamp.radiance * softbox(direction, lamp);
      for (let k = 0; k < 3; k++) rgb[3 * (y * width + x) + k] = light;
    }
  }
  return { path: 'rushes-studio.hdr', bytes: encodeHdr({ width, height, rgb }) };
}

interface Lamp {
  /**
   * Towards the lamp, any length; angles from it are measured along `right` and the direction perpendicular to both.
   */
  towards: readonly [number, number, number];
  /** Half the width and height as tangents of angles. */
  halfWidth: number;
  halfHeight: number;
  radiance: number;
}

const LAMPS: readonly Lamp[] = [
  { towards: [-0.55, 0.6, 0.75], halfWidth: 0.5, halfHeight: 0.4, radiance: 9 },
  { towards: [0.9, 0.35, 0.45], halfWidth: 0.35, halfHeight: 0.5, radiance: 2.2 },
  { towards: [0.35, 0.5, -0.9], halfWidth: 0.16, halfHeight: 0.5, radiance: 6 },
];

/** 1 inside a rectangle seen in a direction, 0 outside, smooth over a quarter of its half-width at the edges. */
function softbox(direction: readonly [number, number, number], lamp: Lamp): number {
  const [tx, ty, tz] = lamp.towards;
  const length = Math.sqrt(tx * tx + ty * ty + tz * tz);
  const axis = [tx / length, ty / length, tz / length] as const;
  const level = Math.sqrt(axis[0] * axis[0] + axis[2] * axis[2]);
  const right = [axis[2] / level, 0, -axis[0] / level] as const;
  const upward = [axis[1] * right[2], axis[2] * right[0] - axis[0] * right[2], -axis[1] * right[0]] as const;
  const dot = (a: readonly [number, number, number]): number =>
    a[0] * direction[0] + a[1] * direction[1] + a[2] * direction[2];
  const ahead = dot(axis);
  if (ahead <= 0.05) return 0;
  return edge(Math.abs(dot(right)) / ahead / lamp.halfWidth) * edge(Math.abs(dot(upward)) / ahead / lamp.halfHeight);
}

function edge(part: number): number {
  const t = Math.min(1, Math.max(0, (1 - part) * 4));
  return t * t * (3 - 2 * t);
}
