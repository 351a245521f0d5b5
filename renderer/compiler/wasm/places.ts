import { slotCount, slotsOf, strideOf } from '../tree/layout.js';
import { constant } from '../tree/promote.js';
import type { ArrayType, LaneType, StructType, VectorType } from '../tree/types.js';
import { U32, elementOf, isSimd, lanes, scalar } from '../tree/types.js';
import type { FunctionBuilder } from './FunctionBuilder.js';
import { convert, extractLane, laneForm, replaceLane, runtime } from './lanes.js';
import type { Part, Place, Read, Value } from './values.js';
import type { WasmKernel } from './WasmKernel.js';

/** A place that is no lane of another. */
export type WholePlace = Exclude<Place, { kind: 'lane' }>;

/**
 * The bits of the one NaN that a kernel lets anybody see: the sign and payload that arithmetic gives a NaN differ
 * between machines.
 */
const CANONICAL_NAN = 0x7fc00000;

/** A float with any NaN replaced by the canonical one. */
export function canonical(builder: FunctionBuilder, type: LaneType, read: Read): number {
  const { module: m } = builder;
  const nan = () => m.f32.reinterpret(m.i32.const(CANONICAL_NAN));
  if (isSimd(type)) return m.v128.bitselect(read(), m.f32x4.splat(nan()), m.f32x4.eq(read(), read()));
  return m.select(m.f32.eq(read(), read()), read(), nan());
}

/** The value that a place holds now. */
export function load(kernel: WasmKernel, builder: FunctionBuilder, place: Place): Value {
  const { type } = place;
  if (place.kind === 'lane') return pickLane(kernel, builder, load(kernel, builder, place.vector), place.index);
  if (place.kind === 'registers') {
    if (place.lane !== undefined) {
      return {
        kind: 'runtime',
        type,
        parts: [extractLane(builder, place.registers[0]!, elementOf(type as LaneType), place.lane)],
      };
    }
    const parts = slotsOf(type).map((slot, index) => builder.keep(slot.type, place.registers[index]!.read()));
    return { kind: 'runtime', type, parts };
  }
  const { base } = place;
  const parts = slotsOf(type).map((slot) =>
    builder.keep(slot.type, loadSlot(builder, slot.type, place.offset + slot.offset, base)),
  );
  return { kind: 'runtime', type, parts };
}

function loadSlot({ module: m }: FunctionBuilder, type: LaneType, offset: number, base: Read): number {
  if (isSimd(type)) return m.v128.load(offset, 16, base());
  return elementOf(type) === 'f32' ? m.f32.load(offset, 4, base()) : m.i32.load(offset, 4, base());
}

/** Writes a value. The value's parts were evaluated before, so that overlapping reads are done. */
export function store(kernel: WasmKernel, builder: FunctionBuilder, place: Place, value: Value): void {
  const { module: m } = builder;
  if (place.kind === 'lane') return storeLane(kernel, builder, place, value);
  const { parts } = runtime(builder, value);
  if (place.kind === 'registers') {
    if (place.lane === undefined) {
      place.registers.forEach((register, index) => builder.emit(register.write(parts[index]!.read())));
      return;
    }
    const register = place.registers[0]!;
    builder.emit(
      register.write(
        replaceLane(builder, register.read(), elementOf(place.type as LaneType), place.lane, parts[0]!.read),
      ),
    );
    return;
  }
  const { base } = place;
  slotsOf(place.type).forEach((slot, index) => {
    const offset = place.offset + slot.offset;
    const { read } = parts[index]!;
    const isFloat = elementOf(slot.type) === 'f32';
    if (isFloat && place.space === 'storage' && builder.watch !== undefined && !isSimd(slot.type))
      builder.emit(builder.watch.bits(read, builder.position));
    const stored = isFloat && place.space === 'storage' ? canonical(builder, slot.type, read) : read();
    if (isSimd(slot.type)) builder.emit(m.v128.store(offset, 16, base(), stored));
    else if (isFloat) builder.emit(m.f32.store(offset, 4, base(), stored));
    else builder.emit(m.i32.store(offset, 4, base(), stored));
  });
}

