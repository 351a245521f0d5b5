import type { FunctionBuilder } from './FunctionBuilder.js';
import { CompileFault } from '../CompileFault.js';
import type { KernelModule } from './KernelModule.js';
import { convert, extractLane, laneForm, promote, replaceLane, runtime } from './lanes.js';
import { slotCount, slotsOf, strideOf } from '../tree/layout.js';
import type { LaneType, ScalarName, Type } from '../tree/types.js';
import { U32, elementOf, isSimd, lanes, scalar, typeName } from '../tree/types.js';
import type { Part, Place, Read, Value } from './values.js';
import type { Position } from '../Position.js';

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
export function load(builder: FunctionBuilder, place: Place, position: Position): Value {
  const { type } = place;
  if (type.kind === 'array' && type.count === undefined) throw new CompileFault(`value of ${typeName(type)}`, position);
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
export function store(builder: FunctionBuilder, place: Place, value: Value, position: Position): void {
  if (!place.writable) throw new CompileFault('assignment to something read-only', position);
  const { module: m } = builder;
  const { parts } = runtime(builder, promote(value, place.type, 'assignment', position), position);
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
      builder.emit(builder.watch.bits(read, position));
    const stored = isFloat && place.space === 'storage' ? canonical(builder, slot.type, read) : read();
    if (isSimd(slot.type)) builder.emit(m.v128.store(offset, 16, base(), stored));
    else if (isFloat) builder.emit(m.f32.store(offset, 4, base(), stored));
    else builder.emit(m.i32.store(offset, 4, base(), stored));
  });
}

const COMPONENTS = ['xyzw', 'rgba'];

/** The lanes that a swizzle names, in order. */
export function swizzleLanes(type: LaneType, member: string, position: Position): number[] {
  const set = COMPONENTS.find((letters) => [...member].every((letter) => letters.includes(letter)));
  const picked = set === undefined || type.kind !== 'vector' ? [] : [...member].map((letter) => set.indexOf(letter));
  if (type.kind !== 'vector' || picked.length < 1 || picked.length > 4 || picked.some((lane) => lane >= type.size)) {
    throw new CompileFault(`.${member} of ${typeName(type)}`, position);
  }
  return picked;
}

/**
 * A member of a struct or a single component of a vector; undefined for swizzles of several components, which are no
 * place.
 */
export function memberPlace(place: Place, member: string, position: Position): Place | undefined {
  const { type } = place;
  if (type.kind === 'struct') {
    let slot = 0;
    for (const candidate of type.members) {
      const count =
        candidate.type.kind === 'array' && candidate.type.count === undefined ? 0 : slotCount(candidate.type);
      if (candidate.name === member) {
        if (place.kind === 'memory') return { ...place, type: candidate.type, offset: place.offset + candidate.offset };
        return { ...place, type: candidate.type, registers: place.registers.slice(slot, slot + count) };
      }
      slot += count;
    }
    throw new CompileFault(`member ${member} of ${type.name}`, position);
  }
  if (type.kind !== 'vector') throw new CompileFault(`member ${member} of ${typeName(type)}`, position);
  const picked = swizzleLanes(type, member, position);
  return picked.length === 1 ? lanePlace(place, type.size, type.element, picked[0]!) : undefined;
}

function lanePlace(place: Place, size: number, element: ScalarName, lane: number): Place | undefined {
  const type = scalar(element);
  // A mask is kept in memory as a mask: its lanes are no booleans on their own.
  if (place.kind === 'memory')
    return size === 4 && element === 'bool' ? undefined : { ...place, type, offset: place.offset + 4 * lane };
  if (size === 4) return { ...place, type, lane };
  return { ...place, type, registers: [place.registers[lane]!] };
}

/** The element type of what can be indexed. */
export function indexedType(
  type: Type,
  position: Position,
): { element: Type; count: number | undefined; stride: number } {
  if (type.kind === 'array') return { element: type.element, count: type.count, stride: strideOf(type.element) };
  if (type.kind === 'vector') return { element: scalar(type.element), count: type.size, stride: 4 };
  throw new CompileFault(`index into ${typeName(type)}`, position);
}

/**
 * The place of an element, at a constant or computed index. Undefined for a computed index into a vector held in
 * registers, which has no place of its own.
 */
