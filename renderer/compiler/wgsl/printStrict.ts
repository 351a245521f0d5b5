import { CompileFault } from '../CompileFault.js';
import { InvariantError } from '../../../protocol/errors.js';
import { alignOf, sizeOf } from '../tree/layout.js';
import type { Constant, Expression, FunctionTree, KernelTree, Statement, Variable } from '../tree/tree.js';
import { typeOfParameter } from '../tree/tree.js';
import type { StructType } from '../tree/types.js';
import { typeName } from '../tree/types.js';
import { GUESSING } from './definitions.js';
import { expandBuiltins } from './expandBuiltins.js';
import type { Exposed } from './exposedResults.js';
import { exposedResults } from './exposedResults.js';
import { constantText } from './printExpression.js';
import type { StatementContext } from './printStatements.js';
import { statementLines } from './printStatements.js';

/** The zero that no compiler can know: 16 zero bytes, which the host binds as a uniform buffer. */
export const ZEROS = {
  group: 1,
  binding: 0,
  declaration: '@group(1) @binding(0) var<uniform> strict_zeros: vec4<u32>;',
};

/** Functions whose result no float operation can be merged with. */
export const HIDING: ReadonlySet<string> = new Set([1, 2, 3, 4].map((size) => `strict_hide${size}`));

/** A float made of its bits and a zero. */
const HIDE = [
  'var<private> strict_zero: u32;',
  'fn strict_hide1(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) ^ strict_zero); }',
  ...[2, 3, 4].map(
    (size) =>
      `fn strict_hide${size}(x: vec${size}<f32>) -> vec${size}<f32> ` +
      `{ return bitcast<vec${size}<f32>>(bitcast<vec${size}<u32>>(x) ^ vec${size}<u32>(strict_zero)); }`,
  ),
];

/** Names that the printed text needs: a kernel's own of the same name are written otherwise. */
const NEEDED = new Set([
  ...['min', 'max', 'abs', 'sign', 'floor', 'ceil', 'trunc', 'round', 'sqrt', 'select', 'any', 'all', 'dot', 'bitcast'],
  ...['arrayLength', 'countOneBits', 'countLeadingZeros', 'countTrailingZeros', 'firstLeadingBit', 'firstTrailingBit'],
  ...['reverseBits', 'extractBits', 'insertBits', 'f32', 'i32', 'u32', 'bool', 'vec2', 'vec3', 'vec4', 'array', 'ptr'],
]);

/**
 * Prints a kernel as strict WGSL: text whose float results no compiler can fuse, reassociate, distribute, approximate
 * or fold, so that every device computes what WebAssembly does. Expands the tree's functions on the way: a tree is
 * printed once.
 * @param leaveExposed for tests: a result that is not hidden though something could be merged with it.
 */
export function printStrict(given: KernelTree, leaveExposed: (index: number) => boolean = () => false): string {
  const tree = expandBuiltins(given);
  const exposed = [...exposedResults(tree, { guessing: GUESSING, hiding: HIDING })];
  const hidden = new Set<Exposed>(exposed.filter((_, index) => !leaveExposed(index)));
  const tables = new Map<Constant, string>();
  const context: StatementContext = {
    nameOf: (name) => (NEEDED.has(name) ? `strict_the_${name}` : name),
    tableName(table) {
      const known = tables.get(table) ?? `strict_table${tables.size}`;
      tables.set(table, known);
      return known;
    },
    isHidden: (expression: Expression) => hidden.has(expression as Exposed),
    isHiddenAssignment: (statement: Statement) => hidden.has(statement as Exposed),
  };
  const functions = tree.declarations
    .filter((declaration) => declaration.kind === 'function')
    .map((each) => functionText(context, tree, each));
  const variables = tree.declarations
    .filter((declaration) => declaration.kind === 'variable')
    .map(({ variable }) => variableText(context, variable));
  const constants = [...tables].map(([table, name]) => `const ${name} = ${constantText(table)};`);
  refuseStrictNames(given);
  return (
    [ZEROS.declaration, ...HIDE, ...tree.structs.map(structText), ...variables, ...constants, ...functions].join('\n') +
    '\n'
  );
}

/** Names that begin as those of the printed text are its own. */
function refuseStrictNames(tree: KernelTree): void {
  const named = [
    ...tree.declarations.map((each) => (each.kind === 'function' ? each : each.variable)),
    ...tree.structs.map(({ name }) => ({ name, position: undefined })),
  ];
  for (const { name, position } of named)
    if (name.startsWith('strict_'))
      throw new CompileFault(`the name ${name}, which strict WGSL keeps for itself`, position);
}

/** A struct whose members lie where they lay, with attributes where WGSL would place them elsewhere by itself. */
function structText({ name, members, align, size }: StructType): string {
  const natural = Math.max(...members.map(({ type }) => alignOf(type)));
  const lines = members.map(({ name: member, type, offset }, index) => {
    const end = members[index + 1]?.offset ?? size;
    const nextAlign = index + 1 < members.length ? alignOf(members[index + 1]!.type) : align;
    const ends = Math.ceil((offset + sizeOf(type)) / nextAlign) * nextAlign;
    const attributes = [
      ...(index === 0 && align > natural ? [`@align(${align}) `] : []),
      ...(ends === end ? [] : [`@size(${end - offset}) `]),
    ];
    return `  ${attributes.join('')}${member}: ${typeName(type)},`;
  });
  return [`struct ${name} {`, ...lines, '}'].join('\n');
}

function variableText(context: StatementContext, variable: Variable): string {
  const { name, type, space, writable, binding, initial } = variable;
  const declared = `${context.nameOf(name)}: ${typeName(type)}`;
  if (space === 'storage')
    return `@group(0) @binding(${String(binding)}) var<storage, ${writable ? 'read_write' : 'read'}> ${declared};`;
  if (initial !== undefined && initial.kind !== 'constant')
    throw new InvariantError({ what: `initial value of ${name}`, expected: 'a constant', actual: initial.kind });
  return `var<private> ${declared}${initial === undefined ? '' : ` = ${constantText(initial)}`};`;
}

function functionText(context: StatementContext, tree: KernelTree, target: FunctionTree): string {
  const { name, parameters, result, body } = target;
  const isEntry = tree.entry === target;
  const listed = parameters.map((parameter) => {
    const own = parameter.kind === 'local' ? parameter.local.name : parameter.pointer.name;
    const attribute = isEntry ? '@builtin(global_invocation_id) ' : '';
    return `${attribute}${context.nameOf(own)}: ${typeName(typeOfParameter(parameter))}`;
  });
  const attributes = isEntry ? `@compute @workgroup_size(${tree.workgroup.join(', ')})\n` : '';
  const returns = result.kind === 'void' ? '' : ` -> ${typeName(result)}`;
  const lines = statementLines(context, body);
  if (isEntry) lines.unshift('  strict_zero = strict_zeros.x;');
  return [`${attributes}fn ${context.nameOf(name)}(${listed.join(', ')})${returns} {`, ...lines, '}'].join('\n');
}
