import assert from 'node:assert/strict';
import { compileKernel } from '../../../renderer/compiler/compileKernel.js';
import type { HostValue } from '../../../renderer/compiler/hostValues.js';
import type { KernelInstance, PointerArgument } from '../../../renderer/compiler/linkKernel.js';
import { instantiateKernel } from '../../../renderer/compiler/instantiateKernel.js';

/** Calls a function of a kernel. */
export type CallKernel = (name: string, ...values: (HostValue | PointerArgument)[]) => HostValue | undefined;

/** Every function that a source declares. */
function namesIn(source: string): string[] {
  return [...source.matchAll(/\bfn\s+([A-Za-z_]\w*)/g)].map((match) => match[1]!);
}

/**
 * Compiles functions as they are, optimised, and optimised with checks, and returns a call that asserts that all three
 * give the same bits.
 * @param buffers bytes of the bindings that the functions read.
 */
export function kernelFunctions(source: string, buffers: Record<string, Uint8Array> = {}): CallKernel {
  const variants = [{ optimize: false }, { optimize: true }, { optimize: true, checks: true }].map((options) =>
    instantiateKernel(compileKernel({ source, functions: namesIn(source), ...options }), buffers),
  );
  return (name, ...values) => {
    const results = variants.map((instance) => callOne(instance, name, values));
    for (const { result, pointers } of results.slice(1)) {
      assertSame(result, results[0]!.result, `${name}(${show(values)}) optimised`);
      assertSame(pointers, results[0]!.pointers, `pointers of ${name}(${show(values)}) optimised`);
    }
    values.forEach((value, index) => {
      if (isPointer(value)) value.value = results[0]!.pointers[index]!;
    });
    return results[0]!.result;
  };
}

function isPointer(value: HostValue | PointerArgument): value is PointerArgument {
  return typeof value === 'object' && !Array.isArray(value) && Object.keys(value).join() === 'value';
}

function callOne(
  instance: KernelInstance,
  name: string,
  values: (HostValue | PointerArgument)[],
): { result: HostValue | undefined; pointers: HostValue[] } {
  const copies = values.map((value) => (isPointer(value) ? { value: value.value } : value));
  const result = instance.call(name, ...copies);
  return { result, pointers: copies.map((value) => (isPointer(value) ? value.value : 0)) };
}

export function show(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  if (Object.is(value, -0)) return '-0';
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

/** Equal to the bit, all NaN alike. */
export function assertSame(actual: unknown, expected: unknown, what: string): void {
  if (typeof expected === 'object' && expected !== null && typeof actual === 'object' && actual !== null) {
    assert.deepEqual(Object.keys(actual), Object.keys(expected), what);
    for (const [key, value] of Object.entries(expected))
      assertSame((actual as Record<string, unknown>)[key], value, what);
    return;
  }
  if (!Object.is(actual, expected)) assert.fail(`${what}: ${show(actual)} instead of ${show(expected)}`);
}

const f = Math.fround;
/** Floats at which operations go wrong. */
export const EDGE_FLOATS: readonly number[] = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  2.5,
  -2.5,
  f(0.1),
  f(-3.7),
  3,
  255,
  f(1e-45),
  f(-1e-45),
  f(1.1754942e-38),
  f(1.17549435e-38),
  f(1e-30),
  f(-1e20),
  f(1e20),
  8388607.5,
  8388608,
  16777216,
  -16777215,
  2147483520,
  -2147483648,
  4294967040,
  f(3.4028234663852886e38),
  f(-3.4028234663852886e38),
  Infinity,
  -Infinity,
  NaN,
];
/** 32-bit patterns at which integer operations go wrong, as signed integers. */
export const EDGE_INTEGERS: readonly number[] = [
  0, 1, -1, 2, -2, 3, 7, 31, 32, 33, 63, 255, 256, 65535, 65536, 0x7fffffff, -0x80000000, -0x7fffffff, 0x55555555,
  0x12345678, -559038737,
];

/** All pairs of two lists. */
export function pairs<T>(list: readonly T[]): [T, T][] {
  return list.flatMap((a) => list.map((b): [T, T] => [a, b]));
}

/** A pure function that draws the same values for the same seed, which is printed. */
export function randomWords(seed: number): () => number {
  console.log(`      seed ${seed}`);
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 747796405) + 2891336453) >>> 0;
    const word = Math.imul((state >>> ((state >>> 28) + 4)) ^ state, 277803737);
    return ((word >>> 22) ^ word) | 0;
  };
}

/** A float of random bits: any exponent, also subnormal, infinite or NaN. */
export function floatOfWord(word: number): number {
  return new Float32Array(Int32Array.of(word).buffer)[0]!;
}
