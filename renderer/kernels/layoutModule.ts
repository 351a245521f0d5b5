import { describeLayout } from '../compiler/describeLayout.js';
import type { HostLayout } from '../compiler/describeLayout.js';
import type { Type } from '../compiler/tree/types.js';
import { typeName } from '../compiler/tree/types.js';
import { kernelSource } from './kernelSource.js';

/** The text of generated/layout.ts: what layout.wgsl declares, for TypeScript. */
export function layoutModule(): string {
  return printLayout(describeLayout(kernelSource().filter(({ name }) => name === 'layout.wgsl')));
}

/**
 * A TypeScript module of a layout: each constant under its own name; each struct as its size in words and an object of
 * its members' places.
 */
export function printLayout({ structs, constants }: HostLayout): string {
  return [
    '// Written by `npm run kernel:layout` from layout.wgsl; not to be changed by hand.',
    "import type { Member } from '../Member.js';",
    '',
    ...constants.map(({ name, value, isFloat }) => `export const ${name} = ${isFloat ? value : integerText(value)};`),
    ...structs.flatMap(({ name, members, size }) => [
      '',
      `export const ${constantCase(name)}_WORDS = ${size / 4};`,
      `export const ${constantCase(name)} = {`,
      ...members.map(
        (member) => `  ${member.name}: ${member.offset / 4} as Member<'${name}', '${shortTypeName(member.type)}'>,`,
      ),
      '} as const;',
    ]),
    '',
  ].join('\n');
}

/** Masks and flags of 16 bits and more are easier to read in hexadecimal. */
function integerText(value: number): string {
  return value > 0xfff ? `0x${value.toString(16)}` : String(value);
}

/** `TextureSlot` as TEXTURE_SLOT. */
function constantCase(name: string): string {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase();
}

/** With `vec3<f32>` as vec3f, the way kernels write it. */
function shortTypeName(type: Type): string {
  return typeName(type).replace(/(vec[234])<([fiu])32>/g, '$1$2');
}
