import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { compileKernel } from '../../../renderer/compiler/compileKernel.js';
import { describeLayout } from '../../../renderer/compiler/describeLayout.js';
import { instantiateKernel } from '../../../renderer/compiler/instantiateKernel.js';
import { PIECE_BINDINGS } from '../../../renderer/cpu/RenderPiece.js';
import * as layout from '../../../renderer/kernels/generated/layout.js';
import { kernelSource } from '../../../renderer/kernels/kernelSource.js';
import { layoutModule, printLayout } from '../../../renderer/kernels/layoutModule.js';
import { PREPARED_BINDINGS } from '../../../renderer/scene/prepare/prepareScene.js';

/** What the kernel reads from `tables` with one of its functions, when word i of them holds i. */
function readNumberedTables(name: string, ...values: number[]): Record<string, unknown> | number[] {
  const tables = new Uint8Array(Uint32Array.from({ length: 64 }, (_, i) => i).buffer);
  const compiled = compileKernel({ source: kernelSource(), optimize: false, functions: [name] });
  return instantiateKernel(compiled, { tables }).call(name, ...values) as Record<string, unknown> | number[];
}

/** A word's number when it was read as a float: its bits. */
const bits = (value: number): number => new Uint32Array(Float32Array.of(value).buffer)[0]!;
const words = (value: unknown): number[] => [value].flat().map((each) => bits(each as number));

describe('the layout that packers go by', () => {
  it('is what layout.wgsl declares: else run `npm run kernel:layout`', () => {
    // In the sources: four folders above this file in `dist`.
    const committed = new URL('../../../../renderer/kernels/generated/layout.ts', import.meta.url);
    assert.equal(readFileSync(committed, 'utf8'), layoutModule());
  });

  it('prints constants, sizes and places with their types', () => {
    const source = `
      const COUNT = 2 + 1;
      const FLAG = 0x80000000u;
      const HALF = 0.5f;
      const FAR_AWAY = 1e30;
      const IS_NO_NUMBER = true;
      struct InnerPart { a: vec3f, b: i32 }
      struct Outer4 { first: u32, @align(16) inner: InnerPart, list: array<vec2u, COUNT> }
      fn unchecked() { _ = nothing; }`;
    assert.equal(
      printLayout(describeLayout(source)),
      [
        '// Written by `npm run kernel:layout` from layout.wgsl; not to be changed by hand.',
        "import type { Member } from '../Member.js';",
        '',
        'export const COUNT = 3;',
        'export const FLAG = 0x80000000;',
        'export const HALF = 0.5;',
        'export const FAR_AWAY = 1e+30;',
        '',
        'export const INNER_PART_WORDS = 4;',
        'export const INNER_PART = {',
        "  a: 0 as Member<'InnerPart', 'vec3f'>,",
        "  b: 3 as Member<'InnerPart', 'i32'>,",
        '} as const;',
        '',
        'export const OUTER4_WORDS = 16;',
        'export const OUTER4 = {',
        "  first: 0 as Member<'Outer4', 'u32'>,",
        "  inner: 4 as Member<'Outer4', 'InnerPart'>,",
        "  list: 8 as Member<'Outer4', 'array<vec2u, 3>'>,",
        '} as const;',
        '',
      ].join('\n'),
    );
  });

  it('has records in `tables` where the kernel reads them', () => {
    // Words 8 and on: the record begins at vector 2. What is a float in the struct comes back as the float of its bits.
    const integers = new Set(['kind', 'triangle', 'material']);
    for (const [name, members] of [
      ['punctualLightAt', layout.PUNCTUAL_LIGHT],
      ['triangleLightAt', layout.TRIANGLE_LIGHT],
    ] as const) {
      const read = readNumberedTables(name, 2) as Record<string, number | number[]>;
      assert.deepEqual(Object.keys(read), Object.keys(members));
      for (const [member, place] of Object.entries(members)) {
        if (member === 'padding') continue;
        const found = integers.has(member) ? [read[member]] : words(read[member]);
        assert.deepEqual(
          found,
          found.map((_, i) => 8 + place + i),
          `${name}.${member}`,
        );
      }
    }
    const corners = [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ] as const;
    const { uvs, uv2, color0, color1, color2 } = layout.ATTRIBUTES;
    corners.forEach((weights, corner) => {
      // Each product with weight 0 adds +0.
      const uv = 8 + [uvs, uvs + 2, uv2][corner]!;
      assert.deepEqual(words(readNumberedTables('uv1At', 2, ...weights)), [uv, uv + 1]);
      const color = 8 + [color0, color1, color2][corner]!;
      assert.deepEqual(
        words(readNumberedTables('colorAt', 2, ...weights)),
        [0, 1, 2, 3].map((i) => color + i),
      );
    });
  });

  it('has the bindings that hosts fill, with records of the sizes that they go by', () => {
    const { bindings } = compileKernel({ source: kernelSource(), optimize: false });
    assert.deepEqual(
      bindings.map(({ name }) => name),
      [...PREPARED_BINDINGS, ...PIECE_BINDINGS],
    );
    assert.deepEqual(Object.fromEntries(bindings.map(({ name, elementStride }) => [name, elementStride / 4])), {
      frame: layout.FRAME_WORDS,
      bvhNodes: layout.BVH_NODE_WORDS,
      packets: layout.TRIANGLE_PACKET_WORDS,
      surfaces: layout.SURFACE_WORDS,
      materials: layout.MATERIAL_WORDS,
      // Tables are addressed in vectors, texels and counters are one word each.
      tables: 4,
      texels: 1,
      items: layout.ITEM_WORDS,
      sums: layout.SUM_WORDS,
      counters: 1,
    });
  });

  it('has light records of one size that begin alike', () => {
    const { PUNCTUAL_LIGHT, TRIANGLE_LIGHT } = layout;
    assert.deepEqual(
      [layout.PUNCTUAL_LIGHT_WORDS, layout.TRIANGLE_LIGHT_WORDS],
      Array(2).fill(layout.LIGHT_VECTORS * 4),
    );
    assert.deepEqual(
      [Number(PUNCTUAL_LIGHT.kind), Number(PUNCTUAL_LIGHT.pick)],
      [TRIANGLE_LIGHT.kind, TRIANGLE_LIGHT.pick],
    );
  });

  it('has records that `tables` can address in whole vectors', () => {
    assert.equal(layout.ATTRIBUTES_WORDS % 4, 0);
  });
});