/** One lane of a vector. */
export function lanePlace(vector: WholePlace, lane: number): Place {
  const { size, element } = vector.type as VectorType;
  const type = scalar(element);
  // A mask is kept in memory as a mask: its lanes are no booleans on their own.
  if (vector.kind === 'memory')
    return size === 4 && element === 'bool'
      ? { kind: 'lane', type, vector, index: constant(U32, [BigInt(lane)]) }
      : { ...vector, type, offset: vector.offset + 4 * lane };
  if (size === 4) return { ...vector, type, lane };
  return { ...vector, type, registers: [vector.registers[lane]!] };
}

/** A member of a struct. */
export function memberPlace(place: WholePlace, index: number): Place {
  const { members } = place.type as StructType;
  const { type, offset } = members[index]!;
  if (place.kind === 'memory') return { ...place, type, offset: place.offset + offset };
  const begin = members.slice(0, index).reduce((sum, member) => sum + slotCount(member.type), 0);
  return { ...place, type, registers: place.registers.slice(begin, begin + slotCount(type)) };
}

/** The place of an element, at a constant or computed index. */
export function indexPlace(kernel: WasmKernel, builder: FunctionBuilder, place: WholePlace, index: Value): Place {
  const { type } = place;
  const [element, count] =
    type.kind === 'array'
      ? [type.element, type.count]
      : [scalar((type as VectorType).element), (type as VectorType).size];
  const stride = type.kind === 'array' ? strideOf(element) : 4;
  const at = index.kind === 'constant' ? Number(index.lanes[0]) : undefined;
  if (at !== undefined && at >= 0 && (count === undefined ? !kernel.checks : at < count)) {
    if (type.kind === 'vector') return lanePlace(place, at);
    if (place.kind === 'memory') return { ...place, type: element, offset: place.offset + at * stride };
  }
  if (place.kind === 'registers' || (isSimd(type) && type.element === 'bool'))
    return { kind: 'lane', type: element, vector: place, index };
  const { module: m } = builder;
  const part = runtime(builder, index).parts[0]!;
  if (kernel.checks) trapOutside(builder, place, count, part);
  const scaled = m.i32.mul(part.read(), m.i32.const(stride));
  const base = builder.keep(U32, m.i32.add(place.base(), scaled));
  return { kind: 'memory', type: element, base: base.read, offset: place.offset, space: place.space };
}

function trapOutside(
  builder: FunctionBuilder,
  place: Place & { kind: 'memory' },
  count: number | undefined,
  at: Part,
): void {
  const { module: m } = builder;
  const limit = count !== undefined ? m.i32.const(count) : elementCount(builder, place);
  builder.emit(m.if(m.i32.ge_u(at.read(), limit), m.unreachable()));
}

/** How many elements a runtime-sized array has, from the bytes of its buffer. */
export function elementCount({ module: m }: FunctionBuilder, place: Place & { kind: 'memory' }): number {
  const stride = strideOf((place.type as ArrayType).element);
  return m.i32.div_u(m.i32.sub(place.byteLength!(), m.i32.const(place.offset)), m.i32.const(stride));
}

/**
 * One component of a vector held in registers, picked by a computed index: through memory for SIMD, by comparing for
 * shorter ones.
 */
export function pickLane(kernel: WasmKernel, builder: FunctionBuilder, vector: Value, index: Value): Value {
  const value = runtime(builder, vector);
  const type = value.type as VectorType;
  const known = index.kind === 'constant' ? Number(index.lanes[0]) : -1;
  if (known >= 0 && known < type.size) return swizzle(builder, value, [known]);
  const at = runtime(builder, index).parts[0]!;
  const { module: m } = builder;
  const element = scalar(type.element);
  if (kernel.checks) builder.emit(m.if(m.i32.ge_u(at.read(), m.i32.const(type.size)), m.unreachable()));
  if (type.size === 4) {
    const address = kernel.memory.addressFor(pickLane, 16);
    builder.emit(m.v128.store(address, 16, kernel.staticBase(), value.parts[0]!.read()));
    const offset = m.i32.shl(m.i32.and(at.read(), m.i32.const(3)), m.i32.const(2));
    const loaded = builder.keep(
      element,
      loadSlot(builder, element, address, () => m.i32.add(kernel.staticBase(), offset)),
    );
    return type.element === 'bool'
      ? convert(builder, { kind: 'runtime', type: U32, parts: [loaded] }, 'bool', builder.position)
      : { kind: 'runtime', type: element, parts: [loaded] };
  }
  const last = value.parts.length - 1;
  const picked = value.parts
    .slice(0, last)
    .reduceRight(
      (rest, part, lane) => m.select(m.i32.eq(at.read(), m.i32.const(lane)), part.read(), rest),
      value.parts[last]!.read(),
    );
  return { kind: 'runtime', type: element, parts: [builder.keep(element, picked)] };
}

