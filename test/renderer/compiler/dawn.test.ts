import assert from 'node:assert/strict';
import type { Context } from 'mocha';
import { compileKernel } from '../../../renderer/compiler/compileKernel.js';
import { instantiateKernel } from '../../../renderer/compiler/instantiateKernel.js';
import { joinSource } from '../../../renderer/compiler/SourceText.js';
import { kernelSource } from '../../../renderer/kernels/kernelSource.js';
import { frameWithSettings } from '../../../renderer/scene/prepare/frameWithSettings.js';
import { prepareScene } from '../../../renderer/scene/prepare/prepareScene.js';
import { material, posedOf, quad } from '../../support/posedFixtures.js';
import { EDGE_INTEGERS, floatOfWord, randomWords } from './kernelFunctions.js';
import { skip } from '../../support/skip.js';

// The same WGSL through Dawn on whatever Vulkan device is at hand, beside WebAssembly. Needs `npm i --no-save
// webgpu@0.6.2` (too large to be a dependency) and a Vulkan driver, for instance SwiftShader:
// VK_DRIVER_FILES=/usr/lib/chromium/vk_swiftshader_icd.json with Debian's chromium-common and libvulkan1.

/** One expression of `a`, `b`, `c` (f32), `i`, `j` (i32), `u`, `w` (u32), whose result is `f32`, `i32` or `u32`. */
const EXPRESSIONS: [type: 'f32' | 'i32' | 'u32', expression: string][] = [
  ...[
    'a + b',
    'a - b',
    'a * b',
    '-a',
    'abs(a)',
    'floor(a)',
    'ceil(a)',
    'trunc(a)',
    'round(a)',
    'sign(a)',
    'min(a, b)',
    'max(a, b)',
    'clamp(a, -1.0, 2.0)',
    'saturate(a)',
    'step(a, b)',
    'select(a, b, a < c)',
    'select(a, b, a == trunc(a))',
    'f32(i)',
    'f32(u >> 8u)',
    'vec4f(a, b, c, 1.0).wzyx.y',
    'max(vec4f(a), vec4f(b, c, a, b)).y',
    'bitcast<f32>(bitcast<u32>(a) ^ 0x80000000u)',
    'cross(vec3f(a, 2.0, 4.0), vec3f(0.0, 8.0, b)).x',
  ].map((text): ['f32', string] => ['f32', text]),
  ...[
    'i + j',
    'i - j',
    'i * j',
    'i / j',
    'i % j',
    '-i',
    '~i',
    'i & j',
    'i | j',
    'i ^ j',
    'i << (w & 31u)',
    'i >> (w & 31u)',
    'abs(i)',
    'sign(i)',
    'min(i, j)',
    'max(i, j)',
    'i32(a)',
    'countOneBits(i)',
    'countLeadingZeros(i)',
    'countTrailingZeros(i)',
    'reverseBits(i)',
    'firstLeadingBit(i)',
    'firstTrailingBit(i)',
    'extractBits(i, u & 31u, w & 31u)',
    'insertBits(i, j, u & 31u, w & 31u)',
    'select(i, j, i < j)',
    'vec4i(i, j, 1, 2)[u & 3u]',
    'dot(vec4i(i, j, 3, 4), vec4i(5, i, j, 7))',
  ].map((text): ['i32', string] => ['i32', text]),
  ...[
    'u + w',
    'u * w',
    'u / w',
    'u % w',
    'u << (w & 31u)',
    'u >> (w & 31u)',
    'min(u, w)',
    'u32(abs(a))',
    'u32(a < b) + 2u * u32(a <= b) + 4u * u32(i < j) + 8u * u32(u < w)',
    'bitcast<u32>(a)',
    'extractBits(u, w & 31u, 7u)',
    'countLeadingZeros(u)',
    'firstLeadingBit(u)',
    'movemask(vec4f(a, b, c, a) < vec4f(b, c, a, 0.5))',
    'u32(any(vec4f(a, b, c, 1.0) > vec4f(2.0))) + 2u * u32(all(vec3f(a, b, c) < vec3f(b)))',
    'firstTrailingBit(w)',
  ].map((text): ['u32', string] => ['u32', text]),
];

