import { applyBinary } from './operators.js';
import { evaluate, evaluateAs, evaluateCall, locate } from './expressions.js';
import { zeroValue } from './constructors.js';
import type { FunctionContext } from './FunctionContext.js';
import { CompileFault } from '../CompileFault.js';
import { isRuntimeSized, refuseReserved } from './KernelModule.js';
import { concrete, promote, runtime } from './lanes.js';
import { sizeOf, slotsOf } from '../tree/layout.js';
import { leavesAlways } from '../tree/leavesAlways.js';
import { load, store, storeLane } from './places.js';
import { Scope } from '../tree/Scope.js';
import type { Declaration, Expression, FunctionDeclaration, Statement, SwitchCase } from '../syntax/syntax.js';
import type { Type } from '../tree/types.js';
import { BOOL, holdsArray, typeName } from '../tree/types.js';
import type { Place, Value } from './values.js';
import type { Position } from '../Position.js';

/** Up to this many bytes, an array is zeroed by stores in a row. */
const UNROLLED_ZERO_BYTES = 256;

/** Compiles the body of a function into the current block. */
export function compileBody(context: FunctionContext, declaration: FunctionDeclaration): void {
  if (context.result.kind !== 'void' && !leavesAlways(declaration.body))
    throw new CompileFault(`function ${declaration.name} can end without a return`, declaration.position);
  // Parameters and the body's own variables share one block in WGSL.
  for (const statement of declaration.body) compileStatement(context, statement);
}

/** Statements in a block of their own. */
function compileBlock(context: FunctionContext, statements: Statement[]): void {
  const inner = { ...context, scope: new Scope(context.scope) };
  for (const statement of statements) compileStatement(inner, statement);
}

function compileStatement(context: FunctionContext, statement: Statement): void {
  const { builder } = context;
  const { module: m } = builder;
  switch (statement.kind) {
    case 'declaration':
      return declare(context, statement);
    case 'assign':
      return assign(context, statement);
    case 'ignore':
      return void evaluate(context, statement.value);
    case 'call':
      return void evaluateCall(context, statement.call);
    case 'assert':
      return checkAssertion(context, statement.condition);
    case 'block':
      return compileBlock(context, statement.body);
    case 'if': {
      const condition = conditionOf(context, statement.condition, 'if');
      const body = builder.nested(() => compileBlock(context, statement.body));
      const otherwise =
        statement.otherwise === undefined
          ? undefined
          : builder.nested(() => compileBlock(context, statement.otherwise!));
      return builder.emit(m.if(condition, body, otherwise));
    }
    case 'for': {
      const inner = { ...context, scope: new Scope(context.scope) };
      if (statement.initial !== undefined) compileStatement(inner, statement.initial);
      const update = statement.update === undefined ? [] : [statement.update];
      return compileLoop(inner, {
        condition: statement.condition,
        body: statement.body,
        continuing: update,
        breakIf: undefined,
      });
    }
    case 'while':
      return compileLoop(context, {
        condition: statement.condition,
        body: statement.body,
        continuing: [],
        breakIf: undefined,
      });
    case 'loop':
      return compileLoop(context, {
        condition: undefined,
        body: statement.body,
        continuing: statement.continuing,
        breakIf: statement.breakIf,
      });
    case 'switch':
      return compileSwitch(context, statement);
    case 'break':
      return leaveTo(context, context.targets.at(-1)?.breakTo, statement.position, 'break');
    case 'continue':
      return leaveTo(
        context,
        context.targets.findLast((target) => target.continueTo !== undefined)?.continueTo,
        statement.position,
        'continue',
      );
    case 'return': {
      if ((statement.value === undefined) !== (context.result.kind === 'void'))
        throw new CompileFault(`return of ${typeName(context.result)} expected`, statement.position);
      return context.leave(
        statement.value && evaluateAs(context, statement.value, context.result, 'return'),
        statement.position,
      );
    }
  }
}

function leaveTo(context: FunctionContext, label: string | undefined, position: Position, what: string): void {
  if (label === undefined) throw new CompileFault(`${what} outside a loop`, position);
  context.builder.emit(context.builder.module.br(label));
}

function conditionOf(context: FunctionContext, condition: Expression, what: string): number {
  return runtime(
    context.builder,
    evaluateAs(context, condition, BOOL, `condition of ${what}`),
    condition.position,
  ).parts[0]!.read();
}