/** Writes one component, picked by an index, of a vector that it has no place of its own in. */
function storeLane(kernel: WasmKernel, builder: FunctionBuilder, lane: Place & { kind: 'lane' }, value: Value): void {
  const { vector, index } = lane;
  if (vector.kind === 'registers') return storeLaneOf(kernel, builder, vector, index, value);
  // A mask is written as a whole.
  const registers = slotsOf(vector.type).map((slot) => builder.local(slot.type));
  const copy: WholePlace = { kind: 'registers', type: vector.type, registers, space: 'function' };
  store(kernel, builder, copy, load(kernel, builder, vector));
  if (index.kind === 'constant') store(kernel, builder, lanePlace(copy, Number(index.lanes[0])), value);
  else storeLaneOf(kernel, builder, copy, index, value);
  store(kernel, builder, vector, load(kernel, builder, copy));
}

function storeLaneOf(
  kernel: WasmKernel,
  builder: FunctionBuilder,
  place: Place & { kind: 'registers' },
  index: Value,
  value: Value,
): void {
  const { module: m } = builder;
  const type = place.type as VectorType;
  const at = runtime(builder, index).parts[0]!;
  const { parts } = runtime(builder, value);
  if (kernel.checks) builder.emit(m.if(m.i32.ge_u(at.read(), m.i32.const(type.size)), m.unreachable()));
  if (type.size < 4) {
    place.registers.forEach((register, lane) =>
      builder.emit(register.write(m.select(m.i32.eq(at.read(), m.i32.const(lane)), parts[0]!.read(), register.read()))),
    );
    return;
  }
  const address = kernel.memory.addressFor(pickLane, 16);
  const register = place.registers[0]!;
  const lane = m.i32.shl(m.i32.and(at.read(), m.i32.const(3)), m.i32.const(2));
  const laneAddress = builder.keep(U32, m.i32.add(kernel.staticBase(), lane));
  builder.emit(m.v128.store(address, 16, kernel.staticBase(), register.read()));
  const form = laneForm(builder, type.element, parts[0]!.read);
  builder.emit(
    type.element === 'f32'
      ? m.f32.store(address, 4, laneAddress.read(), form)
      : m.i32.store(address, 4, laneAddress.read(), form),
  );
  builder.emit(register.write(m.v128.load(address, 16, kernel.staticBase())));
}

/** Lanes of a vector, by their numbers. */
export function swizzle(builder: FunctionBuilder, vector: Value, picked: readonly number[]): Value {
  const value = runtime(builder, vector);
  const type = value.type as VectorType;
  const result = lanes(picked.length, type.element);
  if (type.size < 4) {
    if (picked.length < 4) return { kind: 'runtime', type: result, parts: picked.map((lane) => value.parts[lane]!) };
    const { module } = builder;
    const first =
      type.element === 'f32'
        ? module.f32x4.splat(value.parts[picked[0]!]!.read())
        : module.i32x4.splat(laneForm(builder, type.element, value.parts[picked[0]!]!.read));
    const vector = picked
      .slice(1)
      .reduce((sum, lane, index) => replaceLane(builder, sum, type.element, index + 1, value.parts[lane]!.read), first);
    return { kind: 'runtime', type: result, parts: [builder.keep(result, vector)] };
  }
  const part = value.parts[0]!;
  if (picked.length === 4) {
    const bytes = picked.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte));
    return {
      kind: 'runtime',
      type: result,
      parts: [builder.keep(result, builder.module.i8x16.shuffle(part.read(), part.read(), bytes))],
    };
  }
  const taken = new Map<number, Part>();
  for (const lane of picked) if (!taken.has(lane)) taken.set(lane, extractLane(builder, part, type.element, lane));
  return { kind: 'runtime', type: result, parts: picked.map((lane) => taken.get(lane)!) };
}
