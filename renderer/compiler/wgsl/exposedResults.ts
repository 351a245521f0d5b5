import type { Expression, FunctionTree, KernelTree, Local, Place, Pointer, Statement, Variable } from '../tree/tree.js';
import type { LaneType, Type } from '../tree/types.js';
import { elementOf, isLanes } from '../tree/types.js';

// What a compiler could merge: a float result that another float operation sees. A product and a sum fuse, products of
// sums distribute, sums reassociate, a comparison of a difference becomes one of its operands, a floor behind a sum
// becomes another rounding. Whoever consumes a result says which kinds it must not see; what names, members and results
// of functions stand for collects the demands of all their readers, until nothing is added.

/** What a float result visibly is to a compiler; 0 is nothing that it could merge. */
const [PRODUCT, SUM, INTEGRAL] = [1, 2, 4];

/** What carries a float from where it is made to where it is read. Members of structs go by their names. */
type Carrier = Local | Variable | Pointer | FunctionTree | string;

/** A result that something sees which must not: of an expression, or of an assignment with an operator. */
export type Exposed = (Expression & { kind: 'binary' | 'builtin' }) | (Statement & { kind: 'assign' });

export interface ExposureOptions {
  /** Functions that need no more than a guess: nothing in them is exposed. */
  guessing: ReadonlySet<string>;
  /** Functions whose result nothing can be merged with, whatever they are given. */
  hiding: ReadonlySet<string>;
}

/** The float results of a kernel that a compiler could merge with what consumes them. */
export function exposedResults(tree: KernelTree, options: ExposureOptions): Set<Exposed> {
  return new ExposureAnalysis(tree, options).run();
}

const isFloat = (type: Type): type is LaneType => isLanes(type) && elementOf(type) === 'f32';

class ExposureAnalysis {
  readonly #functions: FunctionTree[];
  readonly #guessing: ReadonlySet<string>;
  readonly #hiding: ReadonlySet<string>;
  readonly #demands = new Map<Carrier, number>();
  #changed = false;
  #exposed = new Set<Exposed>();

  constructor(tree: KernelTree, { guessing, hiding }: ExposureOptions) {
    this.#functions = tree.declarations.filter((declaration) => declaration.kind === 'function');
    this.#guessing = guessing;
    this.#hiding = hiding;
  }

  run(): Set<Exposed> {
    do {
      this.#changed = false;
      this.#exposed = new Set();
      for (const target of this.#functions)
        if (!this.#guessing.has(target.name) && !this.#hiding.has(target.name)) this.#statements(target.body, target);
    } while (this.#changed);
    return this.#exposed;
  }

  #demandOn(carrier: Carrier | undefined): number {
    return carrier === undefined ? 0 : (this.#demands.get(carrier) ?? 0);
  }

  #want(carrier: Carrier | undefined, kinds: number): void {
    if (carrier === undefined) return;
    const before = this.#demandOn(carrier);
    if ((before | kinds) === before) return;
    this.#demands.set(carrier, before | kinds);
    this.#changed = true;
  }

  /** A pointer and what it points at carry the same floats. */
  #link(a: Carrier | undefined, b: Carrier | undefined): void {
    this.#want(a, this.#demandOn(b));
    this.#want(b, this.#demandOn(a));
  }

  #statements(statements: readonly Statement[], within: FunctionTree): void {
    for (const statement of statements) this.#statement(statement, within);
  }

