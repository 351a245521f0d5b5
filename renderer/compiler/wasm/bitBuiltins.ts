import type { LaneType, ScalarName } from '../tree/types.js';
import { F32, U32, elementOf, lanes } from '../tree/types.js';
import type { Builtin, BuiltinCall } from './BuiltinCall.js';
import { readable } from './BuiltinCall.js';
import type { FunctionBuilder } from './FunctionBuilder.js';
import { fromLanes, lanewise, runtime } from './lanes.js';
import type { Part, Read, Value } from './values.js';

type Emit = (builder: FunctionBuilder, x: Read) => number;

/** A function of one integer, lane by lane. */
function integerUnary(emit: (builder: FunctionBuilder, x: Read, element: ScalarName) => number): Builtin {
  return (call) => {
    const [x] = readable(call);
    const element = elementOf(x!.type as LaneType);
    return lanewise(call.builder, element, [x!], { scalar: (read) => emit(call.builder, read!, element) });
  };
}

/** Swaps neighbours at distances 1, 2, 4, then bytes. */
function reverseBits(builder: FunctionBuilder, x: Read): number {
  const { module: m } = builder;
  let value: Read = x;
  for (const [distance, mask] of [
    [1, 0x55555555],
    [2, 0x33333333],
    [4, 0x0f0f0f0f],
    [8, 0x00ff00ff],
  ] as const) {
    const before = value;
    value = builder.keep(
      U32,
      m.i32.or(
        m.i32.and(m.i32.shr_u(before(), m.i32.const(distance)), m.i32.const(mask)),
        m.i32.shl(m.i32.and(before(), m.i32.const(mask)), m.i32.const(distance)),
      ),
    ).read;
  }
  return m.i32.rotl(value(), m.i32.const(16));
}

/** Offset and count of a bit field, brought into the 32 bits as WGSL does. */
function fieldOf(call: BuiltinCall, offset: Value, count: Value): { offset: Part; count: Part } {
  const { builder } = call;
  const { module: m } = builder;
  const given = runtime(builder, offset).parts[0]!;
  const wanted = runtime(builder, count).parts[0]!;
  const limited = builder.keep(U32, m.select(m.i32.lt_u(given.read(), m.i32.const(32)), given.read(), m.i32.const(32)));
  const room = builder.keep(U32, m.i32.sub(m.i32.const(32), limited.read()));
  return {
    offset: limited,
    count: builder.keep(U32, m.select(m.i32.lt_u(wanted.read(), room.read()), wanted.read(), room.read())),
  };
}

/** The field moved to the top, then down again, which extends its sign for i32. */
function extractBits(call: BuiltinCall): Value {
  const [x] = readable({ ...call, operands: call.operands.slice(0, 1) });
  const { offset, count } = fieldOf(call, call.operands[1]!, call.operands[2]!);
  const { module: m } = call.builder;
  const element = elementOf(x!.type as LaneType);
  const down = call.builder.keep(U32, m.i32.sub(m.i32.const(32), count.read()));
  const up = call.builder.keep(U32, m.i32.sub(down.read(), offset.read()));
  const shiftDown = element === 'i32' ? m.i32.shr_s : m.i32.shr_u;
  return lanewise(call.builder, element, [x!], {
    scalar: (read) =>
      m.select(m.i32.eqz(count.read()), m.i32.const(0), shiftDown(m.i32.shl(read!(), up.read()), down.read())),
  });
}

function insertBits(call: BuiltinCall): Value {
  const operands = readable({ ...call, operands: call.operands.slice(0, 2) });
  const { offset, count } = fieldOf(call, call.operands[2]!, call.operands[3]!);
  const { module: m } = call.builder;
  const ones = m.select(
    m.i32.eq(count.read(), m.i32.const(32)),
    m.i32.const(-1),
    m.i32.sub(m.i32.shl(m.i32.const(1), count.read()), m.i32.const(1)),
  );
  const mask = call.builder.keep(U32, m.i32.shl(ones, offset.read()));
  return lanewise(call.builder, elementOf(operands[0]!.type as LaneType), operands, {
    scalar: (base, field) =>
      m.i32.or(
        m.i32.and(base!(), m.i32.xor(mask.read(), m.i32.const(-1))),
        m.i32.and(m.i32.shl(field!(), offset.read()), mask.read()),
      ),
  });
}

