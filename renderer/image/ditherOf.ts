/** Binary digits of the steps between two codes that a dither tells apart. */
export const DITHER_BITS = 8;

/** The fractional parts of 1/g and 1/g^2 in units of 2^-32, g^3 = g + 1: the additive recurrence in two dimensions. */
const STEP_X = 0xc13fa9a9 | 0;
const STEP_Y = 0x91e10da6 | 0;

/**
 * The dither of a pixel, 0 to 255: what is added to a value in 256ths of a code before it is cut to a whole code. Over
 * any neighbourhood all levels come equally often and neighbours differ much (Martin Roberts' R2 sequence), so that a
 * smooth gradient keeps its mean and shows no bands; a value that is exactly a code stays one. Whole numbers alone, by
 * position alone: the same on every machine, and still in an animation. The first pixel has 128, which rounds to the
 * nearest.
 */
export function ditherOf(x: number, y: number): number {
  return (Math.imul(x, STEP_X) + Math.imul(y, STEP_Y) + 0x80000000) >>> 24;
}
