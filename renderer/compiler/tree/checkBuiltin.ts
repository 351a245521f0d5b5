import { CompileFault } from '../CompileFault.js';
import type { Position } from '../Position.js';
import { foldBuiltin } from './foldBuiltin.js';
import { commonElement, promote } from './promote.js';
import type { Expression } from './tree.js';
import type { LaneType, ScalarName, Type } from './types.js';
import { BOOL, F32, U32, elementOf, expectLanes, laneCount, lanes, typeName } from './types.js';

/** A call of a built-in function: operands are scalars or vectors, not checked further. */
interface Call {
  name: string;
  operands: Expression[];
  position: Position;
}

/** Checks a call: its operands as the function takes them, and the type of its result. */
type Rule = (call: Call) => { operands: Expression[]; type: Type };

const FLOAT: ScalarName[] = ['f32'];
const INTEGER: ScalarName[] = ['i32', 'u32'];
const NUMERIC: ScalarName[] = ['f32', 'i32', 'u32'];

/** A call of a built-in function of WGSL that the subset knows; undefined for any other name. */
export function checkBuiltin(call: Call): Expression | undefined {
  const rule = RULES.get(call.name);
  if (rule === undefined) return undefined;
  for (const operand of call.operands) expectLanes(operand.type, `${call.name}()`, call.position);
  const folded = foldBuiltin(call.name, call.operands, call.position);
  if (folded !== undefined) return folded;
  return { kind: 'builtin', name: call.name, ...rule(call), position: call.position };
}

function refusal({ name, operands, position }: Call): CompileFault {
  return new CompileFault(`${name}(${operands.map((operand) => typeName(operand.type)).join(', ')})`, position);
}

/**
 * The operands, as many as stated, brought to one scalar out of `allowed` and of equal shapes; operands at the places
 * in `scalars` may be scalars beside vectors.
 */
function matched(call: Call, count: number, allowed: ScalarName[], scalars: number[] = []): Expression[] {
  const { name, operands, position } = call;
  if (operands.length !== count) throw refusal(call);
  let element: ScalarName | undefined = elementOf(operands[0]!.type as LaneType);
  for (const operand of operands)
    element = element === undefined ? undefined : commonElement(element, elementOf(operand.type as LaneType));
  if (element === 'abstract-int') element = allowed.includes('i32') ? 'i32' : 'f32';
  if (element === 'abstract-float') element = 'f32';
  if (element === undefined || !allowed.includes(element)) throw refusal(call);
  const of = element;
  const size = laneCount(operands[0]!.type as LaneType);
  return operands.map((operand, index) => {
    const operandSize = laneCount(operand.type as LaneType);
    if (operandSize !== size && (operandSize !== 1 || !scalars.includes(index))) throw refusal(call);
    return promote(operand, lanes(operandSize, of), `${name}()`, position);
  });
}

/** A function whose result is of its first operand's type. */
function alike(count: number, allowed: ScalarName[], scalars?: number[]): Rule {
  return (call) => {
    const operands = matched(call, count, allowed, scalars);
    return { operands, type: operands[0]!.type };
  };
}

/** A function of vectors; `result` is the type of its result where that is not the first operand's. */
function ofVectors(count: number, allowed: ScalarName[], result?: (vector: LaneType) => Type): Rule {
  return (call) => {
    const operands = matched(call, count, allowed);
    const type = operands[0]!.type as LaneType;
    if (type.kind !== 'vector') throw new CompileFault(`${call.name}(${typeName(type)})`, call.position);
    return { operands, type: result === undefined ? type : result(type) };
  };
}

function toScalar(count: number): Rule {
  return (call) => ({ operands: matched(call, count, FLOAT), type: F32 });
}

const toBool: Rule = (call) => ({ operands: matched(call, 1, ['bool']), type: BOOL });

const cross: Rule = (call) => {
  const checked = ofVectors(2, FLOAT)(call);
  if (laneCount(checked.type as LaneType) !== 3)
    throw new CompileFault(`cross(${typeName(checked.type)})`, call.position);
  return checked;
};

