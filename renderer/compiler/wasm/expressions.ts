import { construct, reinterpret } from './constructors.js';
import { callBuiltin } from './builtins.js';
import type { FunctionContext } from './FunctionContext.js';
import type { FunctionBuilder } from './FunctionBuilder.js';
import { CompileFault } from '../CompileFault.js';
import type { KernelModule } from './KernelModule.js';
import { promote, runtime } from './lanes.js';
import { slotCount } from '../tree/layout.js';
import { operandAtModuleScope, tablePlace } from './moduleScope.js';
import { applyBinary, applyUnary } from './operators.js';
import {
  constantIndex,
  elementCount,
  indexPlace,
  indexedType,
  load,
  memberPlace,
  pickLane,
  swizzle,
} from './places.js';
import { Scope } from '../tree/Scope.js';
import type { Expression, Literal } from '../syntax/syntax.js';
import { BOOL, U32, scalar, typeName } from '../tree/types.js';
import type { ConstantValue, Operand, Place, Value } from './values.js';
import { constant, flatScalars } from './values.js';
import type { Position } from '../Position.js';

const asValue = (value: Value): Operand => ({ kind: 'value', value });
const asPlace = (place: Place): Operand => ({ kind: 'place', place });

/** The value of an expression. */
export function evaluate(context: FunctionContext, expression: Expression): Value {
  const operand = locate(context, expression);
  if (operand.kind === 'value') return operand.value;
  if (operand.kind === 'place') return load(context.builder, operand.place, expression.position);
  throw new CompileFault('pointer where a value is needed', expression.position);
}

/** The value of an expression of a known type. */
export function evaluateAs(context: FunctionContext, expression: Expression, type: Value['type'], what: string): Value {
  return promote(evaluate(context, expression), type, what, expression.position);
}

/** A constant expression, evaluated at module scope. */
export function evaluateConstant(kernel: KernelModule, expression: Expression, builder: FunctionBuilder): Value {
  const refuse = () => {
    throw new CompileFault('a function of the kernel in a constant expression', expression.position);
  };
  return evaluate(
    { kernel, builder, scope: new Scope(), targets: [], result: { kind: 'void' }, leave: refuse, callFunction: refuse },
    expression,
  );
}

/**
 * What an expression stands for: a place where it names one, so that it can be written to or pointed at, else a value.
 */
export function locate(context: FunctionContext, expression: Expression): Operand {
  const { position } = expression;
  context.builder.position = position;
  switch (expression.kind) {
    case 'literal':
      return asValue(literalValue(expression.literal));
    case 'name': {
      const { name } = expression.type;
      const operand = context.scope.find(name) ?? operandAtModuleScope(context.kernel, name, position);
      if (operand === undefined || expression.type.templates.length > 0)
        throw new CompileFault(`unknown name ${name}`, position);
      return operand;
    }
    case 'unary':
      return locateUnary(context, expression);
    case 'binary':
      return asValue(evaluateBinary(context, expression));
    case 'member':
      return locateMember(context, expression);
    case 'index':
      return locateIndex(context, expression);
    case 'call': {
      const value = evaluateCall(context, expression);
      if (value === undefined) throw new CompileFault(`${expression.callee.name}() returns nothing`, position);
      return asValue(value);
    }
  }
}

function literalValue(literal: Literal): ConstantValue {
  const lane = typeof literal.value === 'boolean' ? BigInt(literal.value) : literal.value;
  return constant(scalar(literal.scalar), [lane]);
}

function locateUnary(context: FunctionContext, expression: Expression & { kind: 'unary' }): Operand {
  const { operator, operand: inner, position } = expression;
  if (operator === '*') {
    const operand = locate(context, inner);
    if (operand.kind !== 'pointer') throw new CompileFault('* of what is no pointer', position);
    return asPlace(operand.place);
  }
  if (operator === '&') {
    const operand = locate(context, inner);
    if (operand.kind !== 'place') throw new CompileFault('& of what is no variable', position);
    if (
      (operand.place.kind === 'registers' && operand.place.lane !== undefined) ||
      (inner.kind === 'member' && isComponent(context, inner))
    ) {
      throw new CompileFault('& of a component of a vector', position);
    }
    const { space } = operand.place;
    if (space === 'storage') throw new CompileFault('pointer into a storage binding', position);
    return { kind: 'pointer', place: operand.place, space };
  }
  return asValue(applyUnary(context.builder, operator, evaluate(context, inner), position));
}

function isComponent(context: FunctionContext, expression: Expression & { kind: 'member' }): boolean {
  const object = locate(context, expression.object);
  return object.kind !== 'value' && object.place.type.kind === 'vector';
}

function evaluateBinary(context: FunctionContext, expression: Expression & { kind: 'binary' }): Value {
  const { operator, left, right, position } = expression;
  if (operator === '&&' || operator === '||') return evaluateShortCircuit(context, expression);
  const a = evaluate(context, left);
  return applyBinary(context.builder, operator, a, evaluate(context, right), position);
}

/** The right operand is evaluated only when the left does not decide. */
function evaluateShortCircuit(context: FunctionContext, expression: Expression & { kind: 'binary' }): Value {
  const { builder } = context;
  const { module: m } = builder;
  const { operator, left, right, position } = expression;
  const what = `operator ${operator}`;
  const a = evaluateAs(context, left, BOOL, what);
  if (a.kind === 'constant') {
    const decided = operator === '&&' ? a.lanes[0] === 0n : a.lanes[0] === 1n;
    // What is not evaluated must still be well typed.
    if (decided) builder.nested(() => evaluateAs(context, right, BOOL, what));
    return decided ? a : evaluateAs(context, right, BOOL, what);
  }
  const result = builder.local(BOOL);
  builder.emit(result.write(a.parts[0]!.read()));
  const body = builder.nested(() => {
    const b = runtime(builder, evaluateAs(context, right, BOOL, what), position);
    builder.emit(result.write(b.parts[0]!.read()));
  });
  builder.emit(m.if(operator === '&&' ? result.read() : m.i32.eqz(result.read()), body));
  return { kind: 'runtime', type: BOOL, parts: [{ read: result.read }] };
}

