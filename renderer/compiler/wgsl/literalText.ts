import { laneBits } from '../tree/promote.js';
import type { Lane } from '../tree/constants.js';
import type { ScalarName } from '../tree/types.js';

/** A constant as WGSL reads it without rounding anything. */
export function literalText(lane: Lane, element: ScalarName): string {
  switch (element) {
    case 'bool':
      return lane === 0n ? 'false' : 'true';
    case 'u32':
      return `${String(lane)}u`;
    case 'i32':
      // The least one has no literal of its own: its digits alone are out of range.
      return lane === -0x80000000n ? 'i32(0x80000000u)' : lane < 0n ? `(${String(lane)}i)` : `${String(lane)}i`;
    default:
      return floatText(lane as number);
  }
}

/** A float32 in hexadecimal, which names exactly it. */
function floatText(value: number): string {
  const bits = laneBits(value, 'f32') >>> 0;
  const [sign, exponent, fraction] = [bits >>> 31, (bits >>> 23) & 255, bits & 0x7fffff];
  if (exponent === 0 && fraction === 0) return sign === 0 ? '0f' : 'bitcast<f32>(0x80000000u)';
  // 23 bits of fraction are six hexadecimal digits, one bit left over.
  const digits = (fraction * 2).toString(16).padStart(6, '0').replace(/0+$/, '');
  const point = digits === '' ? '' : `.${digits}`;
  const text = exponent === 0 ? `0x0${point}p-126f` : `0x1${point}p${exponent - 127}f`;
  return sign === 0 ? text : `(-${text})`;
}
