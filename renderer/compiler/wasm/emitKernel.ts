import binaryen from 'binaryen';
import { InvariantError } from '../../../protocol/errors.js';
import type { KernelTree } from '../tree/tree.js';
import { emitFunction } from './calls.js';
import type { CallableFunction } from './entryPoint.js';
import { emitCallable, emitRun } from './entryPoint.js';
import { baseGlobal, lengthGlobal, STATIC_BASE } from './globals.js';
import { WasmKernel } from './WasmKernel.js';

const FEATURES =
  binaryen.Features.MVP |
  binaryen.Features.MutableGlobals |
  binaryen.Features.NontrappingFPToInt |
  binaryen.Features.SignExt |
  binaryen.Features.SIMD128 |
  binaryen.Features.Multivalue |
  binaryen.Features.BulkMemory |
  binaryen.Features.BulkMemoryOpt;

export interface EmitOptions {
  /** Runs binaryen's optimiser. Default true. */
  optimize?: boolean;
  /** Traps where an index is out of range. Default false. */
  checks?: boolean;
  /** Tells the host of every doubtful number. Default false. */
  watchNumbers?: boolean;
  /** Functions that can be called on their own besides the entry. Default none. */
  functions?: string[];
}

/** Emits a kernel as WebAssembly. */
export function emitKernel(
  tree: KernelTree,
  options: EmitOptions,
): { wasm: Uint8Array; callable: CallableFunction[]; staticBytes: number } {
  const { optimize = true, checks = false, watchNumbers = false, functions = [] } = options;
  const kernel = new WasmKernel({ checks, watchNumbers });
  const { wasm, memory } = kernel;
  try {
    wasm.setFeatures(FEATURES);
    // Loads and stores are made for a memory that is there; what it holds at first is known when all is emitted.
    declareMemory(kernel, new Uint8Array(0));
    wasm.addGlobalImport(STATIC_BASE, 'env', STATIC_BASE, binaryen.i32);
    for (const { name } of tree.bindings) {
      wasm.addGlobalImport(baseGlobal(name), 'env', baseGlobal(name), binaryen.i32);
      wasm.addGlobalImport(lengthGlobal(name), 'env', lengthGlobal(name), binaryen.i32);
    }
    for (const declaration of tree.declarations)
      if (declaration.kind === 'function') emitFunction(kernel, declaration);
      else kernel.placeOf(declaration.variable);
    if (tree.entry !== undefined) emitRun(kernel, tree, tree.entry);
    const callable = functions.map((name) => emitCallable(kernel, tree, name));
    return { wasm: assemble(kernel, optimize), callable, staticBytes: memory.byteLength };
  } finally {
    wasm.dispose();
  }
}

/** The host's memory, into which an instance writes `image` at its static base. */
function declareMemory({ wasm, staticBase }: WasmKernel, image: Uint8Array): void {
  const segments = image.length === 0 ? [] : [{ offset: staticBase(), data: image, passive: false }];
  wasm.setMemory(1, 65536, null, segments, false, false, '0');
  wasm.addMemoryImport('0', 'env', 'memory');
}

function assemble(kernel: WasmKernel, optimize: boolean): Uint8Array {
  const { wasm, memory } = kernel;
  declareMemory(kernel, memory.image);
  if (!wasm.validate())
    throw new InvariantError({ what: 'WebAssembly of a kernel', expected: 'valid', actual: 'invalid' });
  if (optimize) {
    // Binaryen's settings are global to the process: set all that matter, every time.
    binaryen.setOptimizeLevel(3);
    binaryen.setShrinkLevel(0);
    binaryen.setFastMath(false);
    binaryen.setDebugInfo(false);
    binaryen.setLowMemoryUnused(false);
    binaryen.setZeroFilledMemory(false);
    // With checks a trap is a result, so the optimiser may not assume that there is none.
    binaryen.setTrapsNeverHappen(!kernel.checks);
    binaryen.setAlwaysInlineMaxSize(40);
    binaryen.setFlexibleInlineMaxSize(100);
    binaryen.setOneCallerInlineMaxSize(400);
    wasm.optimize();
    wasm.optimize();
  }
  return wasm.emitBinary();
}
