import { radianceOfRgbe } from '../../renderer/scene/decodeHdr.js';

/** The linear radiances of an environment, 3 per pixel, however it holds them. */
export function rgbOf(image: { rgb: Float32Array } | { rgbe: Uint8Array }): Float32Array {
  if ('rgb' in image) return image.rgb;
  const { rgbe } = image;
  return Float32Array.from({ length: (rgbe.length / 4) * 3 }, (_, i) => {
    const pixel = 4 * Math.floor(i / 3);
    return radianceOfRgbe(rgbe[pixel + (i % 3)]!, rgbe[pixel + 3]!);
  });
}
