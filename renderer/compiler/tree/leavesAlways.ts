import type { Statement } from '../syntax/syntax.js';

/** Whether a list of statements never runs to its end: it returns on every path, or loops forever. */
export function leavesAlways(statements: Statement[]): boolean {
  return statements.some((statement) => {
    switch (statement.kind) {
      case 'return':
        return true;
      case 'block':
        return leavesAlways(statement.body);
      case 'if':
        return statement.otherwise !== undefined && leavesAlways(statement.body) && leavesAlways(statement.otherwise);
      case 'switch':
        return statement.cases.every((each) => leavesAlways(each.body) && !breaks(each.body));
      case 'loop':
        return statement.breakIf === undefined && !breaks(statement.body);
      case 'for':
        return statement.condition === undefined && !breaks(statement.body);
      default:
        return false;
    }
  });
}

/** Whether a `break` in these statements leaves the loop or switch that they are the body of. */
function breaks(statements: Statement[]): boolean {
  return statements.some((statement) => {
    switch (statement.kind) {
      case 'break':
        return true;
      case 'block':
        return breaks(statement.body);
      case 'if':
        return breaks(statement.body) || (statement.otherwise !== undefined && breaks(statement.otherwise));
      default:
        return false;
    }
  });
}
