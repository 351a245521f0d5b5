import { CompileFault } from '../CompileFault.js';
import type { Position } from '../Position.js';
import type { TypeName } from '../syntax/syntax.js';
import type { ModuleScope } from './ModuleScope.js';
import {
  commonElement,
  constant,
  convertConstant,
  flatScalars,
  laneBits,
  promote,
  splatConstant,
  zeroOf,
} from './promote.js';
import type { Constant, Expression } from './tree.js';
import type { LaneType, ScalarName, Type, VectorType } from './types.js';
import { elementOf, expectLanes, isLanes, laneCount, lanes, typeName } from './types.js';

/** `T(...)`: a zero value, a conversion, a splat, or a value put together from parts. */
export function checkConstructor(
  module: ModuleScope,
  callee: TypeName,
  operands: Expression[],
  position: Position,
): Expression {
  const type = module.findType(callee) ?? inferType(callee, operands, position);
  if (operands.length === 0) return zeroOf(type, position);
  switch (type.kind) {
    case 'scalar':
      return scalarOf(type.name, operands, position);
    case 'vector':
      return vectorOf(type, operands, position);
    case 'array':
    case 'struct':
      return aggregateOf(type, operands, position);
    default:
      throw new CompileFault(`constructor of ${typeName(type)}`, position);
  }
}

/** The type of `vec3(...)` and `array(...)`, whose element type the arguments decide. */
function inferType(callee: TypeName, operands: Expression[], position: Position): Type {
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

function scalarOf(element: ScalarName, operands: Expression[], position: Position): Expression {
  const [operand] = operands;
  if (operands.length !== 1 || operand!.type.kind !== 'scalar')
    throw new CompileFault(`${element}(${operands.map((each) => typeName(each.type)).join(', ')})`, position);
  return converted(operand!, element, position);
}

/** A value whose lanes are converted to another scalar. */
function converted(operand: Expression, to: ScalarName, position: Position): Expression {
  if (operand.kind === 'constant') return convertConstant(operand, to, position);
  const type = operand.type as LaneType;
  if (elementOf(type) === to) return operand;
  return { kind: 'convert', operand, type: lanes(laneCount(type), to), position };
}

function vectorOf(type: VectorType, operands: Expression[], position: Position): Expression {
  const what = `constructor ${typeName(type)}`;
  for (const operand of operands) expectLanes(operand.type, what, position);
  const [first] = operands;
  if (operands.length === 1) {
    const size = laneCount(first!.type as LaneType);
    // One vector of the same size converts; one scalar fills all lanes.
    if (size === type.size) return converted(first!, type.element, position);
    if (size === 1) {
      const operand = promote(first!, lanes(1, type.element), what, position);
      return operand.kind === 'constant'
        ? splatConstant(operand, type.size)
        : { kind: 'splat', operand, type, position };
    }
  }
  const promoted = operands.map((operand) =>
    promote(operand, lanes(laneCount(operand.type as LaneType), type.element), what, position),
  );
  const count = promoted.reduce((sum, operand) => sum + laneCount(operand.type as LaneType), 0);
  if (count !== type.size) throw new CompileFault(`${what} with ${count} components`, position);
  return assembled(type, promoted, position);
}

function aggregateOf(
  type: Type & { kind: 'array' | 'struct' },
  operands: Expression[],
  position: Position,
): Expression {
  const what = `constructor ${typeName(type)}`;
  const types =
    type.kind === 'struct'
      ? type.members.map((member) => member.type)
      : Array.from({ length: type.count ?? 0 }, () => type.element);
  if (types.length !== operands.length) throw new CompileFault(`${what} with ${operands.length} arguments`, position);
  const promoted = operands.map((operand, index) => promote(operand, types[index]!, what, position));
  return assembled(type, promoted, position);
}

function assembled(type: Type, operands: Expression[], position: Position): Expression {
  const constants = operands.filter((operand): operand is Constant => operand.kind === 'constant');
  if (constants.length === operands.length)
    return constant(
      type,
      constants.flatMap((operand) => operand.lanes),
    );
  return { kind: 'construct', operands, type, position };
}

/** `bitcast<T>(value)`: the same bits as another type. A NaN shows one bit pattern only. */
export function checkBitcast(
  module: ModuleScope,
  callee: TypeName,
  operands: Expression[],
  position: Position,
): Expression {
  const target = callee.templates[0];
  const type = target?.kind === 'name' && callee.templates.length === 1 ? module.typeOf(target.type) : undefined;
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
  return { kind: 'bitcast', operand: given, type, position };
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

/** The lanes of one element of a constant array, or of one member of a constant struct. */
export function constantPart(whole: Constant, index: number): Constant {
  const { type } = whole;
  if (type.kind === 'array') {
    const width = flatScalars(type.element).length;
    return constant(type.element, whole.lanes.slice(index * width, (index + 1) * width));
  }
  if (type.kind !== 'struct') return constant(lanes(1, elementOf(type as LaneType)), [whole.lanes[index]!]);
  const begin = type.members.slice(0, index).flatMap((member) => flatScalars(member.type)).length;
  const member = type.members[index]!;
  return constant(member.type, whole.lanes.slice(begin, begin + flatScalars(member.type).length));
}
