import binaryen from 'binaryen';
import { type Bytes32, bytes32Of } from '../../protocol/ids.js';
import { InvariantError } from '../../protocol/errors.js';
import { sha256 } from '../../protocol/sha256.js';
import { emitFunction } from './wasm/calls.js';
import { COMPILER_VERSION } from './compilerVersion.js';
import type { CallableFunction } from './wasm/entryPoint.js';
import { emitCallable, emitRun, entryOf } from './wasm/entryPoint.js';
import { evaluateConstant } from './wasm/expressions.js';
import { refuseRecursion } from './wasm/inlining.js';
import { CompileFault } from './CompileFault.js';
import { KernelModule, STATIC_BASE } from './wasm/KernelModule.js';
import type { Binding } from './wasm/moduleScope.js';
import { baseGlobal, bindingsOf, lengthGlobal, operandAtModuleScope } from './wasm/moduleScope.js';
import { parseModule } from './syntax/parseModule.js';
import type { KernelSource, PlacedFile } from './SourceText.js';
import { joinSource, locatingFaults } from './SourceText.js';
import type { ModuleDeclaration } from './syntax/syntax.js';

export interface CompileOptions {
  /** The kernel in WGSL, see renderer/kernels/README.md. Errors name its files. */
  source: KernelSource;
  /** Runs binaryen's optimiser. Changes the speed, never a bit of the results. Default true. */
  optimize?: boolean;
  /** Traps where an index is out of range. For tests: the kernel's hash is another one. Default false. */
  checks?: boolean;
  /**
   * Tells the host (`onDoubt` of instantiateKernel) of every number that the rules for numbers forbid. For tests: slow, and
   * the kernel's hash is another one. Default false.
   */
  watchNumbers?: boolean;
  /** Functions that can be called on their own besides the entry, see instantiateKernel. Default none. */
  functions?: string[];
}

const FEATURES =
  binaryen.Features.MVP |
  binaryen.Features.MutableGlobals |
  binaryen.Features.NontrappingFPToInt |
  binaryen.Features.SignExt |
  binaryen.Features.SIMD128 |
  binaryen.Features.Multivalue |
  binaryen.Features.BulkMemory |
  binaryen.Features.BulkMemoryOpt;

/** A kernel as WebAssembly. JSON-serialisable but for the bytes. */
export interface CompiledKernel {
  wasm: Uint8Array;
  /** In order of their numbers. */
  bindings: Binding[];
  functions: CallableFunction[];
  /** SHA-256 over the compiler's version, the source and the WebAssembly. */
  kernelHash: Bytes32;
  /**
   * Name of the compute entry point, which `run(begin, end)` calls. A source without one can be compiled for its
   * functions only.
   */
  entry: string | undefined;
  /** Bytes that each instance has to itself, on a 16-byte boundary wherever the host likes. */
  staticBytes: number;
}

/**
 * Compiles a kernel.
 * @throws KernelCompileError at the first thing that is no valid WGSL or outside the subset.
 */
export function compileKernel(options: CompileOptions): CompiledKernel {
  return locatingFaults(options.source, (files) => compileFiles(files, options));
}

function compileFiles(files: readonly PlacedFile[], options: CompileOptions): CompiledKernel {
  const { optimize = true, checks = false, watchNumbers = false, functions = [] } = options;
  const declarations = parseModule(files);
  const kernel = new KernelModule(declarations, { checks, watchNumbers, evaluate: evaluateConstant });
  const { wasm } = kernel;
  try {
    wasm.setFeatures(FEATURES);
    // Loads and stores are made for a memory that is there; what it holds at first is known when all is compiled.
    declareMemory(kernel, new Uint8Array(0));
    wasm.addGlobalImport(STATIC_BASE, 'env', STATIC_BASE, binaryen.i32);
    const bindings = bindingsOf(kernel);
    for (const { name } of bindings) {
      wasm.addGlobalImport(baseGlobal(name), 'env', baseGlobal(name), binaryen.i32);
      wasm.addGlobalImport(lengthGlobal(name), 'env', lengthGlobal(name), binaryen.i32);
    }

    // Everything is compiled and so checked, also what nothing calls.
    for (const declaration of declarations) emitDeclaration(kernel, declaration);
    const entry = entryOf(kernel);
    if (entry !== undefined) emitRun(kernel, entry);
    else if (functions.length === 0) throw new CompileFault('no compute entry point', undefined);
    const callable = functions.map((name) => emitCallable(kernel, name));

    const bytes = assemble(kernel, optimize);
    return {
      wasm: bytes,
      bindings,
      functions: callable,
      kernelHash: hashKernel(joinSource(files), bytes),
      entry: entry?.declaration.name,
      staticBytes: kernel.memory.byteLength,
    };
  } finally {
    wasm.dispose();
  }
}

function emitDeclaration(kernel: KernelModule, declaration: ModuleDeclaration): void {
  const { position } = declaration;
  switch (declaration.kind) {
    case 'assert': {
      const held = kernel.constantOf(declaration.condition);
      if (held.kind !== 'constant' || held.lanes[0] !== 1n)
        throw new CompileFault('const_assert does not hold', position);
      return;
    }
    case 'function':
      refuseRecursion(kernel, declaration);
      return emitFunction(kernel, kernel.findFunction(declaration.name)!);
    case 'struct':
    case 'alias':
      kernel.typeOf({ name: declaration.name, templates: [], position });
      return;
    case 'const':
    case 'variable':
      operandAtModuleScope(kernel, declaration.name, position);
  }
}

function hashKernel(text: string, wasm: Uint8Array): Bytes32 {
  const encoder = new TextEncoder();
  const parts = [encoder.encode(COMPILER_VERSION), encoder.encode(text), wasm];
  return bytes32Of(sha256(...parts.map((part) => sha256(part))));
}

/** The host's memory, into which an instance writes `image` at its static base. */
function declareMemory({ wasm, staticBase }: KernelModule, image: Uint8Array): void {
  const segments = image.length === 0 ? [] : [{ offset: staticBase(), data: image, passive: false }];
  wasm.setMemory(1, 65536, null, segments, false, false, '0');
  wasm.addMemoryImport('0', 'env', 'memory');
}

function assemble(kernel: KernelModule, optimize: boolean): Uint8Array {
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
