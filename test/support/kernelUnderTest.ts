import { compileKernel } from '../../renderer/compiler/compileKernel.js';
import type { CompiledKernel } from '../../renderer/compiler/compileKernel.js';
import type { HostValue } from '../../renderer/compiler/hostValues.js';
import { joinSource } from '../../renderer/compiler/SourceText.js';
import { instantiateKernel } from '../../renderer/compiler/instantiateKernel.js';
import type { KernelInstance } from '../../renderer/compiler/linkKernel.js';
import { ITEM_WORDS, SUM_WORDS } from '../../renderer/kernels/generated/layout.js';
import { kernelSource } from '../../renderer/kernels/kernelSource.js';
import { frameWithSettings } from '../../renderer/scene/prepare/frameWithSettings.js';
import type { PreparedScene } from '../../renderer/scene/prepare/prepareScene.js';

/** Functions of the kernel that tests call by themselves. */
const FUNCTIONS = [
  'sinCosTurns',
  'sinCos',
  'exponential',
  'logarithm',
  'power',
  'arcTangent2',
  'arcCosine',
  'basisAround',
  'directionalAlbedo',
  'closestHit',
  'transmittance',
  'sampleTexture',
  'sampleCosine',
  'sampleVisibleNormal',
  'makeBsdf',
  'sampleBsdf',
  'evaluateBsdf',
  'sampleEnvironment',
  'environmentUv',
  'environmentDensity',
  'environmentRadiance',
  'searchCdf',
  'sampleLight',
  'draw4',
  'vertexAt',
  'offsetPoint',
];

/** The kernel over a scene, on this thread, with out-of-range indices trapped. */
export interface KernelUnderTest {
  call(name: string, ...values: (number | boolean | HostValue)[]): HostValue | undefined;
  /** Sums of items (4 numbers each) and rays over all of them. */
  render(
    settings: { width: number; height: number; bounces: number; seed?: number; frame?: number },
    items: readonly number[],
  ): { sums: Float32Array; rays: number };
}

interface Compiled {
  kernel: CompiledKernel;
  module: WebAssembly.Module;
}

/** Kernels by their source, compiled once for all tests of the process. */
const compiled = new Map<string, Compiled>();

function compile(source: string): Compiled {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  const kernel = compileKernel({ source, checks: true, functions: FUNCTIONS });
  const made = { kernel, module: new WebAssembly.Module(kernel.wasm as BufferSource) };
  compiled.set(source, made);
  return made;
}

/**
 * The kernel over a prepared scene, or over none for functions that read none. `source` stands for a changed kernel.
 */
export function kernelUnderTest(
  prepared?: PreparedScene,
  source: string = joinSource(kernelSource()),
): KernelUnderTest {
  const { kernel, module } = compile(source);
  const buffers = prepared?.buffers ?? {};
  let idle: KernelInstance | undefined;
  return {
    call(name, ...values) {
      idle ??= instantiateKernel(kernel, buffers, { module });
      return idle.call(name, ...values);
    },
    render(settings, items) {
      const count = items.length / ITEM_WORDS;
      const frame = frameWithSettings(prepared!.buffers['frame']!, { seed: 1, frame: 0, ...settings });
      const instance = instantiateKernel(
        kernel,
        { ...buffers, frame, items: new Uint8Array(Uint32Array.from(items).buffer) },
        { module, zeroed: { sums: count * SUM_WORDS * 4, counters: count * 4 } },
      );
      instance.run(0, count);
      const sums = new Float32Array(instance.view('sums').slice().buffer);
      const counters = new Uint32Array(instance.view('counters').slice().buffer);
      return { sums, rays: counters.reduce((a, b) => a + b, 0) };
    },
  };
}
