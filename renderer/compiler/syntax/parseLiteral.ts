import { CompileFault } from '../CompileFault.js';
import type { Literal } from './syntax.js';
import type { Position } from '../Position.js';

/**
 * The value of a numeric literal as written, with its suffix. Integers out of their type's range and numbers that
 * overflow are refused.
 */
export function parseLiteral(text: string, position: Position): Literal {
  const isHex = /^0[xX]/.test(text);
  const isHexFloat = isHex && /[.pP]/.test(text);
  const suffix = (isHex && !isHexFloat ? /[iuh]$/ : /[iufh]$/).exec(text)?.[0] ?? '';
  const digits = suffix === '' ? text : text.slice(0, -1);
  if (suffix === 'h') throw new CompileFault(`f16 literal ${text}`, position);

  const isFloat = suffix === 'f' || (isHex ? isHexFloat : /[.eE]/.test(digits));
  if (!isFloat) return integerLiteral(text, digits, suffix, position);
  if (suffix === 'i' || suffix === 'u')
    throw new CompileFault(`literal ${text}: an integer suffix on a float`, position);
  const value = isHexFloat ? hexFloat(digits, position) : Number(digits);
  if (!Number.isFinite(suffix === 'f' ? Math.fround(value) : value))
    throw new CompileFault(`literal ${text} overflows`, position);
  return suffix === 'f' ? { scalar: 'f32', value: Math.fround(value) } : { scalar: 'abstract-float', value };
}

function integerLiteral(text: string, digits: string, suffix: string, position: Position): Literal {
  if (/^0[0-9]/.test(digits)) throw new CompileFault(`literal ${text} with a leading zero`, position);
  const value = BigInt(digits);
  const scalar = suffix === 'i' ? 'i32' : suffix === 'u' ? 'u32' : 'abstract-int';
  const limit = { i32: 0x7fffffffn, u32: 0xffffffffn, 'abstract-int': 0x7fffffffffffffffn }[scalar];
  if (value > limit) throw new CompileFault(`literal ${text} is out of range of ${scalar}`, position);
  return { scalar, value };
}

/** Hexadecimal floats of at most 53 significant bits, which float64 holds exactly. */
function hexFloat(digits: string, position: Position): number {
  const match = /^0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)(?:[pP]([+-]?[0-9]+))?$/.exec(digits);
  if (match === null) throw new CompileFault(`literal ${digits}`, position);
  const [, whole = '', fraction = '', exponent = '0'] = match;
  const mantissa = BigInt(`0x${whole}${fraction}`);
  if (mantissa > 0x1fffffffffffffn)
    throw new CompileFault(`literal ${digits} has more than 53 significant bits`, position);
  return Number(mantissa) * 2 ** (Number(exponent) - 4 * fraction.length);
}