const SOURCE = `
fn movemask(m: vec4<bool>) -> u32 { return dot(select(vec4u(0u), vec4u(1u, 2u, 4u, 8u), m), vec4u(1u)); }
@group(0) @binding(0) var<storage, read> given: array<array<u32, 8>>;
@group(0) @binding(1) var<storage, read_write> results: array<u32>;
@compute @workgroup_size(64) fn entry(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= arrayLength(&given)) { return; }
  let a = bitcast<f32>(given[id.x][0]); let b = bitcast<f32>(given[id.x][1]); let c = bitcast<f32>(given[id.x][2]);
  let i = bitcast<i32>(given[id.x][3]); let j = bitcast<i32>(given[id.x][4]); let u = given[id.x][5]; let w = given[id.x][6];
  let at = id.x * ${EXPRESSIONS.length}u;
${EXPRESSIONS.map(([type, expression], index) => `  results[at + ${index}u] = bitcast<u32>(${type}(${expression}));`).join('\n')}
}`;

interface Device {
  run(
    source: string,
    entry: string,
    buffers: Record<number, { bytes: Uint8Array; writable?: boolean }>,
    invocations: number,
  ): Promise<Map<number, Uint8Array>>;
  /** Errors that Dawn finds in a source. */
  errorsIn(source: string): Promise<string[]>;
}

/* eslint-disable @typescript-eslint/no-explicit-any -- WebGPU's types come with the package, which is not installed as a rule. */
const kept: unknown[] = [];
async function openDevice(): Promise<Device | string> {
  const webgpu = (await import('webgpu' as string).catch(() => undefined)) as any;
  if (webgpu === undefined) return 'the package webgpu is not installed';
  Object.assign(globalThis, webgpu.globals);
  const gpu = webgpu.create([]);
  const adapter = await gpu.requestAdapter().catch(() => null);
  if (adapter === null) return 'no Vulkan device';
  const device = await adapter.requestDevice({
    requiredLimits: { maxStorageBuffersPerShaderStage: Math.min(adapter.limits.maxStorageBuffersPerShaderStage, 12) },
  });
  const usage = webgpu.globals.GPUBufferUsage;
  // Dawn crashes when its instance is collected under a device.
  kept.push(gpu, adapter, device);
  return {
    async errorsIn(source) {
      const info = await device.createShaderModule({ code: source }).getCompilationInfo();
      return info.messages
        .filter((message: any) => message.type === 'error')
        .map((message: any) => `line ${message.lineNum}: ${message.message}`);
    },
    async run(source, entry, buffers, invocations) {
      const pipeline = await device.createComputePipelineAsync({
        layout: 'auto',
        compute: { module: device.createShaderModule({ code: source }), entryPoint: entry },
      });
      const made = Object.entries(buffers).map(([binding, { bytes, writable }]) => {
        const buffer = device.createBuffer({
          size: Math.max(Math.ceil(bytes.length / 16) * 16, 16),
          usage: usage.STORAGE | usage.COPY_DST | usage.COPY_SRC,
        });
        device.queue.writeBuffer(buffer, 0, new Uint8Array(bytes));
        return { binding: Number(binding), buffer, writable, length: bytes.length };
      });
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(
        0,
        device.createBindGroup({
          layout: pipeline.getBindGroupLayout(0),
          entries: made.map(({ binding, buffer }) => ({ binding, resource: { buffer } })),
        }),
      );
      pass.dispatchWorkgroups(Math.ceil(invocations / 64));
      pass.end();
      const results = new Map<number, Uint8Array>();
      const reads = made
        .filter(({ writable }) => writable)
        .map(({ binding, buffer, length }) => {
          const target = device.createBuffer({ size: buffer.size, usage: usage.COPY_DST | usage.MAP_READ });
          encoder.copyBufferToBuffer(buffer, 0, target, 0, buffer.size);
          return { binding, target, length };
        });
      device.queue.submit([encoder.finish()]);
      for (const { binding, target, length } of reads) {
        await target.mapAsync(1);
        results.set(binding, new Uint8Array(target.getMappedRange().slice(0, length)));
      }
      return results;
    },
  };
}
/* eslint-enable @typescript-eslint/no-explicit-any */