  #statement(statement: Statement, within: FunctionTree): void {
    switch (statement.kind) {
      case 'let':
        return this.#visit(statement.value, this.#demandOn(statement.local));
      case 'var':
        if (statement.variable.initial !== undefined)
          this.#visit(statement.variable.initial, this.#demandOn(statement.variable));
        return;
      case 'pointer':
        this.#indices(statement.place);
        return this.#link(statement.pointer, carrierOf(statement.place));
      case 'assign':
        return this.#assignment(statement);
      case 'evaluate':
        return this.#visit(statement.value, 0);
      case 'if':
        this.#visit(statement.condition, 0);
        this.#statements(statement.body, within);
        return this.#statements(statement.otherwise ?? [], within);
      case 'loop': {
        const { initial, condition, body, continuing, breakIf } = statement.loop;
        if (initial !== undefined) this.#statement(initial, within);
        if (condition !== undefined) this.#visit(condition, 0);
        this.#statements(body, within);
        this.#statements(continuing, within);
        if (breakIf !== undefined) this.#visit(breakIf, 0);
        return;
      }
      case 'switch':
        this.#visit(statement.selector, 0);
        for (const { body } of statement.cases) this.#statements(body, within);
        return;
      case 'return':
        if (statement.value !== undefined) this.#visit(statement.value, this.#demandOn(within));
        return;
      case 'block':
        return this.#statements(statement.body, within);
      case 'break':
      case 'continue':
    }
  }

  #assignment(statement: Statement & { kind: 'assign' }): void {
    const { place, operator, value } = statement;
    const carrier = carrierOf(place);
    this.#indices(place);
    if (operator === '=' || !isFloat(place.type)) return this.#visit(value, this.#demandOn(carrier));
    const { kind, sees } = operationOf(operator);
    this.#want(carrier, sees);
    this.#visit(value, sees);
    if ((kind & this.#demandOn(carrier)) !== 0) this.#exposed.add(statement);
  }

  /** An expression, and the kinds that its consumer must not see in it. */
  #visit(expression: Expression, demand: number): void {
    switch (expression.kind) {
      case 'constant':
        return;
      case 'local':
        return this.#want(expression.local, demand);
      case 'load':
        this.#indices(expression.place);
        return this.#want(carrierOf(expression.place), demand);
      case 'unary':
        return this.#visit(expression.operand, expression.operator === '-' ? demand : 0);
      case 'binary':
        return this.#binary(expression, demand);
      case 'shortCircuit':
        this.#visit(expression.left, 0);
        return this.#visit(expression.right, 0);
      case 'swizzle':
        return this.#visit(expression.object, demand);
      case 'member':
        this.#want(memberCarrier(expression.object.type, expression.index), demand);
        return this.#visit(expression.object, 0);
      case 'element':
        this.#visit(expression.object, demand);
        return this.#visit(expression.index, 0);
      case 'splat':
        return this.#visit(expression.operand, demand);
      case 'convert':
        // To an integer, which is a kind of floor.
        return this.#visit(expression.operand, isFloat(expression.operand.type) ? SUM : 0);
      case 'bitcast':
        return this.#visit(expression.operand, 0);
      case 'construct':
        return expression.operands.forEach((operand, index) =>
          this.#visit(
            operand,
            expression.type.kind === 'struct' ? this.#demandOn(memberCarrier(expression.type, index)) : demand,
          ),
        );
      case 'builtin':
        return this.#builtin(expression, demand);
      case 'arrayLength':
        return this.#indices(expression.place);
      case 'call':
        return this.#call(expression, demand);
    }
  }

  #binary(expression: Expression & { kind: 'binary' }, demand: number): void {
    const { operator, left, right } = expression;
    const floats = isFloat(left.type);
    const { kind, sees } = floats ? operationOf(operator) : { kind: 0, sees: 0 };
    this.#visit(left, sees);
    this.#visit(right, sees);
    if ((kind & demand) !== 0) this.#exposed.add(expression);
  }

  #builtin(expression: Expression & { kind: 'builtin' }, demand: number): void {
    const { name, operands } = expression;
    const floats = isFloat(expression.type) || isFloat(operands[0]!.type);
    const [kind, sees] = !floats ? [0, 0] : (BUILTINS.get(name) ?? [0, demand]);
    for (const operand of operands) this.#visit(operand, isFloat(operand.type) ? sees : 0);
    if ((kind & demand) !== 0) this.#exposed.add(expression);
  }

  #call(expression: Expression & { kind: 'call' }, demand: number): void {
    const { target } = expression;
    this.#want(target, demand);
    expression.arguments.forEach((argument, index) => {
      const parameter = target.parameters[index]!;
      if (argument.kind === 'value')
        return this.#visit(
          argument.value,
          parameter.kind === 'local' && !this.#hiding.has(target.name) ? this.#demandOn(parameter.local) : 0,
        );
      this.#indices(argument.place);
      if (parameter.kind === 'pointer') this.#link(parameter.pointer, carrierOf(argument.place));
    });
  }

  /** What is computed to find a place. */
  #indices(place: Place): void {
    if (place.kind === 'element') this.#visit(place.index, 0);
    if (place.kind === 'member' || place.kind === 'component' || place.kind === 'element') this.#indices(place.object);
  }
}

/** What the result of an operator is, and what its operands must not be, on floats. */
function operationOf(operator: string): { kind: number; sees: number } {
  if (operator === '+' || operator === '-') return { kind: SUM, sees: PRODUCT | SUM | INTEGRAL };
  // Comparisons make no float.
  return { kind: '*/%'.includes(operator) ? PRODUCT : 0, sees: PRODUCT | SUM };
}

/** The same of built-in functions; what is not named passes on what is asked of it (`min`, `abs`, `select`). */
const BUILTINS: ReadonlyMap<string, readonly [kind: number, sees: number]> = new Map([
  ...['floor', 'ceil', 'trunc', 'round'].map((name) => [name, [INTEGRAL, SUM]] as const),
  ['sqrt', [PRODUCT, PRODUCT | SUM]],
  ['sign', [0, PRODUCT | SUM]],
]);

function memberCarrier(type: Type, index: number): string | undefined {
  return type.kind === 'struct' ? `${type.name}.${type.members[index]!.name}` : undefined;
}

/** What carries the floats of a place; undefined for constants. */
function carrierOf(place: Place): Carrier | undefined {
  switch (place.kind) {
    case 'variable':
      return place.variable;
    case 'pointee':
      return place.pointer;
    case 'member':
      return memberCarrier(place.object.type, place.index);
    case 'component':
    case 'element':
      return carrierOf(place.object);
    case 'table':
      return undefined;
  }
}