function checkAssertion(context: FunctionContext, condition: Expression): void {
  const value = evaluateAs(context, condition, BOOL, 'const_assert');
  if (value.kind !== 'constant') throw new CompileFault('const_assert of what is no constant', condition.position);
  if (value.lanes[0] !== 1n) throw new CompileFault('const_assert does not hold', condition.position);
}

function declare(context: FunctionContext, declaration: Declaration): void {
  const { keyword, name, position } = declaration;
  refuseReserved(name, position);
  const stated = declaration.type === undefined ? undefined : context.kernel.typeOf(declaration.type);
  if (keyword === 'let' && stated === undefined && declaration.value !== undefined) {
    // A `let` may name a pointer: it stands for the same place.
    const operand = locate(context, declaration.value);
    if (operand.kind === 'pointer') return context.scope.declare(name, operand, position);
    const value = operand.kind === 'place' ? load(context.builder, operand.place, position) : operand.value;
    return context.scope.declare(
      name,
      { kind: 'value', value: settled(context, concrete(value, position), position) },
      position,
    );
  }
  const given = declaration.value === undefined ? undefined : evaluate(context, declaration.value);
  const value =
    given === undefined || stated === undefined ? given : promote(given, stated, `${keyword} ${name}`, position);
  if (keyword === 'const') {
    if (value?.kind !== 'constant') throw new CompileFault(`const ${name} of what is no constant`, position);
    return context.scope.declare(name, { kind: 'value', value }, position);
  }
  if (keyword === 'let')
    return context.scope.declare(name, { kind: 'value', value: settled(context, value!, position) }, position);
  const initial = value === undefined ? zeroValue(stated!, position) : concrete(value, position);
  context.scope.declare(name, { kind: 'place', place: variable(context, declaration, initial, position) }, position);
}

/**
 * A run-time value even of a constant: a `let` is no constant expression in WGSL. Arrays stay constants, so that they
 * can be tables.
 */
function settled(context: FunctionContext, value: Value, position: Position): Value {
  return value.type.kind === 'array' && value.kind === 'constant' ? value : runtime(context.builder, value, position);
}

/** A new variable that holds its initial value: in registers, or in memory when it holds an array. */
function variable(context: FunctionContext, declaration: Declaration, initial: Value, position: Position): Place {
  const { builder, kernel } = context;
  const { type } = initial;
  if (isRuntimeSized(type) || type.kind === 'pointer') throw new CompileFault(`var of ${typeName(type)}`, position);
  if (!holdsArray(type)) {
    const registers = slotsOf(type).map((slot) => builder.local(slot.type));
    const place: Place = { kind: 'registers', type, registers, writable: true, space: 'function' };
    store(builder, place, initial, position);
    return place;
  }
  const place: Place = {
    kind: 'memory',
    type,
    base: kernel.staticBase,
    offset: kernel.memory.addressFor(declaration, sizeOf(type)),
    writable: true,
    space: 'function',
  };
  if (declaration.value === undefined) fillWithZero(context, place.offset, type);
  else store(builder, place, initial, position);
  return place;
}

/** Sets the memory of an array, `offset` bytes from the static base, to zero. */
export function fillWithZero(
  { builder, kernel }: Pick<FunctionContext, 'builder' | 'kernel'>,
  offset: number,
  type: Type,
): void {
  const { module: m } = builder;
  const bytes = sizeOf(type);
  if (bytes > UNROLLED_ZERO_BYTES)
    return builder.emit(
      m.memory.fill(m.i32.add(kernel.staticBase(), m.i32.const(offset)), m.i32.const(0), m.i32.const(bytes)),
    );
  // What the compiler hands out is a whole number of 16 bytes.
  for (let at = 0; at < bytes; at += 16)
    builder.emit(m.v128.store(offset + at, 16, kernel.staticBase(), m.v128.const(new Uint8Array(16))));
}

function assign(context: FunctionContext, statement: Statement & { kind: 'assign' }): void {
  const { builder } = context;
  const { target, operator, position } = statement;
  if (target.kind === 'index' && assignLane(context, statement, target)) return;
  const operand = locate(context, target);
  if (operand.kind !== 'place') throw new CompileFault('assignment to what is no variable', position);
  const { place } = operand;
  const given = evaluate(context, statement.value);
  store(
    builder,
    place,
    operator === '=' ? given : applyBinary(builder, operator, load(builder, place, position), given, position),
    position,
  );
}

