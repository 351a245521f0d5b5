import { constantPart } from '../tree/checkConstructor.js';
import { slotCount } from '../tree/layout.js';
import type { Expression, Place as TreePlace } from '../tree/tree.js';
import type { LaneType } from '../tree/types.js';
import { BOOL, U32, elementOf, laneCount } from '../tree/types.js';
import { callBuiltin } from './builtins.js';
import { construct, reinterpret } from './constructors.js';
import type { FunctionContext } from './FunctionContext.js';
import { convert, runtime, splat } from './lanes.js';
import { applyBinary, applyUnary } from './operators.js';
import type { WholePlace } from './places.js';
import { elementCount, indexPlace, lanePlace, load, memberPlace, pickLane, swizzle } from './places.js';
import type { Place, Value } from './values.js';

/** Emits what computes an expression that has a value. */
export function evaluate(context: FunctionContext, expression: Expression): Value {
  if (expression.kind === 'constant') return expression;
  const { kernel, builder } = context;
  /** Evaluates an operand; what follows belongs to this expression again. */
  const operandOf = (operand: Expression): Value => {
    const value = evaluate(context, operand);
    builder.position = expression.position;
    return value;
  };
  switch (expression.kind) {
    case 'local':
      return context.values.get(expression.local)!;
    case 'load':
      return load(kernel, builder, locate(context, expression.place));
    case 'unary':
      return applyUnary(builder, expression.operator, operandOf(expression.operand));
    case 'binary': {
      const left = operandOf(expression.left);
      return applyBinary(builder, expression.operator, left, operandOf(expression.right));
    }
    case 'shortCircuit':
      return shortCircuit(context, expression);
    case 'swizzle':
      return swizzle(builder, operandOf(expression.object), expression.lanes);
    case 'member':
    case 'element':
      return partOf(context, expression);
    case 'splat':
      return splat(builder, operandOf(expression.operand), laneCount(expression.type as LaneType));
    case 'convert': {
      const operand = operandOf(expression.operand);
      return convert(builder, operand, elementOf(expression.type as LaneType), expression.position);
    }
    case 'bitcast': {
      const operand = operandOf(expression.operand);
      return reinterpret(builder, expression.type as LaneType, operand, expression.position);
    }
    case 'construct':
      return construct(builder, expression.type, expression.operands.map(operandOf));
    case 'builtin': {
      const { name, operands, position } = expression;
      return callBuiltin(name, { builder, operands: operands.map(operandOf), position });
    }
    case 'arrayLength': {
      const place = locate(context, expression.place) as Place & { kind: 'memory' };
      return { kind: 'runtime', type: U32, parts: [builder.keep(U32, elementCount(builder, place))] };
    }
    case 'call':
      return context.callFunction(context, expression)!;
  }
}

/** What a place of the tree is in WebAssembly. Emits what finds it. */
export function locate(context: FunctionContext, place: TreePlace): Place {
  const { kernel, builder } = context;
  switch (place.kind) {
    case 'variable':
      return context.variables.get(place.variable) ?? kernel.placeOf(place.variable);
    case 'pointee':
      return context.pointers.get(place.pointer)!;
    case 'table':
      return kernel.tablePlace(place.table);
    case 'member':
      return memberPlace(locateWhole(context, place.object), place.index);
    case 'component':
      return lanePlace(locateWhole(context, place.object), place.lane);
    case 'element': {
      const object = locateWhole(context, place.object);
      const index = evaluate(context, place.index);
      return indexPlace(kernel, builder, object, index);
    }
  }
}

/** The place of what has parts: a lane has none. */
function locateWhole(context: FunctionContext, place: TreePlace): WholePlace {
  return locate(context, place) as WholePlace;
}

/** The right operand is evaluated only when the left does not decide. */
function shortCircuit(context: FunctionContext, expression: Expression & { kind: 'shortCircuit' }): Value {
  const { builder } = context;
  const { module: m } = builder;
  const { operator, left, right } = expression;
  const a = runtime(builder, evaluate(context, left));
  const result = builder.local(BOOL);
  builder.emit(result.write(a.parts[0]!.read()));
  const body = builder.nested(() => {
    const b = runtime(builder, evaluate(context, right));
    builder.emit(result.write(b.parts[0]!.read()));
  });
  builder.emit(m.if(operator === '&&' ? result.read() : m.i32.eqz(result.read()), body));
  return { kind: 'runtime', type: BOOL, parts: [{ read: result.read }] };
}

/** A member or element of what has no place of its own. */
function partOf(context: FunctionContext, expression: Expression & { kind: 'member' | 'element' }): Value {
  const { kernel, builder } = context;
  const { type } = expression;
  const object = evaluate(context, expression.object);
  const index = expression.kind === 'element' ? evaluate(context, expression.index) : undefined;
  if (object.type.kind === 'vector') return pickLane(kernel, builder, object, index!);
  const at = expression.kind === 'member' ? expression.index : Number((index as Value & { kind: 'constant' }).lanes[0]);
  if (object.kind === 'constant') return constantPart(object, at);
  const width = slotCount(type);
  const begin =
    object.type.kind === 'struct'
      ? object.type.members.slice(0, at).reduce((sum, member) => sum + slotCount(member.type), 0)
      : at * width;
  return { kind: 'runtime', type, parts: object.parts.slice(begin, begin + width) };
}
