import { zeroOf } from '../tree/promote.js';
import { sizeOf, slotsOf } from '../tree/layout.js';
import type { Expression, Loop, Statement, Variable } from '../tree/tree.js';
import type { Type } from '../tree/types.js';
import { holdsArray } from '../tree/types.js';
import { evaluate, locate } from './expressions.js';
import type { FunctionBuilder } from './FunctionBuilder.js';
import type { FunctionContext } from './FunctionContext.js';
import { runtime } from './lanes.js';
import { applyBinary } from './operators.js';
import { load, store } from './places.js';
import type { Place } from './values.js';
import type { WasmKernel } from './WasmKernel.js';

/** Up to this many bytes, an array is zeroed by stores in a row. */
const UNROLLED_ZERO_BYTES = 256;

/** Emits statements into the current block. */
export function emitStatements(context: FunctionContext, statements: Statement[]): void {
  for (const statement of statements) emitStatement(context, statement);
}

function emitStatement(context: FunctionContext, statement: Statement): void {
  const { builder } = context;
  const { module: m } = builder;
  builder.position = statement.position;
  switch (statement.kind) {
    case 'let': {
      const value = evaluate(context, statement.value);
      return void context.values.set(statement.local, runtime(builder, value));
    }
    case 'pointer':
      return void context.pointers.set(statement.pointer, locate(context, statement.place));
    case 'var':
      return declare(context, statement.variable);
    case 'assign':
      return assign(context, statement);
    case 'evaluate':
      return void evaluate(context, statement.value);
    case 'block':
      return emitStatements(context, statement.body);
    case 'if': {
      const condition = conditionOf(context, statement.condition);
      const body = builder.nested(() => emitStatements(context, statement.body));
      const otherwise = statement.otherwise && builder.nested(() => emitStatements(context, statement.otherwise!));
      return builder.emit(m.if(condition, body, otherwise));
    }
    case 'loop':
      return emitLoop(context, statement.loop);
    case 'switch':
      return emitSwitch(context, statement);
    case 'break':
      return builder.emit(m.br(context.targets.at(-1)!.breakTo));
    case 'continue':
      return builder.emit(m.br(context.targets.findLast(({ continueTo }) => continueTo !== undefined)!.continueTo!));
    case 'return':
      return context.leave(statement.value && evaluate(context, statement.value));
  }
}

function conditionOf(context: FunctionContext, condition: Expression): number {
  return runtime(context.builder, evaluate(context, condition)).parts[0]!.read();
}

/** A new variable that holds its initial value: in registers, or in memory when it holds an array. */
function declare(context: FunctionContext, variable: Variable): void {
  const { builder, kernel } = context;
  const { type, initial, position } = variable;
  const value = initial === undefined ? undefined : evaluate(context, initial);
  let place: Place;
  if (holdsArray(type)) place = kernel.staticPlace(variable, variable);
  else {
    const registers = slotsOf(type).map((slot) => builder.local(slot.type));
    place = { kind: 'registers', type, registers, space: 'function' };
  }
  context.variables.set(variable, place);
  if (value === undefined && place.kind === 'memory') fillWithZero(context, place.offset, type);
  else store(kernel, builder, place, value ?? zeroOf(type, position));
}

/** Sets the memory of an array, `offset` bytes from the static base, to zero. */
export function fillWithZero(
  { builder, kernel }: { builder: FunctionBuilder; kernel: WasmKernel },
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
  const { builder, kernel } = context;
  const { operator } = statement;
  const place = locate(context, statement.place);
  const given = evaluate(context, statement.value);
  builder.position = statement.position;
  const value = operator === '=' ? given : applyBinary(builder, operator, load(kernel, builder, place), given);
  store(kernel, builder, place, value);
}

function emitLoop(context: FunctionContext, loop: Loop): void {
  const { builder } = context;
  const { module: m } = builder;
  if (loop.initial !== undefined) emitStatement(context, loop.initial);
  const breakTo = builder.label('break');
  const again = builder.label('again');
  const continueTo = builder.label('continue');
  const iteration = builder.nested(() => {
    if (loop.condition !== undefined) builder.emit(m.br(breakTo, m.i32.eqz(conditionOf(context, loop.condition))));
    const inner = { ...context, targets: [...context.targets, { breakTo, continueTo }] };
    builder.emit(builder.nested(() => emitStatements(inner, loop.body), continueTo));
    emitStatements(context, loop.continuing);
    if (loop.breakIf !== undefined) builder.emit(m.br(breakTo, conditionOf(context, loop.breakIf)));
    builder.emit(m.br(again));
  });
  builder.emit(m.block(breakTo, [m.loop(again, iteration)]));
}

/** A switch as a chain of comparisons; WGSL's cases do not fall through. */
function emitSwitch(context: FunctionContext, statement: Statement & { kind: 'switch' }): void {
  const { builder } = context;
  const { module: m } = builder;
  const selector = runtime(builder, evaluate(context, statement.selector)).parts[0]!;
  const breakTo = builder.label('break');
  const inner = { ...context, targets: [...context.targets, { breakTo, continueTo: undefined }] };
  const bodyOf = (body: Statement[]) => builder.nested(() => emitStatements(inner, body));
  const chain = statement.cases
    .filter(({ isDefault }) => !isDefault)
    .reduceRight(
      (otherwise, { values, body }) => {
        const equal = values
          .map((value) => m.i32.eq(selector.read(), m.i32.const(Number(BigInt.asIntN(32, value)))))
          .reduce((a, b) => m.i32.or(a, b));
        return m.if(equal, bodyOf(body), otherwise);
      },
      bodyOf(statement.cases.find(({ isDefault }) => isDefault)!.body),
    );
  builder.emit(m.block(breakTo, [chain]));
}