/** `vector[computed] = value` on a vector in registers, whose lane has no place of its own. */
function assignLane(
  context: FunctionContext,
  statement: Statement & { kind: 'assign' },
  target: Expression & { kind: 'index' },
): boolean {
  const { builder, kernel } = context;
  const { position, operator } = statement;
  if (
    target.object.kind !== 'name' &&
    !(target.object.kind === 'unary' && target.object.operator === '*') &&
    target.object.kind !== 'member'
  )
    return false;
  if (target.index.kind === 'literal') return false;
  let handled = false;
  const code = builder.nested(() => {
    const object = locate(context, target.object);
    if (
      object.kind === 'value' ||
      object.place.kind !== 'registers' ||
      object.place.type.kind !== 'vector' ||
      object.place.lane !== undefined
    )
      return;
    const index = evaluate(context, target.index);
    if (index.kind === 'constant') return;
    handled = true;
    const given = evaluate(context, statement.value);
    if (operator !== '=') throw new CompileFault(`${operator}= on a computed component`, position);
    storeLane(kernel, builder, object.place, index, given, position);
  });
  if (handled) builder.emit(code);
  return handled;
}

interface Loop {
  condition: Expression | undefined;
  body: Statement[];
  continuing: Statement[];
  breakIf: Expression | undefined;
}

function compileLoop(context: FunctionContext, loop: Loop): void {
  const { builder } = context;
  const { module: m } = builder;
  const breakTo = builder.label('break');
  const again = builder.label('again');
  const continueTo = builder.label('continue');
  const iteration = builder.nested(() => {
    if (loop.condition !== undefined)
      builder.emit(m.br(breakTo, m.i32.eqz(conditionOf(context, loop.condition, 'a loop'))));
    // `continuing` sees the names of the body.
    const inner = {
      ...context,
      scope: new Scope(context.scope),
      targets: [...context.targets, { breakTo, continueTo }],
    };
    builder.emit(
      builder.nested(() => loop.body.forEach((statement) => compileStatement(inner, statement)), continueTo),
    );
    const tail = { ...inner, targets: context.targets };
    for (const statement of loop.continuing) compileStatement(tail, statement);
    if (loop.breakIf !== undefined) builder.emit(m.br(breakTo, conditionOf(tail, loop.breakIf, 'break if')));
    builder.emit(m.br(again));
  });
  builder.emit(m.block(breakTo, [m.loop(again, iteration)]));
}

/** A switch as a chain of comparisons; WGSL's cases do not fall through. */
function compileSwitch(context: FunctionContext, statement: Statement & { kind: 'switch' }): void {
  const { builder } = context;
  const { module: m } = builder;
  const { position } = statement;
  const selector = runtime(builder, evaluate(context, statement.selector), position);
  const { type } = selector;
  if (type.kind !== 'scalar' || (type.name !== 'i32' && type.name !== 'u32'))
    throw new CompileFault(`switch on ${typeName(type)}`, position);
  const seen = new Set<bigint>();
  const matches = ({ selectors }: SwitchCase): number[] =>
    selectors.flatMap((each) => {
      if (each === 'default') return [];
      const value = evaluateAs(context, each, type, 'case');
      if (value.kind !== 'constant') throw new CompileFault('case of what is no constant', each.position);
      const lane = value.lanes[0] as bigint;
      if (seen.has(lane)) throw new CompileFault(`second case ${lane}`, each.position);
      seen.add(lane);
      return [Number(BigInt.asIntN(32, lane))];
    });
  const tests = statement.cases.map((each) => ({
    values: matches(each),
    isDefault: each.selectors.includes('default'),
    body: each.body,
  }));
  const defaults = tests.filter(({ isDefault }) => isDefault);
  if (defaults.length !== 1) throw new CompileFault(`switch with ${defaults.length} defaults`, position);

  const breakTo = builder.label('break');
  const inner = { ...context, targets: [...context.targets, { breakTo, continueTo: undefined }] };
  const bodyOf = (body: Statement[]) => builder.nested(() => compileBlock(inner, body));
  const chain = tests
    .filter(({ isDefault }) => !isDefault)
    .reduceRight((otherwise, { values, body }) => {
      const equal = values
        .map((value) => m.i32.eq(selector.parts[0]!.read(), m.i32.const(value)))
        .reduce((a, b) => m.i32.or(a, b));
      return m.if(equal, bodyOf(body), otherwise);
    }, bodyOf(defaults[0]!.body));
  builder.emit(m.block(breakTo, [chain]));
}
