import type { FunctionContext } from './FunctionContext.js';
import { CompileFault } from '../CompileFault.js';
import { convert, fromLanes, laneParts, promote, runtime, splat } from './lanes.js';
import { commonElement } from './operators.js';
import { canonical } from './places.js';
import { laneBits } from './lanes.js';
import { slotsOf } from '../tree/layout.js';
import type { TypeName } from '../syntax/syntax.js';
import type { LaneType, ScalarName, Type } from '../tree/types.js';
import { elementOf, expectLanes, isLanes, isSimd, laneCount, lanes, typeName } from '../tree/types.js';
import type { ConstantValue, Part, Value } from './values.js';
import { constant, flatScalars } from './values.js';
import type { Position } from '../Position.js';

/** `T(...)`: a zero value, a conversion, a splat, or a value put together from parts. */
export function construct(context: FunctionContext, callee: TypeName, operands: Value[], position: Position): Value {
  const type = context.kernel.findType(callee) ?? inferType(callee, operands, position);
  if (operands.length === 0) return zeroValue(type, position);
  switch (type.kind) {
    case 'scalar':
      return constructScalar(context, type.name, operands, position);
    case 'vector':
      return constructVector(context, type, operands, position);
    case 'array':
    case 'struct':
      return constructAggregate(context, type, operands, position);
    default:
      throw new CompileFault(`constructor of ${typeName(type)}`, position);
  }
}

/** The zero of a type. */
export function zeroValue(type: Type, position: Position): ConstantValue {
  if (type.kind === 'void' || type.kind === 'pointer' || (type.kind === 'array' && type.count === undefined))
    throw new CompileFault(`zero of ${typeName(type)}`, position);
  return constant(
    type,
    flatScalars(type).map((element) => (element === 'f32' || element === 'abstract-float' ? 0 : 0n)),
  );
}

/** The type of `vec3(...)` and `array(...)`, whose element type the arguments decide. */
function inferType(callee: TypeName, operands: Value[], position: Position): Type {
  if (operands.length === 0) throw new CompileFault(`${callee.name}() without an element type`, position);
  if (callee.name === 'array') {
    const strongest = operands
      .map((operand) => operand.type)
      .reduce((a, b) => {
        if (!isLanes(a) || !isLanes(b)) return a;
        return lanes(laneCount(a), commonElement(elementOf(a), elementOf(b)) ?? elementOf(a));
      });
    return { kind: 'array', element: strongest, count: operands.length };
  }
  const elements = operands.map((operand) => elementOf(expectLanes(operand.type, `${callee.name}()`, position)));
  const element = elements.reduce<ScalarName | undefined>(
    (a, b) => (a === undefined ? a : commonElement(a, b)),
    elements[0],
  );
  if (element === undefined)
    throw new CompileFault(`${callee.name}(${operands.map((operand) => typeName(operand.type)).join(', ')})`, position);
  return lanes(Number(callee.name.slice(3)), element);
}

function constructScalar(context: FunctionContext, element: ScalarName, operands: Value[], position: Position): Value {
  const [operand] = operands;
  if (operands.length !== 1 || operand!.type.kind !== 'scalar')
    throw new CompileFault(`${element}(${operands.map((each) => typeName(each.type)).join(', ')})`, position);
  return convert(context.builder, operand!, element, position);
}

function constructVector(
  context: FunctionContext,
  type: LaneType & { kind: 'vector' },
  operands: Value[],
  position: Position,
): Value {
  const { builder } = context;
  const what = typeName(type);
  for (const operand of operands) expectLanes(operand.type, `constructor ${what}`, position);
  const [first] = operands;
  if (operands.length === 1) {
    const size = laneCount(first!.type as LaneType);
    // One vector of the same size converts; one scalar fills all lanes.
    if (size === type.size) return convert(builder, first!, type.element, position);
    if (size === 1)
      return splat(builder, promote(first!, lanes(1, type.element), `constructor ${what}`, position), type.size);
  }
  const promoted = operands.map((operand) =>
    promote(operand, lanes(laneCount(operand.type as LaneType), type.element), `constructor ${what}`, position),
  );
  const count = promoted.reduce((sum, operand) => sum + laneCount(operand.type as LaneType), 0);
  if (count !== type.size) throw new CompileFault(`constructor ${what} with ${count} components`, position);
  if (promoted.every((operand) => operand.kind === 'constant'))
    return constant(
      type,
      promoted.flatMap((operand) => operand.lanes),
    );
  return fromLanes(
    builder,
    type,
    promoted.flatMap((operand) => laneParts(builder, runtime(builder, operand, position))),
  );
}

