import { octaves } from './noise.js';

type Vector = readonly [number, number, number];

/**
 * A round or rectangular glow: a direction, its half sizes in degrees, a colour as radiance, and how much of it is soft
 * edge (0 to 1).
 */
interface Glow {
  azimuth: number;
  elevation: number;
  halfWidth: number;
  halfHeight: number;
  round: boolean;
  colour: Vector;
  soft: number;
}

/**
 * Light for the showpiece as Radiance .hdr bytes: a dim evening room. Azimuth is counted from -Z, where the camera
 * looks, to the right. Large soft windows and boxes, all outside of the picture, give the metal something to reflect.
 */
export function paintStudio(): Uint8Array {
  const [width, height] = [256, 128];
  const rgb = new Float32Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    const elevation = 90 - (180 * (y + 0.5)) / height;
    for (let x = 0; x < width; x++) {
      // three.js sees direction atan2(z, x) at u; -Z lies at u = 0.25.
      const azimuth = ((((x + 0.5) / width - 0.25) * 360 + 540) % 360) - 180;
      const colour = roomAt(azimuth, elevation);
      for (const glow of GLOWS) {
        const strength = glowAt(glow, azimuth, elevation);
        for (let k = 0; k < 3; k++) colour[k] = (colour[k] as number) + strength * glow.colour[k as 0];
      }
      rgb.set(colour, 3 * (y * width + x));
    }
  }
  return radiance(width, height, rgb);
}

const GLOWS: readonly Glow[] = [
  // A tall window to the left, a box overhead, a cool strip to the right, a dim card behind the camera.
  { azimuth: -100, elevation: 28, halfWidth: 26, halfHeight: 24, round: false, colour: [3.4, 3.1, 2.7], soft: 0.35 },
  { azimuth: 10, elevation: 78, halfWidth: 40, halfHeight: 14, round: false, colour: [2.2, 2.1, 2.0], soft: 0.6 },
  { azimuth: 98, elevation: 20, halfWidth: 9, halfHeight: 34, round: false, colour: [1.5, 2.2, 3.2], soft: 0.5 },
  { azimuth: 172, elevation: 30, halfWidth: 30, halfHeight: 16, round: false, colour: [1.7, 1.5, 1.25], soft: 0.7 },
];

function roomAt(azimuth: number, elevation: number): number[] {
  const up = Math.max(0, Math.min(1, (elevation + 20) / 110));
  const cloud = octaves((azimuth + 180) / 30, (elevation + 90) / 30, 12, 6, 3, 3) - 0.5;
  const level = 0.03 + 0.06 * up + 0.02 * cloud;
  return [level * 0.8, level, level * 1.15].map((value) => Math.max(0.008, value));
}

function glowAt(glow: Glow, azimuth: number, elevation: number): number {
  const across = ((((azimuth - glow.azimuth) % 360) + 540) % 360) - 180;
  const x = (across * Math.cos((glow.elevation * Math.PI) / 180)) / glow.halfWidth;
  const y = (elevation - glow.elevation) / glow.halfHeight;
  const out = glow.round ? Math.hypot(x, y) : Math.max(Math.abs(x), Math.abs(y));
  const t = Math.min(1, Math.max(0, (1 - out) / glow.soft));
  return t * t * (3 - 2 * t);
}

/** A flat (not run-length encoded) Radiance file; value = mantissa / 255 * 2^(exponent - 128) as three.js reads it. */
function radiance(width: number, height: number, rgb: Float32Array): Uint8Array {
  const header = new TextEncoder().encode(`#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y ${height} +X ${width}\n`);
  const bytes = new Uint8Array(header.length + 4 * width * height);
  bytes.set(header);
  for (let i = 0; i < width * height; i++) {
    const [r, g, b] = [rgb[3 * i] as number, rgb[3 * i + 1] as number, rgb[3 * i + 2] as number];
    const exponent = Math.ceil(Math.log2(Math.max(r, g, b)));
    const scale = 255 / 2 ** exponent;
    bytes.set(
      [Math.round(r * scale), Math.round(g * scale), Math.round(b * scale), exponent + 128],
      header.length + 4 * i,
    );
  }
  return bytes;
}
