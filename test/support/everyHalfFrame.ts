import type { Frame } from '../../renderer/image/Frame.js';

/**
 * A frame of 256 x 124 pixels that holds every non-negative finite half float in each of R, G and B, in three orders,
 * with coverage from 0 to 1.
 */
export function everyHalfFrame(): Frame {
  const count = 0x7c00;
  const halfs = new Uint16Array(count * 4);
  for (let i = 0; i < count; i++) halfs.set([i, (i * 7919) % count, count - 1 - i, (i * 61) % 0x3c01], i * 4);
  return { width: 256, height: count / 256, halfs };
}
