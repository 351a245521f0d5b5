import type { Argument, Expression, FunctionTree, Place, Statement } from './tree.js';

/** Replaces an expression whose parts were mapped before. */
type MapExpression = (expression: Expression) => Expression;

/** An expression with every expression in it mapped, the innermost first. */
export function mapExpression(expression: Expression, map: MapExpression): Expression {
  const of = (inner: Expression): Expression => mapExpression(inner, map);
  switch (expression.kind) {
    case 'constant':
    case 'local':
      return map(expression);
    case 'load':
    case 'arrayLength':
      return map({ ...expression, place: mapPlace(expression.place, map) });
    case 'unary':
    case 'splat':
    case 'convert':
    case 'bitcast':
      return map({ ...expression, operand: of(expression.operand) });
    case 'binary':
    case 'shortCircuit':
      return map({ ...expression, left: of(expression.left), right: of(expression.right) });
    case 'swizzle':
    case 'member':
      return map({ ...expression, object: of(expression.object) });
    case 'element':
      return map({ ...expression, object: of(expression.object), index: of(expression.index) });
    case 'construct':
    case 'builtin':
      return map({ ...expression, operands: expression.operands.map(of) });
    case 'call':
      return map({
        ...expression,
        arguments: expression.arguments.map((argument): Argument =>
          argument.kind === 'value'
            ? { kind: 'value', value: of(argument.value) }
            : { kind: 'pointer', place: mapPlace(argument.place, map) },
        ),
      });
  }
}

/** A place with the expressions in it mapped. */
export function mapPlace(place: Place, map: MapExpression): Place {
  switch (place.kind) {
    case 'variable':
    case 'pointee':
    case 'table':
      return place;
    case 'member':
    case 'component':
      return { ...place, object: mapPlace(place.object, map) };
    case 'element':
      return { ...place, object: mapPlace(place.object, map), index: mapExpression(place.index, map) };
  }
}

/** Statements with the expressions in them mapped. `mapStatement` replaces a statement that was mapped. */
export function mapStatements(
  statements: readonly Statement[],
  map: MapExpression,
  mapStatement: (statement: Statement) => Statement = (statement) => statement,
): Statement[] {
  const list = (inner: Statement[]): Statement[] => mapStatements(inner, map, mapStatement);
  const of = (expression: Expression): Expression => mapExpression(expression, map);
  const one = (statement: Statement): Statement => {
    switch (statement.kind) {
      case 'let':
      case 'evaluate':
        return { ...statement, value: of(statement.value) };
      case 'pointer':
        return { ...statement, place: mapPlace(statement.place, map) };
      case 'var': {
        // The variable keeps its identity: places name it.
        const { variable } = statement;
        if (variable.initial !== undefined) variable.initial = of(variable.initial);
        return statement;
      }
      case 'assign':
        return { ...statement, place: mapPlace(statement.place, map), value: of(statement.value) };
      case 'if':
        return {
          ...statement,
          condition: of(statement.condition),
          body: list(statement.body),
          otherwise: statement.otherwise && list(statement.otherwise),
        };
      case 'loop': {
        const { initial, condition, body, continuing, breakIf } = statement.loop;
        return {
          ...statement,
          loop: {
            initial: initial && list([initial])[0],
            condition: condition && of(condition),
            body: list(body),
            continuing: list(continuing),
            breakIf: breakIf && of(breakIf),
          },
        };
      }
      case 'switch':
        return {
          ...statement,
          selector: of(statement.selector),
          cases: statement.cases.map((each) => ({ ...each, body: list(each.body) })),
        };
      case 'return':
        return { ...statement, value: statement.value && of(statement.value) };
      case 'block':
        return { ...statement, body: list(statement.body) };
      case 'break':
      case 'continue':
        return statement;
    }
  };
  return statements.map((statement) => mapStatement(one(statement)));
}

/** Maps the expressions of a function's body, where it stands. */
export function mapFunction(
  target: FunctionTree,
  map: MapExpression,
  mapStatement?: (statement: Statement) => Statement,
): void {
  target.body = mapStatements(target.body, map, mapStatement);
}
