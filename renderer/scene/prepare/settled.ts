/**
 * Less than this is nothing, as a colour or a share: products of it would become subnormal (see the kernel's README).
 */
const LEAST = 1e-20;
/** More than this is no light: products of it would become infinite. */
const MOST = 1e20;

/** A share or a channel of a colour, with the nearly black made black and the impossibly bright brought down. */
export function settled(value: number): number {
  return value < LEAST ? 0 : Math.min(value, MOST);
}

/** The same for every channel. */
export function settledColor<Color extends readonly number[]>(color: Color): Color {
  return color.map(settled) as unknown as Color;
}
