import { InvariantError } from '../../../protocol/errors.js';
import type { Position } from '../Position.js';
import { parseModule } from '../syntax/parseModule.js';
import { checkKernel } from '../tree/checkKernel.js';
import { mapFunction } from '../tree/mapTree.js';
import { splatConstant } from '../tree/promote.js';
import type { Expression, FunctionTree, KernelTree, Statement } from '../tree/tree.js';
import type { LaneType } from '../tree/types.js';
import { elementOf, isLanes, laneCount, lanes } from '../tree/types.js';
import { DEFINITIONS, GUESSING } from './definitions.js';

/** Built-in functions of floats that become calls of what defines them; the others are exact on every device. */
const DEFINED: ReadonlyMap<string, string> = new Map(
  [
    ...['inverseSqrt', 'fract', 'clamp', 'saturate', 'step', 'mix', 'smoothstep', 'degrees', 'radians', 'dot', 'cross'],
    ...['length', 'distance', 'normalize', 'reflect', 'refract', 'faceForward'],
  ].map((name) => [name, `strict_${name}`]),
);

/**
 * Puts the definitions of the kernels' README in place of what WGSL lets devices round as they like: `/`, `%`, roots
 * and the built-in functions of floats. Changes the tree's functions and adds those that define; the results of the
 * kernel stay what they are, to the bit.
 */
export function expandBuiltins(tree: KernelTree): KernelTree {
  const definitions = new Map<string, FunctionTree>();
  const text = { name: 'definitions', text: DEFINITIONS, begin: 0 as Position };
  for (const declaration of checkKernel(parseModule([text])).declarations)
    if (declaration.kind === 'function') definitions.set(declaration.name, declaration);
  const used = new Set<FunctionTree>();

  /** Adds a definition behind those that it calls. */
  const use = (definition: FunctionTree): void => {
    if (used.has(definition)) return;
    if (!GUESSING.has(definition.name)) expand(definition);
    definition.callees.forEach(use);
    used.add(definition);
  };
  const expand = (target: FunctionTree): void => {
    const call = (name: string, operands: Expression[], { position }: { position: Position }): Expression => {
      const definition = definitions.get(name);
      if (definition === undefined)
        throw new InvariantError({ what: 'definition of a function', expected: 'one that is there', actual: name });
      target.callees.push(definition);
      use(definition);
      const passed = operands.map((value) => ({ kind: 'value' as const, value }));
      return { kind: 'call', target: definition, arguments: passed, type: definition.result, position };
    };
    mapFunction(
      target,
      (expression) => expanded(expression, call),
      (statement) => expandedAssignment(statement, call),
    );
  };
  for (const declaration of tree.declarations) if (declaration.kind === 'function') expand(declaration);
  return { ...tree, declarations: [...used, ...tree.declarations] };
}

type Call = (name: string, operands: Expression[], at: { position: Position }) => Expression;

function expanded(expression: Expression, call: Call): Expression {
  if (expression.kind === 'constant') return expression;
  const { type } = expression;
  if (expression.kind === 'binary' && (expression.operator === '/' || expression.operator === '%'))
    return elementOf(type as LaneType) === 'f32' ? quotient(expression, call) : expression;
  if (expression.kind !== 'builtin') return expression;
  const { name, operands } = expression;
  if (name.startsWith('unpack')) return call(`strict_${name}`, operands, expression);
  const [first] = operands;
  if (!isLanes(first!.type) || elementOf(first!.type) !== 'f32') return expression;
  const size = laneCount(first!.type);
  if (name === 'sqrt') return call(`strict_root${size}`, operands, expression);
  const defined = DEFINED.get(name);
  if (defined === undefined) return expression;
  const widened = name === 'refract' ? operands : operands.map((operand) => widen(operand, size, expression.position));
  return call(`${defined}${size}`, widened, expression);
}

function quotient(expression: Expression & { kind: 'binary' }, call: Call): Expression {
  const { operator, left, right, type, position } = expression;
  const size = laneCount(type as LaneType);
  const operands = [left, right].map((operand) => widen(operand, size, position));
  return call(`${operator === '/' ? 'strict_divide' : 'strict_remainder'}${size}`, operands, expression);
}

function widen(operand: Expression, size: number, position: Position): Expression {
  if (laneCount(operand.type as LaneType) === size) return operand;
  if (operand.kind === 'constant') return splatConstant(operand, size);
  return { kind: 'splat', operand, type: lanes(size, elementOf(operand.type as LaneType)), position };
}

/** `x /= y` becomes `x = x / y`, with the division defined. */
function expandedAssignment(statement: Statement, call: Call): Statement {
  if (statement.kind !== 'assign' || (statement.operator !== '/' && statement.operator !== '%')) return statement;
  const { place, operator, value, position } = statement;
  if (!isLanes(place.type) || elementOf(place.type) !== 'f32') return statement;
  const left: Expression = { kind: 'load', place, type: place.type, position };
  const divided = quotient({ kind: 'binary', operator, left, right: value, type: place.type, position }, call);
  return { ...statement, operator: '=', value: divided };
}
