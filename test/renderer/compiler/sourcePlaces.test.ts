import assert from 'node:assert/strict';
import { compileKernel } from '../../../renderer/compiler/compileKernel.js';
import { describeLayout } from '../../../renderer/compiler/describeLayout.js';
import { KernelCompileError } from '../../../renderer/compiler/KernelCompileError.js';
import type { KernelSource, SourceFile } from '../../../renderer/compiler/SourceText.js';
import { joinSource } from '../../../renderer/compiler/SourceText.js';
import { kernelSource } from '../../../renderer/kernels/kernelSource.js';

function refusalOf(compile: () => unknown): KernelCompileError {
  try {
    compile();
  } catch (error) {
    assert.ok(error instanceof KernelCompileError, String(error));
    return error;
  }
  return assert.fail('compiled');
}

const compile = (source: KernelSource): unknown => compileKernel({ source, functions: ['f'], optimize: false });

/** A file between two others, the first of which ends without a line feed. */
const between = (text: string): SourceFile[] => [
  { name: 'first.wgsl', text: 'const ONE = 1.0;\n\n// first' },
  { name: 'second.wgsl', text },
  { name: 'third.wgsl', text: 'fn f() -> f32 { return ONE; }\n' },
];

describe('where a kernel is refused', () => {
  // The fault is at the character behind the section sign.
  for (const [marked, construct] of [
    ['fn g() -> f32 {\n\treturn §nothing;\n}', 'unknown name nothing'],
    ['fn g() -> i32 {\n  return §ONE;\n}', 'return: expected i32, found abstract-float'],
    ['fn g(a: f32, i: i32) {\n  // a comment\n  let x = §a + i;\n}', 'operator + on f32 and i32'],
    ['const A = 1; §#', 'character "#" outside comments'],
    ['const A = 1;\r\n  §/* never closed\r\n', 'block comment without an end'],
    ['struct S {\n  a: f32,\n  §a: f32,\n}', 'second member a of S'],
    ['/* \n\n */ const A = ONE§\n\n// nothing more\n', "expected ';', found 'the end of the text'"],
    ['const A = ONE§', "expected ';', found 'the end of the text'"],
    ['fn g() {\n  let x = 1;§\n', "expected an expression, found 'the end of the text'"],
    ['§garbage', "expected a declaration, found 'garbage'"],
    ['§fn g() -> f32 { if (true) { return 1.0; } }', 'function g can end without a return'],
  ] as const) {
    it(JSON.stringify(marked), () => {
      const at = marked.indexOf('§');
      const clean = marked.replace('§', '');
      const { message, facts } = refusalOf(() => compile(between(clean)));
      const before = marked.slice(0, at).split('\n');
      const text = clean.split(/\r?\n/)[before.length - 1]!;
      const place = { file: 'second.wgsl', line: before.length, column: before.at(-1)!.length + 1, text };
      assert.deepEqual(facts, { construct, ...place });
      assert.ok(message.startsWith(`second.wgsl:${place.line}:${place.column}: ${construct}\n`), message);
      // The mark stands below the character, tabs included.
      const [, shown, mark] = message.split('\n');
      assert.equal(shown, `  ${place.line} | ${text}`);
      assert.equal(mark!.indexOf('^'), shown!.length - text.length + place.column - 1);
      assert.equal(mark!.slice(0, -1).replace(/[ \t|]/g, ''), '');
      assert.equal(mark!.includes('\t'), text.slice(0, place.column).includes('\t'));
    });
  }

  it('in the first and the last of the files, and in a text without files', () => {
    const [first, second, third] = between('');
    const broken = { name: 'broken.wgsl', text: '\nconst 1' };
    const messageOf = (source: KernelSource): string => refusalOf(() => compile(source)).message.split('\n')[0]!;
    assert.equal(messageOf([broken, first!, third!]), "broken.wgsl:2:7: expected a name, found '1'");
    assert.equal(messageOf([first!, second!, third!, broken]), "broken.wgsl:2:7: expected a name, found '1'");
    assert.equal(messageOf(broken.text), "kernel:2:7: expected a name, found '1'");
  });

  it('in the kernel itself', () => {
    const files = kernelSource().map((file) =>
      file.name === 'surface.wgsl'
        ? { ...file, text: file.text.replace('  return alpha;', '  return alpha + 1u;') }
        : file,
    );
    const line =
      files
        .find(({ name }) => name === 'surface.wgsl')!
        .text.split('\n')
        .indexOf('  return alpha + 1u;') + 1;
    assert.ok(line > 1);
    const { message } = refusalOf(() => compile(files));
    assert.ok(message.startsWith(`surface.wgsl:${line}:10: operator + on f32 and u32\n`), message);
  });

  it('when only its layout is asked for', () => {
    const { message } = refusalOf(() => describeLayout(between('struct S { a: nothing }')));
    assert.ok(message.startsWith('second.wgsl:1:15: type nothing\n'), message);
  });

  it('nowhere, when all files are right: they make one text, and hash like it', () => {
    const files = between('const TWO = ONE + 1.0;');
    const options = { functions: ['f'], optimize: false };
    assert.equal(
      compileKernel({ source: files, ...options }).kernelHash,
      compileKernel({ source: joinSource(files), ...options }).kernelHash,
    );
  });
});
