import sharp from 'sharp';
import { hash, noise, octaves } from './noise.js';

type Colour = readonly [number, number, number];

function mix(a: Colour, b: Colour, t: number): Colour {
  const s = Math.min(1, Math.max(0, t));
  return [a[0] + s * (b[0] - a[0]), a[1] + s * (b[1] - a[1]), a[2] + s * (b[2] - a[2])];
}

async function png(
  width: number,
  height: number,
  colours: number,
  paint: (x: number, y: number) => Colour,
): Promise<Uint8Array> {
  const pixels = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      pixels.set(
        paint(x, y).map((value) => Math.round(Math.min(255, Math.max(0, value)))),
        3 * (y * width + x),
      );
  return new Uint8Array(
    await sharp(pixels, { raw: { width, height, channels: 3 } })
      .png({ compressionLevel: 9, palette: true, colours, dither: 0.6, effort: 10 })
      .toBuffer(),
  );
}

/** Oiled walnut, sRGB: grain along x, repeating in both directions. */
export function paintWood(): Promise<Uint8Array> {
  const [width, height] = [1024, 512];
  return png(width, height, 96, (x, y) => {
    const [u, v] = [x / width, y / height];
    // Rings: lines of equal height of a slow field, stretched far along the grain and bent by a slower one.
    const bend = octaves(u * 2, v * 3, 2, 3, 3, 11);
    const field = v * 9 + 3.2 * bend + 0.5 * octaves(u * 4, v * 24, 4, 24, 2, 23);
    const ring = field - Math.floor(field);
    const late = Math.pow(ring, 3) * (1 - Math.pow(ring, 14));
    // Fibres and pores: fine streaks along the grain.
    const fibre = octaves(u * 12, v * 160, 12, 160, 2, 37);
    const pore = Math.pow(noise(u * 40, v * 256, 40, 256, 53), 7);
    const tone = mix(
      [126, 82, 50],
      [66, 38, 22],
      0.15 + 0.75 * late + 0.5 * (octaves(u * 3, v * 5, 3, 5, 3, 71) - 0.5),
    );
    const lit = 0.84 + 0.32 * fibre;
    return mix([tone[0] * lit, tone[1] * lit, tone[2] * lit], [34, 19, 12], 0.75 * pore);
  });
}

/** Roughness in green, metalness in blue: brass that was polished by hand, finely brushed around. */
export function paintBrushed(): Promise<Uint8Array> {
  return png(512, 128, 32, (x, y) => {
    const smudge = octaves(x / 64, y / 32, 8, 4, 4, 5);
    const stroke = noise(x / 128, y / 1, 4, 128, 9);
    return [0, 255 * (0.62 + 0.5 * (smudge - 0.5) + 0.22 * (stroke - 0.5)), 255];
  });
}

/**
 * A graduated scale, sRGB: brass with engraved ticks, 72 around, every sixth one long; v runs around the band's
 * profile.
 */
export function paintScale(brass: Colour): Promise<Uint8Array> {
  const [width, height] = [2304, 64];
  return png(width, height, 16, (x, y) => {
    const step = width / 72;
    const index = Math.floor((x + step / 2) / step) % 72;
    const distance = Math.abs(((x + step / 2) % step) - step / 2);
    const isLong = index % 6 === 0;
    const wide = isLong ? 2.2 : 1.1;
    // The flat top and the outer wall of the band; the ticks start at the edge between them.
    const v = y / height;
    const onScale = Math.abs(v - 0.33) < (isLong ? 0.15 : 0.09);
    const ink = onScale ? Math.min(1, Math.max(0, wide - distance + 0.5)) : 0;
    return mix(brass, [38, 24, 12], 0.9 * ink);
  });
}

/**
 * A dim room far behind, out of focus, sRGB, 2.2 times as wide as high: round lights over a dark wall that is warm near
 * the table.
 */
export async function paintBackdrop(): Promise<Uint8Array> {
  const [width, height] = [1012, 460];
  const lights = Array.from({ length: 64 }, (_, i) => ({
    x: hash(i, 1, 77),
    y: 0.3 + 0.42 * hash(i, 2, 77) ** 0.8,
    radius: 9 + 15 * hash(i, 3, 77),
    colour: PALETTE[Math.floor(PALETTE.length * hash(i, 4, 77))] as Colour,
    strength: 0.05 + 0.5 * hash(i, 5, 77) ** 3,
  }));
  const pixels = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = [x / width, y / height];
      const low = Math.exp(-(((v - 0.78) / 0.26) ** 2)) * Math.exp(-(((u - 0.5) / 0.34) ** 2));
      const high = Math.exp(-(((v - 0.2) / 0.3) ** 2)) * Math.exp(-(((u - 0.3) / 0.3) ** 2));
      const colour = [
        0.008 + 0.05 * low + 0.006 * high,
        0.011 + 0.026 * low + 0.016 * high,
        0.014 + 0.014 * low + 0.022 * high,
      ];
      for (const light of lights) {
        const distance = Math.hypot(x - light.x * width, y - light.y * height) / light.radius;
        if (distance >= 1) continue;
        const edge = Math.min(1, (1 - distance) * 7);
        // A lens draws such discs a little brighter towards the rim.
        const level = light.strength * edge * edge * (3 - 2 * edge) * (0.75 + 0.35 * distance * distance);
        for (let k = 0; k < 3; k++) colour[k] = (colour[k] as number) + level * light.colour[k as 0];
      }
      pixels.set(
        colour.map((value) => Math.round(255 * encoded(Math.min(1, value)))),
        3 * (y * width + x),
      );
    }
  }
  return new Uint8Array(
    await sharp(pixels, { raw: { width, height, channels: 3 } })
      .png({ compressionLevel: 9 })
      .toBuffer(),
  );
}

const PALETTE: readonly Colour[] = [
  [1, 0.5, 0.18],
  [1, 0.62, 0.3],
  [1, 0.72, 0.45],
  [0.95, 0.36, 0.12],
  [0.18, 0.5, 0.56],
  [0.9, 0.8, 0.62],
];

/**
 * Emission of a paper lantern, sRGB: ribs across, bright around the flame in its lower half; v runs from bottom to top.
 */
export async function paintLantern(): Promise<Uint8Array> {
  const [width, height] = [16, 256];
  const pixels = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    const v = y / height;
    const glow = 0.22 + 0.78 * Math.exp(-(((v - 0.4) / 0.24) ** 2));
    const rib = Math.abs(((v * 14) % 1) - 0.5) * 2;
    const level = glow * (1 - 0.45 * Math.exp(-(((1 - rib) / 0.12) ** 2)));
    const colour = [level, level * (0.36 + 0.2 * glow), level * (0.1 + 0.14 * glow)].map((value) =>
      Math.round(255 * encoded(value)),
    );
    for (let x = 0; x < width; x++) pixels.set(colour, 3 * (y * width + x));
  }
  return new Uint8Array(
    await sharp(pixels, { raw: { width, height, channels: 3 } })
      .png({ compressionLevel: 9 })
      .toBuffer(),
  );
}

function encoded(linear: number): number {
  return linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
}
