/** Less than this is nothing, as a colour or a share: products of it would become subnormal (see the kernel's README). */
const LEAST = 1e-20;
/** More than this is no light: products of it would become infinite. */
const MOST = 1e20;

/** Numbers of a colour or shares, with the nearly black made black and the impossibly bright brought down. */
export function settled<Numbers extends readonly number[]>(values: Numbers): Numbers {
  return values.map((value) => (value < LEAST ? 0 : Math.min(value, MOST))) as unknown as Numbers;
}
