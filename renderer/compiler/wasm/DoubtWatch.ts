import binaryen from 'binaryen';
import type { Position } from '../Position.js';
import type { Read } from './values.js';

/** What is wrong with a number, as the kernel tells the host. */
export const DOUBTS = ['not finite', 'decided by a subnormal or the sign of a zero', 'converted out of range'] as const;

const [NOT_FINITE, DECIDED, OUT_OF_RANGE] = [0, 1, 2];

/** The import by which the kernel tells the host of a doubtful number. */
export const DOUBT = 'doubt';

/** Integers up to here are floats exactly. */
const MOST_EXACT = 2 ** 24;

/**
 * Adds to a kernel what looks at every float it computes, for the rules of `renderer/kernels/README.md`: nothing may be
 * infinite or NaN, nothing but a subnormal may come of a subnormal, and conversions stay in range. Subnormals are taken
 * with the least normal number, which some devices round to, and compared with what a device makes of them that has
 * zeros in their place.
 */
export class DoubtWatch {
  readonly #module: binaryen.Module;

  constructor(module: binaryen.Module) {
    this.#module = module;
    const m = module;
    const { f32, i32, none } = binaryen;
    m.addFunctionImport(DOUBT, 'env', DOUBT, binaryen.createType([i32, i32]), none);
    const bits = (index: number): number =>
      m.i32.and(m.i32.reinterpret(m.local.get(index, f32)), m.i32.const(0x7fffffff));
    const least = (): number => m.i32.const(0x00800000);
    m.addFunction('doubt_wild', f32, i32, [], m.i32.ge_u(bits(0), m.i32.const(0x7f800000)));
    m.addFunction('doubt_tiny', f32, i32, [], m.i32.lt_u(m.i32.sub(bits(0), m.i32.const(1)), least()));
    m.addFunction(
      'doubt_flushed',
      f32,
      f32,
      [],
      m.select(m.i32.le_u(bits(0), least()), m.f32.const(0), m.local.get(0, f32)),
    );
    // Equal, or both as good as zero.
    m.addFunction(
      'doubt_same',
      binaryen.createType([f32, f32]),
      i32,
      [],
      m.i32.or(
        m.i32.eq(m.i32.reinterpret(m.local.get(0, f32)), m.i32.reinterpret(m.local.get(1, f32))),
        m.i32.and(m.i32.le_u(bits(0), least()), m.i32.le_u(bits(1), least())),
      ),
    );
  }

  /** A statement that looks at the result of a float operation, scalars all. */
  result(options: {
    floats: readonly Read[];
    operands: readonly Read[];
    result: Read;
    resultIsFloat: boolean;
    operation: (...operands: Read[]) => number;
    position: Position;
  }): number {
    const { floats, operands, result, resultIsFloat, operation, position } = options;
    const m = this.#module;
    const { i32, f32 } = binaryen;
    const wild = resultIsFloat
      ? m.if(m.call('doubt_wild', [result()], i32), this.#tell(NOT_FINITE, position))
      : m.nop();
    if (floats.length === 0) return wild;
    const flushed = operation(
      ...operands.map((read) => (floats.includes(read) ? () => m.call('doubt_flushed', [read()], f32) : read)),
    );
    const differs = resultIsFloat
      ? m.i32.eqz(m.call('doubt_same', [result(), flushed], i32))
      : m.i32.ne(result(), flushed);
    const tiny = floats.map((read) => m.call('doubt_tiny', [read()], i32)).reduce((a, b) => m.i32.or(a, b));
    return m.block(null, [wild, m.if(tiny, m.if(differs, this.#tell(DECIDED, position)))], binaryen.none);
  }

  /** A statement that looks at a float whose bits are read as an integer, or that leaves the kernel. */
  bits(read: Read, position: Position): number {
    const m = this.#module;
    const { i32 } = binaryen;
    const negativeZero = m.i32.eq(m.i32.reinterpret(read()), m.i32.const(0x80000000 | 0));
    return m.block(
      null,
      [
        m.if(m.call('doubt_wild', [read()], i32), this.#tell(NOT_FINITE, position)),
        m.if(m.i32.or(m.call('doubt_tiny', [read()], i32), negativeZero), this.#tell(DECIDED, position)),
      ],
      binaryen.none,
    );
  }

  /** A statement that looks at what is converted from a float to an integer or back. */
  conversion(read: Read, from: 'f32' | 'i32' | 'u32', to: 'f32' | 'i32' | 'u32', position: Position): number {
    const m = this.#module;
    const fits = {
      f32: () => {
        const [low, end] = to === 'i32' ? [-(2 ** 31), 2 ** 31] : [-0.999999940395, 2 ** 32];
        return m.i32.and(m.f32.ge(read(), m.f32.const(low!)), m.f32.lt(read(), m.f32.const(end!)));
      },
      i32: () => m.i32.le_u(m.i32.add(read(), m.i32.const(MOST_EXACT)), m.i32.const(2 * MOST_EXACT)),
      u32: () => m.i32.le_u(read(), m.i32.const(MOST_EXACT)),
    }[from]();
    return m.if(m.i32.eqz(fits), this.#tell(OUT_OF_RANGE, position));
  }

  #tell(doubt: number | undefined, position: Position): number {
    const m = this.#module;
    return m.call(DOUBT, [m.i32.const(doubt!), m.i32.const(position)], binaryen.none);
  }
}
