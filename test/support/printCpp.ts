import { InvariantError } from '../../protocol/errors.js';
import type { KernelSource } from '../../renderer/compiler/SourceText.js';
import { locatingFaults } from '../../renderer/compiler/SourceText.js';
import { parseModule } from '../../renderer/compiler/syntax/parseModule.js';
import { constantPart } from '../../renderer/compiler/tree/checkConstructor.js';
import { checkKernel } from '../../renderer/compiler/tree/checkKernel.js';
import { alignOf } from '../../renderer/compiler/tree/layout.js';
import { laneBits } from '../../renderer/compiler/tree/promote.js';
import type { Constant, Expression, FunctionTree, Place, Statement } from '../../renderer/compiler/tree/tree.js';
import { typeOfParameter } from '../../renderer/compiler/tree/tree.js';
import type { ScalarName, Type } from '../../renderer/compiler/tree/types.js';
import { elementOf, isLanes } from '../../renderer/compiler/tree/types.js';
import { CPP_MAIN, CPP_PRELUDE } from './cppPrelude.js';

/**
 * A kernel of the language as a C++ program, so that a compiler that takes every liberty can play the device. It reads
 * the bindings from the files of a folder and writes those it may write to. `strict_zero` is zero, which only the one who
 * runs it knows.
 */
export function printCpp(source: KernelSource): string {
  return locatingFaults(source, (files) => {
    const { declarations, structs, bindings, entry } = checkKernel(parseModule(files));
    const functions = declarations.filter((each) => each.kind === 'function');
    const privates = declarations.flatMap((each) =>
      each.kind === 'variable' && each.variable.space === 'private' ? [each.variable] : [],
    );
    return [
      CPP_PRELUDE,
      ...structs.map(
        ({ name, members, size }) =>
          `struct ${named(name)} { ${members.map((member) => `alignas(${alignOf(member.type)}) ${typeText(member.type)} ${named(member.name)}; `).join('')}};\n` +
          `static_assert(sizeof(${named(name)}) == ${size});`,
      ),
      ...bindings.map(({ name, type }) =>
        type.kind === 'array' && type.count === undefined
          ? `static Buffer<${typeText(type.element)}> ${named(name)};`
          : `static ${typeText(type)} ${named(name)};`,
      ),
      ...privates.map(({ name, type }) => `static ${typeText(type)} ${named(name)};`),
      ...functions.map((target) => `${headText(target)};`),
      ...functions.map((target) => `${headText(target)} {\n${statementsText(target.body)}}`),
      'static void open(const std::string& folder, u32 count) {',
      ...bindings.map(({ name, type, writable }) =>
        type.kind !== 'array'
          ? `  readOne(folder + "/${name}", ${named(name)});`
          : writable
            ? `  ${named(name)}.allocate(count);`
            : `  ${named(name)}.read(folder + "/${name}");`,
      ),
      '}',
      'static void close(const std::string& folder) {',
      ...bindings.filter(({ writable }) => writable).map(({ name }) => `  ${named(name)}.write(folder + "/${name}");`),
      '}',
      `static void invoke(u32 id) { ${named(entry!.name)}(make<vec<u32, 3>>(id, 0u, 0u)); }`,
      CPP_MAIN,
    ].join('\n');
  });
}

/** No name of a kernel is a word of C++. */
const named = (name: string): string => `${name}_`;

function typeText(type: Type): string {
  switch (type.kind) {
    case 'scalar':
      return type.name;
    case 'vector':
      return `vec<${type.element}, ${type.size}>`;
    case 'array':
      return `Array<${typeText(type.element)}, ${String(type.count)}>`;
    case 'struct':
      return named(type.name);
    case 'pointer':
      return `${typeText(type.target)}*`;
    case 'void':
      return 'void';
  }
}

function headText({ name, parameters, result }: FunctionTree): string {
  const listed = parameters.map((each) => {
    const own = each.kind === 'local' ? each.local.name : each.pointer.name;
    return `${typeText(typeOfParameter(each))} ${named(own)}`;
  });
  return `static ${typeText(result)} ${named(name)}(${listed.join(', ')})`;
}

function laneText(lane: number | bigint, element: ScalarName): string {
  if (element === 'bool') return lane === 0n ? 'false' : 'true';
  if (element === 'u32') return `${String(lane)}u`;
  if (element === 'i32') return `i32(${String(BigInt.asUintN(32, lane as bigint))}u)`;
  const value = lane as number;
  return value === 0 ? '0.0f' : `bitcast<f32>(${laneBits(value, 'f32') >>> 0}u)`;
}

function constantText(value: Constant): string {
  const { type, lanes } = value;
  if (isLanes(type)) {
    const texts = lanes.map((lane) => laneText(lane, elementOf(type)));
    return type.kind === 'scalar' ? texts[0]! : `make<${typeText(type)}>(${texts.join(', ')})`;
  }
  const count = type.kind === 'array' ? type.count! : type.kind === 'struct' ? type.members.length : 0;
  const parts = Array.from({ length: count }, (_, index) => constantText(constantPart(value, index)));
  return type.kind === 'array'
    ? `make<${typeText(type)}>(${parts.join(', ')})`
    : `${typeText(type)}{${parts.join(', ')}}`;
}