function constructAggregate(
  context: FunctionContext,
  type: Type & { kind: 'array' | 'struct' },
  operands: Value[],
  position: Position,
): Value {
  const { builder } = context;
  const types =
    type.kind === 'struct'
      ? type.members.map((member) => member.type)
      : Array.from({ length: type.count ?? 0 }, () => type.element);
  if (types.length !== operands.length)
    throw new CompileFault(`constructor ${typeName(type)} with ${operands.length} arguments`, position);
  const promoted = operands.map((operand, index) =>
    promote(operand, types[index]!, `constructor ${typeName(type)}`, position),
  );
  if (promoted.every((operand) => operand.kind === 'constant'))
    return constant(
      type,
      promoted.flatMap((operand) => operand.lanes),
    );
  return { kind: 'runtime', type, parts: promoted.flatMap((operand) => runtime(builder, operand, position).parts) };
}

/** `bitcast<T>(value)`: the same bits as another type. A NaN shows one bit pattern only. */
export function reinterpret(context: FunctionContext, callee: TypeName, operands: Value[], position: Position): Value {
  const target = callee.templates[0];
  const type =
    target?.kind === 'name' && callee.templates.length === 1 ? context.kernel.typeOf(target.type) : undefined;
  const [operand] = operands;
  const refuse = () =>
    new CompileFault(
      `bitcast<${type === undefined ? '' : typeName(type)}>(${operands.map((each) => typeName(each.type)).join(', ')})`,
      position,
    );
  if (
    type === undefined ||
    !isLanes(type) ||
    operands.length !== 1 ||
    !isLanes(operand!.type) ||
    laneCount(type) !== laneCount(operand!.type)
  )
    throw refuse();
  const to = elementOf(type);
  const given =
    operand!.kind === 'constant'
      ? promote(
          operand!,
          lanes(laneCount(operand!.type), concreteElement(elementOf(operand!.type), to)),
          'bitcast',
          position,
        )
      : operand!;
  const from = elementOf(given.type as LaneType);
  if (to === 'bool' || from === 'bool') throw refuse();
  if (given.kind === 'constant')
    return constant(
      type,
      given.lanes.map((lane) => bitsAs(laneBits(lane, from), to, position)),
    );
  if ((from === 'f32') === (to === 'f32')) return { ...given, type };
  const { builder } = context;
  const { module: m } = builder;
  const simd = isSimd(given.type as LaneType);
  if (to === 'f32') {
    const parts = given.parts.map((part): Part => {
      if (part.flipped === undefined)
        return builder.keep(slotTypeOf(type), simd ? part.read() : m.f32.reinterpret(part.read()));
      const { float, signs } = part.flipped;
      return builder.keep(
        slotTypeOf(type),
        simd ? m.v128.xor(float(), signs()) : m.f32.reinterpret(m.i32.xor(m.i32.reinterpret(float()), signs())),
      );
    });
    return { kind: 'runtime', type, parts };
  }
  if (builder.watch !== undefined)
    for (const { read } of laneParts(builder, given)) builder.emit(builder.watch.bits(read, position));
  const slot = slotTypeOf(given.type as LaneType);
  const parts = given.parts.map((part): Part => {
    const bits = canonical(builder, slot, part.read);
    return { ...builder.keep(slotTypeOf(type), simd ? bits : m.i32.reinterpret(bits)), bitsOf: part.read };
  });
  return { kind: 'runtime', type, parts };
}

/** What one part of a scalar or vector holds. */
function slotTypeOf(type: LaneType): LaneType {
  return slotsOf(type)[0]!.type;
}

function concreteElement(from: ScalarName, to: ScalarName): ScalarName {
  if (from === 'abstract-float') return 'f32';
  return from === 'abstract-int' ? (to === 'u32' ? 'u32' : 'i32') : from;
}

function bitsAs(bits: number, to: ScalarName, position: Position): number | bigint {
  if (to === 'u32') return BigInt.asUintN(32, BigInt(bits));
  if (to === 'i32') return BigInt(bits);
  const value = new Float32Array(Int32Array.of(bits).buffer)[0]!;
  if (!Number.isFinite(value)) throw new CompileFault('bitcast of a constant to a number that is not finite', position);
  return value;
}
