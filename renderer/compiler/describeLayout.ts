import type { KernelSource, PlacedFile } from './SourceText.js';
import { locatingFaults } from './SourceText.js';
import { parseModule } from './syntax/parseModule.js';
import { scopeOfKernel } from './tree/checkKernel.js';
import { operandAtModuleScope } from './tree/checkVariable.js';
import type { StructType } from './tree/types.js';

/** What a host must know to write and read a kernel's buffers. */
export interface HostLayout {
  /** In the order of their declarations. */
  structs: StructType[];
  /** Scalar constants at module scope, in the order of their declarations; booleans are left out. */
  constants: { name: string; value: number; isFloat: boolean }[];
}

/**
 * The structs and constants that a WGSL source declares, laid out as compileKernel lays them out. Its functions are
 * read and not checked.
 * @throws KernelCompileError as compileKernel does.
 */
export function describeLayout(source: KernelSource): HostLayout {
  return locatingFaults(source, describeFiles);
}

function describeFiles(files: readonly PlacedFile[]): HostLayout {
  const module = scopeOfKernel(parseModule(files));
  const layout: HostLayout = { structs: [], constants: [] };
  for (const [name, { kind, position }] of module.declarations) {
    if (kind === 'struct') layout.structs.push(module.typeOf({ name, templates: [], position }) as StructType);
    if (kind !== 'const') continue;
    const operand = operandAtModuleScope(module, name, position);
    if (operand?.kind !== 'value' || operand.value.kind !== 'constant' || operand.value.type.kind !== 'scalar')
      continue;
    const { type, lanes } = operand.value;
    const isFloat = type.name === 'f32' || type.name === 'abstract-float';
    if (type.name !== 'bool') layout.constants.push({ name, value: Number(lanes[0]), isFloat });
  }
  return layout;
}