const OPERATORS: Readonly<Record<string, string>> = { '/': 'quotient', '%': 'remainder', '<<': 'up', '>>': 'down' };

function text(expression: Expression): string {
  const list = (inner: readonly Expression[]): string => inner.map(text).join(', ');
  switch (expression.kind) {
    case 'constant':
      return constantText(expression);
    case 'local':
      return named(expression.local.name);
    case 'load':
      return placeText(expression.place);
    case 'unary':
      return `(${expression.operator}${text(expression.operand)})`;
    case 'binary': {
      const [left, right] = [text(expression.left), text(expression.right)];
      const called = OPERATORS[expression.operator];
      return called === undefined ? `(${left} ${expression.operator} ${right})` : `${called}(${left}, ${right})`;
    }
    case 'shortCircuit':
      return `(${text(expression.left)} ${expression.operator} ${text(expression.right)})`;
    case 'swizzle':
      return `pick<${expression.lanes.join(', ')}>(${text(expression.object)})`;
    case 'member':
      return `${text(expression.object)}.${memberName(expression.object.type, expression.index)}`;
    case 'element':
      return `${text(expression.object)}[${text(expression.index)}]`;
    case 'splat':
      return `fill<${typeText(expression.type)}>(${text(expression.operand)})`;
    case 'convert':
      return `convert<${isLanes(expression.type) ? elementOf(expression.type) : ''}>(${text(expression.operand)})`;
    case 'bitcast':
      return `bitcast<${typeText(expression.type)}>(${text(expression.operand)})`;
    case 'construct':
      return expression.type.kind === 'struct'
        ? `${typeText(expression.type)}{${list(expression.operands)}}`
        : `make<${typeText(expression.type)}>(${list(expression.operands)})`;
    case 'builtin':
      return `k_${expression.name}(${list(expression.operands)})`;
    case 'arrayLength':
      return `${placeText(expression.place)}.length`;
    case 'call': {
      const passed = expression.arguments.map((argument) =>
        argument.kind === 'value' ? text(argument.value) : `&${placeText(argument.place)}`,
      );
      return `${named(expression.target.name)}(${passed.join(', ')})`;
    }
  }
}

function memberName(type: Type, index: number): string {
  return type.kind === 'struct' ? named(type.members[index]!.name) : '';
}

function placeText(place: Place): string {
  switch (place.kind) {
    case 'variable':
      return named(place.variable.name);
    case 'pointee':
      return `(*${named(place.pointer.name)})`;
    case 'table':
      return constantText(place.table);
    case 'member':
      return `${placeText(place.object)}.${memberName(place.object.type, place.index)}`;
    case 'component':
      return `${placeText(place.object)}[${place.lane}]`;
    case 'element':
      return `${placeText(place.object)}[${text(place.index)}]`;
  }
}

function statementsText(statements: readonly Statement[]): string {
  return statements.map(statementText).join('');
}

function statementText(statement: Statement): string {
  switch (statement.kind) {
    case 'let':
      return `const ${typeText(statement.local.type)} ${named(statement.local.name)} = ${text(statement.value)};\n`;
    case 'pointer':
      return `auto* ${named(statement.pointer.name)} = &${placeText(statement.place)};\n`;
    case 'var': {
      const { name, type, initial } = statement.variable;
      return `${typeText(type)} ${named(name)}${initial === undefined ? '{}' : ` = ${text(initial)}`};\n`;
    }
    case 'assign': {
      const { place, operator, value } = statement;
      if (operator === '=') return `${placeText(place)} = ${text(value)};\n`;
      const called = OPERATORS[operator];
      const given = text(value);
      const target = placeText(place);
      return `${target} = ${called === undefined ? `${target} ${operator} ${given}` : `${called}(${target}, ${given})`};\n`;
    }
    case 'evaluate':
      return `(void)(${text(statement.value)});\n`;
    case 'if': {
      const otherwise = statement.otherwise === undefined ? '' : ` else {\n${statementsText(statement.otherwise)}}`;
      return `if (${text(statement.condition)}) {\n${statementsText(statement.body)}}${otherwise}\n`;
    }
    case 'loop': {
      const { initial, condition, body, continuing, breakIf } = statement.loop;
      if (breakIf !== undefined)
        throw new InvariantError({ what: 'loop as C++', expected: 'none with break if', actual: 'break if' });
      const update = continuing.map((each) => statementText(each).replace(/;\n$/, '')).join(', ');
      const test = condition === undefined ? '' : text(condition);
      return `{\n${initial === undefined ? '' : statementText(initial)}for (; ${test}; ${update}) {\n${statementsText(body)}}\n}\n`;
    }
    case 'return':
      return statement.value === undefined ? 'return;\n' : `return ${text(statement.value)};\n`;
    case 'block':
      return `{\n${statementsText(statement.body)}}\n`;
    case 'break':
    case 'continue':
      return `${statement.kind};\n`;
    case 'switch':
      throw new InvariantError({ what: 'statement as C++', expected: 'what the kernel uses', actual: 'switch' });
  }
}