/** The place behind a pointer, for `p.member` and `p[i]`. */
function dereferenced(operand: Operand): Operand {
  return operand.kind === 'pointer' ? asPlace(operand.place) : operand;
}

function locateMember(context: FunctionContext, expression: Expression & { kind: 'member' }): Operand {
  const { member, position } = expression;
  const object = dereferenced(locate(context, expression.object));
  if (object.kind === 'place') {
    const place = memberPlace(object.place, member, position);
    return place === undefined
      ? asValue(swizzle(context.builder, load(context.builder, object.place, position), member, position))
      : asPlace(place);
  }
  const value = (object as Operand & { kind: 'value' }).value;
  if (value.type.kind === 'vector') return asValue(swizzle(context.builder, value, member, position));
  if (value.type.kind !== 'struct') throw new CompileFault(`member ${member} of ${typeName(value.type)}`, position);
  let [slot, lane] = [0, 0];
  for (const candidate of value.type.members) {
    const [slots, width] = [slotCount(candidate.type), flatScalars(candidate.type).length];
    if (candidate.name === member) {
      if (value.kind === 'constant') return asValue(constant(candidate.type, value.lanes.slice(lane, lane + width)));
      return asValue({ kind: 'runtime', type: candidate.type, parts: value.parts.slice(slot, slot + slots) });
    }
    slot += slots;
    lane += width;
  }
  throw new CompileFault(`member ${member} of ${value.type.name}`, position);
}

function locateIndex(context: FunctionContext, expression: Expression & { kind: 'index' }): Operand {
  const { position } = expression;
  const { kernel, builder } = context;
  const object = dereferenced(locate(context, expression.object));
  const index = evaluate(context, expression.index);
  if (object.kind === 'place') {
    const place = indexPlace(kernel, builder, object.place, index, position);
    return place === undefined
      ? asValue(indexValue(context, load(builder, object.place, position), index, position))
      : asPlace(place);
  }
  return locateInValue(context, (object as Operand & { kind: 'value' }).value, index, position);
}

/** A table of constants has a place in memory; other values are picked apart. */
function locateInValue(context: FunctionContext, value: Value, index: Value, position: Position): Operand {
  if (value.kind === 'constant' && value.type.kind === 'array' && index.kind === 'runtime') {
    return asPlace(
      indexPlace(context.kernel, context.builder, tablePlace(context.kernel, value, position), index, position)!,
    );
  }
  return asValue(indexValue(context, value, index, position));
}

function indexValue(context: FunctionContext, value: Value, index: Value, position: Position): Value {
  const { element, count } = indexedType(value.type, position);
  if (index.kind === 'constant') {
    const at = constantIndex(index, count, position);
    if (value.type.kind === 'vector') return swizzle(context.builder, value, 'xyzw'[at]!, position);
    const width = value.kind === 'constant' ? flatScalars(element).length : slotCount(element);
    if (value.kind === 'constant') return constant(element, value.lanes.slice(at * width, (at + 1) * width));
    return { kind: 'runtime', type: element, parts: value.parts.slice(at * width, (at + 1) * width) };
  }
  if (value.type.kind === 'vector') return pickLane(context.kernel, context.builder, value, index, position);
  throw new CompileFault('computed index into an array that is no variable: give it a var', position);
}

/** A call of a constructor, a built-in or one of the kernel's functions; undefined when it returns nothing. */
export function evaluateCall(context: FunctionContext, expression: Expression & { kind: 'call' }): Value | undefined {
  const { callee, position } = expression;
  const { kernel, builder } = context;
  const shadowed = context.scope.find(callee.name);
  if (shadowed !== undefined) throw new CompileFault(`call of ${callee.name}, which is no function`, position);
  if (kernel.findFunction(callee.name) !== undefined) return context.callFunction(context, expression);
  if (callee.name === 'arrayLength') return arrayLength(context, expression);
  const operands = () => expression.arguments.map((argument) => evaluate(context, argument));
  if (callee.name === 'bitcast') return reinterpret(context, callee, operands(), position);
  if (/^(vec[234]|array)$/.test(callee.name) || kernel.findType(callee) !== undefined)
    return construct(context, callee, operands(), position);
  const value = callBuiltin({ builder, name: callee.name, operands: operands(), position });
  if (value === undefined) throw new CompileFault(`function ${callee.name}()`, position);
  return value;
}

function arrayLength(context: FunctionContext, expression: Expression & { kind: 'call' }): Value {
  const { position } = expression;
  const [argument] = expression.arguments;
  if (argument?.kind !== 'unary' || argument.operator !== '&' || expression.arguments.length !== 1)
    throw new CompileFault('arrayLength() of what is no &array', position);
  const operand = locate(context, argument.operand);
  if (
    operand.kind !== 'place' ||
    operand.place.kind !== 'memory' ||
    operand.place.type.kind !== 'array' ||
    operand.place.type.count !== undefined
  ) {
    throw new CompileFault('arrayLength() of what is no runtime-sized array', position);
  }
  const { stride } = indexedType(operand.place.type, position);
  return {
    kind: 'runtime',
    type: U32,
    parts: [context.builder.keep(U32, elementCount(context.builder, operand.place, stride))],
  };
}