describe('compiled kernels beside Dawn', function () {
  this.timeout(120_000);
  let device: Device;
  before(async function (this: Context) {
    const opened = await openDevice();
    if (typeof opened === 'string') skip(this, `WebAssembly is not compared with a Vulkan device here: ${opened}`);
    device = opened;
  });

  it('Dawn accepts the kernel', async () => {
    assert.deepEqual(await device.errorsIn(joinSource(kernelSource())), []);
    assert.deepEqual(await device.errorsIn(SOURCE), []);
  });

  it('every operation gives the same bits', async () => {
    const word = randomWords(31);
    const count = 2048;
    // Numbers whose sums, products and quotients stay normal: devices differ on subnormals, infinities and NaN.
    // Division and roots may round differently there.
    const float = () => {
      if (word() % 6 === 0) return word() % 8;
      for (;;) {
        const value = floatOfWord(word());
        if (Math.abs(value) > 2 ** -40 && Math.abs(value) < 2 ** 30) return value;
      }
    };
    const integer = () => (word() % 3 === 0 ? EDGE_INTEGERS[(word() >>> 0) % EDGE_INTEGERS.length]! : word());
    const given = new Uint32Array(count * 8);
    for (let at = 0; at < count; at++) {
      given.set(new Uint32Array(Float32Array.of(float(), float(), float()).buffer), 8 * at);
      given.set(
        [integer(), integer(), integer(), integer()].map((value) => value >>> 0),
        8 * at + 3,
      );
    }
    const bytes = new Uint8Array(given.buffer);
    const resultBytes = count * EXPRESSIONS.length * 4;
    const instance = instantiateKernel(
      compileKernel({ source: SOURCE }),
      { given: bytes },
      { zeroed: { results: resultBytes } },
    );
    instance.run(0, count);
    const ours = new Uint32Array(instance.view('results').slice().buffer);
    const theirs = new Uint32Array(
      (
        await device.run(
          SOURCE,
          'entry',
          { 0: { bytes }, 1: { bytes: new Uint8Array(resultBytes), writable: true } },
          count,
        )
      )
        .get(1)!
        .slice().buffer,
    );
    const different = new Map<string, string>();
    for (let at = 0; at < ours.length; at++) {
      const [type, expression] = EXPRESSIONS[at % EXPRESSIONS.length]!;
      // Zeros of either sign are one: WGSL lets a device drop the sign.
      const zeros = type === 'f32' && ((ours[at]! | theirs[at]!) & 0x7fffffff) === 0;
      if (ours[at] !== theirs[at] && !zeros)
        different.set(
          expression,
          `${ours[at]} here, ${theirs[at]} there, of ${[...given.subarray(8 * Math.floor(at / EXPRESSIONS.length)).subarray(0, 7)].join(' ')}`,
        );
    }
    assert.deepEqual(Object.fromEntries(different), {});
  });

  it('the whole kernel agrees but for paths that rounding splits', async () => {
    const scene = prepareScene(
      posedOf({
        pieces: [
          { corners: quad([-3, -1, 3], [6, 0, 0], [0, 0, -6]), material: 0 },
          { corners: quad([-3, -1, -2], [6, 0, 0], [0, 5, 0]), material: 1 },
          { corners: quad([-0.5, 2.5, -1], [1, 0, 0], [0, 0, 1]), material: 2 },
        ],
        materials: [
          material({ baseColor: [0.8, 0.7, 0.6, 1] }),
          material({ baseColor: [0.3, 0.6, 0.9, 1], roughness: 0.4 }),
          material({ emissive: [9, 8, 7] }),
        ],
        background: { kind: 'color', rgb: [0.1, 0.2, 0.3] },
      }),
    );
    const [size, samples] = [32, 2];
    const items = new Uint32Array(size * size * 4);
    for (let pixel = 0; pixel < size * size; pixel++)
      items.set([pixel % size, Math.floor(pixel / size), 0, samples], 4 * pixel);
    const buffers: Record<string, Uint8Array> = {
      ...scene.buffers,
      frame: frameWithSettings(scene.buffers['frame']!, { seed: 1, frame: 0, bounces: 3, width: size, height: size }),
      items: new Uint8Array(items.buffer),
    };
    const compiled = compileKernel({ source: kernelSource() });
    const instance = instantiateKernel(compiled, buffers, {
      zeroed: { sums: items.length * 4, counters: items.length },
    });
    instance.run(0, size * size);
    const ours = new Float32Array(instance.view('sums').slice().buffer);
    const bound = Object.fromEntries(
      compiled.bindings.map(({ name, binding, writable }) => [
        binding,
        { bytes: buffers[name] ?? new Uint8Array(instance.view(name).length), writable },
      ]),
    );
    const sums = compiled.bindings.find(({ name }) => name === 'sums')!.binding;
    const theirs = new Float32Array(
      (await device.run(joinSource(kernelSource()), compiled.entry!, bound, size * size)).get(sums)!.slice().buffer,
    );
    const close = ours.filter(
      (value, at) => Math.abs(value - theirs[at]!) <= 1e-4 * Math.max(1, Math.abs(value)),
    ).length;
    const equal = ours.filter((value, at) => value === theirs[at]).length;
    console.log(
      `      ${((100 * equal) / ours.length).toFixed(2)} % of the sums are equal to the bit, ${((100 * close) / ours.length).toFixed(2)} % within 1e-4`,
    );
    assert.ok(close / ours.length > 0.97);
  });
});