const refract: Rule = (call) => {
  const { operands, type } = ofVectors(2, FLOAT)({ ...call, operands: call.operands.slice(0, 2) });
  if (call.operands.length !== 3) throw refusal(call);
  return { operands: [...operands, promote(call.operands[2]!, F32, 'refract()', call.position)], type };
};

const select: Rule = (call) => {
  const [whenFalse, whenTrue, condition] = call.operands;
  if (call.operands.length !== 3)
    throw new CompileFault(`select() with ${call.operands.length} arguments`, call.position);
  const values = matched({ ...call, operands: [whenFalse!, whenTrue!] }, 2, [...NUMERIC, 'bool']);
  const size = laneCount(condition!.type as LaneType);
  const type = values[0]!.type as LaneType;
  if (elementOf(condition!.type as LaneType) !== 'bool' || (size !== 1 && size !== laneCount(type)))
    throw new CompileFault(`select() by ${typeName(condition!.type)}`, call.position);
  return { operands: [...values, condition!], type };
};

/** The first `count` operands are integers alike, the two behind say where a field of bits lies. */
function bitField(count: number): Rule {
  return (call) => {
    const { name, operands, position } = call;
    if (operands.length !== count + 2) throw new CompileFault(`${name}() with ${operands.length} arguments`, position);
    const integers = matched({ ...call, operands: operands.slice(0, count) }, count, INTEGER);
    const field = operands.slice(count).map((operand) => promote(operand, U32, `${name}()`, position));
    return { operands: [...integers, ...field], type: integers[0]!.type };
  };
}

/** Unpacks a u32 to that many floats. */
function unpack(count: 2 | 4): Rule {
  return (call) => {
    const { name, operands, position } = call;
    if (operands.length !== 1) throw new CompileFault(`${name}() with ${operands.length} arguments`, position);
    return { operands: [promote(operands[0]!, U32, `${name}()`, position)], type: lanes(count, 'f32') };
  };
}

const named = (names: string[], rule: Rule): [string, Rule][] => names.map((name) => [name, rule]);

const RULES = new Map<string, Rule>([
  ...named(['min', 'max'], alike(2, NUMERIC)),
  ...named(['clamp'], alike(3, NUMERIC)),
  ...named(['abs'], alike(1, NUMERIC)),
  ...named(['sign'], alike(1, ['f32', 'i32'])),
  ...named(['select'], select),
  ...named(['any', 'all'], toBool),
  ...named(['sqrt', 'inverseSqrt', 'floor', 'ceil', 'trunc', 'round', 'fract'], alike(1, FLOAT)),
  ...named(['degrees', 'radians', 'saturate'], alike(1, FLOAT)),
  ...named(['step'], alike(2, FLOAT)),
  ...named(['mix'], alike(3, FLOAT, [2])),
  ...named(['smoothstep'], alike(3, FLOAT)),
  ...named(
    ['dot'],
    ofVectors(2, NUMERIC, (vector) => lanes(1, elementOf(vector))),
  ),
  ...named(['cross'], cross),
  ...named(['length'], toScalar(1)),
  ...named(['distance'], toScalar(2)),
  ...named(['normalize'], ofVectors(1, FLOAT)),
  ...named(['reflect'], ofVectors(2, FLOAT)),
  ...named(['faceForward'], ofVectors(3, FLOAT)),
  ...named(['refract'], refract),
  ...named(['countOneBits', 'countLeadingZeros', 'countTrailingZeros'], alike(1, INTEGER)),
  ...named(['firstLeadingBit', 'firstTrailingBit', 'reverseBits'], alike(1, INTEGER)),
  ...named(['extractBits'], bitField(1)),
  ...named(['insertBits'], bitField(2)),
  ...named(['unpack4x8unorm', 'unpack4x8snorm'], unpack(4)),
  ...named(['unpack2x16unorm', 'unpack2x16snorm', 'unpack2x16float'], unpack(2)),
]);
