import type { PosedTexture, TextureSlot } from '../PosedScene.js';

/**
 * A texture at (u, v) in float64: transformed, wrapped, filtered, with sRGB decoded. The kernel does the same in
 * float32; here it estimates the power of emissive triangles and is the kernel's reference in tests.
 * @param srgb linear values of sRGB bytes, at every fourth place (`srgbTable`).
 * @returns linear red, green, blue, alpha.
 */
export function sampleTexture(
  texture: PosedTexture,
  slot: TextureSlot,
  u: number,
  v: number,
  srgb: Float32Array,
): [number, number, number, number] {
  const [a, b, c, d, tx, ty] = slot.transform;
  const x = tapAlong(a * u + c * v + tx, texture.width, texture.wrapS, texture.filter);
  const y = tapAlong(b * u + d * v + ty, texture.height, texture.wrapT, texture.filter);
  const result: [number, number, number, number] = [0, 0, 0, 0];
  for (let channel = 0; channel < 4; channel++) {
    const at = (column: number, row: number): number => {
      const byte = texture.rgba[4 * (row * texture.width + column) + channel]!;
      return texture.srgb && channel < 3 ? srgb[4 * byte]! : byte / 255;
    };
    const upper = at(x.first, y.first) * (1 - x.weight) + at(x.second, y.first) * x.weight;
    const lower = at(x.first, y.second) * (1 - x.weight) + at(x.second, y.second) * x.weight;
    result[channel] = upper * (1 - y.weight) + lower * y.weight;
  }
  return result;
}

function tapAlong(
  coordinate: number,
  size: number,
  wrap: PosedTexture['wrapS'],
  filter: PosedTexture['filter'],
): { first: number; second: number; weight: number } {
  const index = (i: number): number => {
    if (wrap === 'clamp') return Math.min(Math.max(i, 0), size - 1);
    const period = wrap === 'mirror' ? 2 * size : size;
    const wrapped = ((i % period) + period) % period;
    return wrapped < size ? wrapped : period - 1 - wrapped;
  };
  if (filter === 'nearest') {
    const nearest = index(Math.floor(coordinate * size));
    return { first: nearest, second: nearest, weight: 0 };
  }
  const position = coordinate * size - 0.5;
  const below = Math.floor(position);
  return { first: index(below), second: index(below + 1), weight: position - below };
}