export function indexPlace(
  kernel: KernelModule,
  builder: FunctionBuilder,
  place: Place,
  index: Value,
  position: Position,
): Place | undefined {
  const { element, count, stride } = indexedType(place.type, position);
  if (index.kind === 'constant') {
    const at = constantIndex(index, count, position);
    if (place.type.kind === 'vector') return lanePlace(place, place.type.size, place.type.element, at);
    if (place.kind === 'memory' && (count !== undefined || !kernel.checks))
      return { ...place, type: element, offset: place.offset + at * stride };
  }
  if (
    place.kind === 'registers' ||
    (place.type.kind === 'vector' && isSimd(place.type) && place.type.element === 'bool')
  )
    return undefined;
  const { module: m } = builder;
  const at = indexPart(builder, index, position);
  if (kernel.checks) trapOutside(builder, place, count, stride, at);
  const scaled = m.i32.mul(at.read(), m.i32.const(stride));
  const base = builder.keep(U32, m.i32.add(place.base(), scaled));
  return {
    kind: 'memory',
    type: element,
    base: base.read,
    offset: place.offset,
    writable: place.writable,
    space: place.space,
  };
}

/** A constant index, checked against the count where there is one. */
export function constantIndex(
  index: Value & { kind: 'constant' },
  count: number | undefined,
  position: Position,
): number {
  const lane = index.lanes[0];
  if (index.type.kind !== 'scalar' || typeof lane !== 'bigint' || index.type.name === 'bool')
    throw new CompileFault(`index of type ${typeName(index.type)}`, position);
  if (lane < 0n || (count !== undefined && lane >= BigInt(count)))
    throw new CompileFault(`index ${lane} out of range`, position);
  return Number(lane);
}

/** An index as a part, of i32 or u32. */
export function indexPart(builder: FunctionBuilder, index: Value, position: Position): Part {
  const value = runtime(builder, index, position);
  if (value.type.kind !== 'scalar' || (value.type.name !== 'i32' && value.type.name !== 'u32'))
    throw new CompileFault(`index of type ${typeName(value.type)}`, position);
  return value.parts[0]!;
}

function trapOutside(
  builder: FunctionBuilder,
  place: Place & { kind: 'memory' },
  count: number | undefined,
  stride: number,
  at: Part,
): void {
  const { module: m } = builder;
  const limit = count !== undefined ? m.i32.const(count) : elementCount(builder, place, stride);
  builder.emit(m.if(m.i32.ge_u(at.read(), limit), m.unreachable()));
}

/** How many elements a runtime-sized array has, from the bytes of its buffer. */
export function elementCount(
  { module: m }: FunctionBuilder,
  place: Place & { kind: 'memory' },
  stride: number,
): number {
  return m.i32.div_u(m.i32.sub(place.byteLength!(), m.i32.const(place.offset)), m.i32.const(stride));
}

/**
 * One component of a vector held in registers, picked by a computed index: through memory for SIMD, by comparing for
 * shorter ones.
 */
export function pickLane(
  kernel: KernelModule,
  builder: FunctionBuilder,
  vector: Value,
  index: Value,
  position: Position,
): Value {
  const value = runtime(builder, vector, position);
  const type = value.type as LaneType & { kind: 'vector' };
  const at = indexPart(builder, index, position);
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
      ? convert(builder, { kind: 'runtime', type: U32, parts: [loaded] }, 'bool', position)
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

/** Writes one component, picked by a computed index, of a vector variable held in registers. */
export function storeLane(
  kernel: KernelModule,
  builder: FunctionBuilder,
  place: Place & { kind: 'registers' },
  index: Value,
  value: Value,
  position: Position,
): void {
  const { module: m } = builder;
  const type = place.type as LaneType & { kind: 'vector' };
  if (!place.writable) throw new CompileFault('assignment to something read-only', position);
  const at = indexPart(builder, index, position);
  const { parts } = runtime(builder, promote(value, scalar(type.element), 'assignment', position), position);
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

/** The components that a swizzle names, of a value. */
export function swizzle(builder: FunctionBuilder, value: Value, member: string, position: Position): Value {
  const type = value.type as LaneType & { kind: 'vector' };
  const picked = swizzleLanes(type, member, position);
  const result = lanes(picked.length, type.element);
  if (value.kind === 'constant') return { ...value, type: result, lanes: picked.map((lane) => value.lanes[lane]!) };
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