/** Unpacks a u32 into fields of equal width, the lowest bits first. */
function unpack(count: 2 | 4, emit: Emit): Builtin {
  return (call) => {
    const { builder } = call;
    const { module: m } = builder;
    const packed = runtime(builder, call.operands[0]!);
    const bits = 32 / count;
    const fields = Array.from({ length: count }, (_, index) => {
      const field = builder.keep(
        U32,
        m.i32.and(m.i32.shr_u(packed.parts[0]!.read(), m.i32.const(index * bits)), m.i32.const(2 ** bits - 1)),
      );
      return builder.keep(F32, emit(builder, field.read));
    });
    return fromLanes(builder, lanes(count, 'f32'), fields);
  };
}

/** A signed field over its greatest value; the least one would fall below -1. */
function atLeastMinusOne(field: number, m: FunctionBuilder['module'], greatest: number): number {
  // f32.max is safe here: no operand is NaN, and none of the quotients is -0 beside +0.
  return m.f32.max(m.f32.div(m.f32.convert_s.i32(field), m.f32.const(greatest)), m.f32.const(-1));
}

/**
 * A half float widened: exponent and mantissa moved into place and scaled by 2^112, which is exact for subnormals too;
 * infinities and NaN apart.
 */
function halfToFloat(builder: FunctionBuilder, half: Read): number {
  const { module: m } = builder;
  const magnitude = builder.keep(U32, m.i32.shl(m.i32.and(half(), m.i32.const(0x7fff)), m.i32.const(13)));
  const scaled = m.i32.reinterpret(m.f32.mul(m.f32.reinterpret(magnitude.read()), m.f32.const(2 ** 112)));
  const special = m.i32.or(magnitude.read(), m.i32.const(0x7f800000));
  const widened = m.select(m.i32.ge_u(magnitude.read(), m.i32.const(0x7c00 << 13)), special, scaled);
  return m.f32.reinterpret(m.i32.or(widened, m.i32.shl(m.i32.and(half(), m.i32.const(0x8000)), m.i32.const(16))));
}

/** The built-in functions on bits: counting, reversing, fields of bits, unpacking. */
export const bitBuiltins: [string, Builtin][] = [
  ['countOneBits', integerUnary(({ module: m }, x) => m.i32.popcnt(x()))],
  ['countLeadingZeros', integerUnary(({ module: m }, x) => m.i32.clz(x()))],
  ['countTrailingZeros', integerUnary(({ module: m }, x) => m.i32.ctz(x()))],
  // 31 - clz is -1 for zero; a negative i32 is complemented first.
  [
    'firstLeadingBit',
    integerUnary(({ module: m }, x, element) =>
      m.i32.sub(
        m.i32.const(31),
        m.i32.clz(element === 'u32' ? x() : m.i32.xor(x(), m.i32.shr_s(x(), m.i32.const(31)))),
      ),
    ),
  ],
  ['firstTrailingBit', integerUnary(({ module: m }, x) => m.select(m.i32.eqz(x()), m.i32.const(-1), m.i32.ctz(x())))],
  ['reverseBits', integerUnary((builder, x) => reverseBits(builder, x))],
  ['extractBits', extractBits],
  ['insertBits', insertBits],
  ['unpack4x8unorm', unpack(4, ({ module: m }, byte) => m.f32.div(m.f32.convert_u.i32(byte()), m.f32.const(255)))],
  ['unpack4x8snorm', unpack(4, ({ module: m }, byte) => atLeastMinusOne(m.i32.extend8_s(byte()), m, 127))],
  ['unpack2x16unorm', unpack(2, ({ module: m }, half) => m.f32.div(m.f32.convert_u.i32(half()), m.f32.const(65535)))],
  ['unpack2x16snorm', unpack(2, ({ module: m }, half) => atLeastMinusOne(m.i32.extend16_s(half()), m, 32767))],
  ['unpack2x16float', unpack(2, halfToFloat)],
];
