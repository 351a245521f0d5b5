import assert from 'node:assert/strict';
import type * as Reflect from 'wgsl_reflect';
import { compileKernel } from '../../../renderer/compiler/compileKernel.js';
import type { StructType, Type } from '../../../renderer/compiler/tree/types.js';
import { joinSource } from '../../../renderer/compiler/SourceText.js';
import { kernelSource } from '../../../renderer/kernels/kernelSource.js';
import { randomWords } from './kernelFunctions.js';

// The package's main file is CommonJS in a package of ES modules, and only this one can be imported; its types are the
// main file's.
const { WgslReflect } = (await import('wgsl_reflect/wgsl_reflect.module.js' as string)) as typeof Reflect;

/** Every struct within a type. */
function structsIn(type: Type): StructType[] {
  if (type.kind === 'array') return structsIn(type.element);
  return type.kind === 'struct' ? [type, ...type.members.flatMap((member) => structsIn(member.type))] : [];
}

/** Compares offsets and sizes with those of wgsl_reflect, which computes them on its own. */
function compareWithReflection(source: string): number {
  const compiled = compileKernel({ source, optimize: false, functions: ['nothing'] });
  const reflection = new WgslReflect(source);
  let compared = 0;
  for (const struct of compiled.bindings.flatMap((binding) => structsIn(binding.type))) {
    const other = reflection.structs.find((candidate) => candidate.name === struct.name)!;
    assert.deepEqual(
      struct.members.map(({ name, offset }) => [name, offset]),
      other.members.map(({ name, offset }) => [name, offset]),
      source,
    );
    // wgsl_reflect counts a runtime-sized array as one element.
    if (struct.members.at(-1)!.type.kind !== 'array')
      assert.deepEqual([struct.name, struct.size, struct.align], [other.name, other.size, other.align], source);
    compared++;
  }
  return compared;
}

describe('memory layout of compiled kernels', () => {
  it('follows the examples of the WGSL specification', () => {
    const { bindings } = compileKernel({
      source: `
      struct A { u: f32, v: f32, w: vec2f, x: f32 }
      struct B { a: vec2f, b: vec3f, c: f32, d: f32, e: A, @align(16) f: A, g: array<A, 3>, h: array<vec3f, 2>, @size(32) k: f32, l: vec2<u32> }
      @group(0) @binding(0) var<storage> b: B;
      @group(0) @binding(1) var<storage> list: array<A>;
      @group(0) @binding(2) var<storage> vectors: array<vec3f>;
      @group(0) @binding(3) var<storage> pairs: array<vec2f>;
      @group(0) @binding(4) var<storage> numbers: array<f32>;
      fn nothing() {}`,
      functions: ['nothing'],
    });
    const b = bindings[0]!.type as StructType;
    // From section "Structure member layout": a at 0, b at 16, c at 28, d at 32, e at 40, f at 64, g at 88, h at 160.
    assert.deepEqual(
      b.members.map(({ name, offset }) => `${name} ${offset}`),
      ['a 0', 'b 16', 'c 28', 'd 32', 'e 40', 'f 64', 'g 88', 'h 160', 'k 192', 'l 224'],
    );
    assert.deepEqual([b.size, b.align], [240, 16]);
    assert.deepEqual(
      bindings.map(({ elementStride }) => elementStride),
      [240, 24, 16, 8, 4],
    );
  });

  it('agrees with another implementation on the structures of the kernel', () => {
    // Its parser stops at some of the kernel's expressions, so it gets the declarations alone.
    const declarations = joinSource(kernelSource())
      .split('\n\n')
      .filter((part) => /^(\/\/.*\n)*(struct|alias|@group)/.test(part))
      .join('\n');
    assert.ok(compareWithReflection(`${declarations}\nfn nothing() {}`) >= 4);
  });

  it('agrees with another implementation on random structures', () => {
    const word = randomWords(11);
    const below = (n: number) => (word() >>> 0) % n;
    const scalars = ['f32', 'i32', 'u32'];
    for (let trial = 0; trial < 60; trial++) {
      const names: string[] = [];
      const plain = (): string => {
        const scalar = scalars[below(3)]!;
        return [scalar, `vec2<${scalar}>`, `vec3<${scalar}>`, `vec4<${scalar}>`][below(4)]!;
      };
      const structs = Array.from({ length: 3 }, (_, index) => {
        const members = Array.from({ length: 1 + below(5) }, (__, member) => {
          const base = names.length > 0 && below(3) === 0 ? names[below(names.length)]! : plain();
          return `m${member}: ${below(4) === 0 ? `array<${base}, ${1 + below(4)}>` : base}`;
        });
        names.push(`S${index}`);
        return `struct S${index} { ${members.join(', ')} }`;
      });
      compareWithReflection(
        `${structs.join('\n')}\n${names.map((name, index) => `@group(0) @binding(${index}) var<storage> b${index}: array<${name}>;`).join('\n')}\nfn nothing() {}`,
      );
    }
  });
});
