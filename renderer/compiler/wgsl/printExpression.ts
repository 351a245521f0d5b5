import type { Constant, Expression, Place } from '../tree/tree.js';
import { constantPart } from '../tree/checkConstructor.js';
import type { Type } from '../tree/types.js';
import { elementOf, laneCount, typeName } from '../tree/types.js';
import { literalText } from './literalText.js';

/** What printing an expression needs to know of the module that it stands in. */
export interface PrintContext {
  /** How a name of the kernel is written: as it is, unless it would hide a name that the printed text needs. */
  nameOf(name: string): string;
  /** The name of a module constant that holds this table. */
  tableName(table: Constant): string;
  /** Whether the result of an expression is hidden from what consumes it. */
  isHidden(expression: Expression): boolean;
}

/** The function of the printed text that hides a float of this type. */
export function hideName(type: Type): string {
  return `strict_hide${type.kind === 'vector' ? laneCount(type) : 1}`;
}

/** An expression as WGSL, in parentheses wherever it could be read in another way. */
export function expressionText(context: PrintContext, expression: Expression): string {
  const text = plainText(context, expression);
  return context.isHidden(expression) ? `${hideName(expression.type)}(${text})` : text;
}

function plainText(context: PrintContext, expression: Expression): string {
  const of = (inner: Expression): string => expressionText(context, inner);
  const list = (inner: readonly Expression[]): string => inner.map(of).join(', ');
  switch (expression.kind) {
    case 'constant':
      return constantText(expression);
    case 'local':
      return context.nameOf(expression.local.name);
    case 'load':
      return placeText(context, expression.place);
    case 'unary':
      return `(${expression.operator}${of(expression.operand)})`;
    case 'binary':
    case 'shortCircuit':
      return `(${of(expression.left)} ${expression.operator} ${of(expression.right)})`;
    case 'swizzle':
      return `${of(expression.object)}.${expression.lanes.map((lane) => 'xyzw'[lane]).join('')}`;
    case 'member': {
      const { object, index } = expression;
      return `${of(object)}.${object.type.kind === 'struct' ? object.type.members[index]!.name : index}`;
    }
    case 'element':
      return `${of(expression.object)}[${of(expression.index)}]`;
    case 'splat':
    case 'convert':
      return `${typeName(expression.type)}(${of(expression.operand)})`;
    case 'bitcast':
      return `bitcast<${typeName(expression.type)}>(${of(expression.operand)})`;
    case 'construct':
      return `${typeName(expression.type)}(${list(expression.operands)})`;
    case 'builtin':
      return `${expression.name}(${list(expression.operands)})`;
    case 'arrayLength':
      return `arrayLength(&${placeText(context, expression.place)})`;
    case 'call': {
      const passed = expression.arguments.map((argument) =>
        argument.kind === 'value' ? of(argument.value) : pointerText(context, argument.place),
      );
      return `${context.nameOf(expression.target.name)}(${passed.join(', ')})`;
    }
  }
}

/** What points at a place. */
export function pointerText(context: PrintContext, place: Place): string {
  return place.kind === 'pointee' ? context.nameOf(place.pointer.name) : `&${placeText(context, place)}`;
}

/** A place as what can be read, assigned to or pointed at. */
export function placeText(context: PrintContext, place: Place): string {
  switch (place.kind) {
    case 'variable':
      return context.nameOf(place.variable.name);
    case 'pointee':
      return `(*${context.nameOf(place.pointer.name)})`;
    case 'table':
      return context.tableName(place.table);
    case 'member': {
      const { object, index } = place;
      return `${placeText(context, object)}.${object.type.kind === 'struct' ? object.type.members[index]!.name : index}`;
    }
    case 'component':
      return `${placeText(context, place.object)}.${'xyzw'.charAt(place.lane)}`;
    case 'element':
      return `${placeText(context, place.object)}[${expressionText(context, place.index)}]`;
  }
}

/** A constant, each number as what rounds nowhere. */
export function constantText(value: Constant): string {
  const { type, lanes } = value;
  if (type.kind === 'scalar') return literalText(lanes[0]!, type.name);
  if (type.kind === 'vector') {
    const [first] = lanes;
    const alike = lanes.every((lane) => Object.is(lane, first));
    const texts = (alike ? [first!] : lanes).map((lane) => literalText(lane, elementOf(type)));
    return `${typeName(type)}(${texts.join(', ')})`;
  }
  const count = type.kind === 'array' ? (type.count ?? 0) : type.kind === 'struct' ? type.members.length : 0;
  const parts = Array.from({ length: count }, (_, index) => constantText(constantPart(value, index)));
  return `${typeName(type)}(${parts.join(', ')})`;
}
