import assert from 'node:assert/strict';
import { compileKernel } from '../../../renderer/compiler/compileKernel.js';
import { forSharedMemory } from '../../../renderer/compiler/forSharedMemory.js';
import { instantiateKernel } from '../../../renderer/compiler/instantiateKernel.js';
import { linkKernel } from '../../../renderer/compiler/linkKernel.js';

// Everything that lies in memory: a table of constants, a private array, an array of a function, a lane picked by a
// computed index.
const SOURCE = `
  const PRIMES = array<u32, 5>(2u, 3u, 5u, 7u, 11u);
  var<private> seen: array<u32, 4>;
  @group(0) @binding(0) var<storage, read> given: array<u32>;
  @group(0) @binding(1) var<storage, read_write> out: array<u32>;
  fn store(into: ptr<function, array<u32, 40>>, at: u32, value: u32) { (*into)[at] = value; }
  @compute @workgroup_size(1) fn entry(@builtin(global_invocation_id) id: vec3u) {
    var numbers: array<u32, 40>;
    for (var i = 0u; i < 40u; i++) { store(&numbers, i, i * PRIMES[(i + id.x) % 5u]); }
    var four = vec4u(1u, 2u, 3u, 4u);
    four[id.x & 3u] = id.x;
    seen[id.x & 3u] += numbers[id.x % 40u] + given[id.x];
    out[id.x] = seen[id.x & 3u] + four[(id.x + 1u) & 3u] * four[id.x & 3u];
  }`;
const COUNT = 60;

describe('forSharedMemory', () => {
  const given = Uint32Array.from({ length: COUNT }, (_, i) => i * 7919);

  for (const optimize of [false, true])
    it(`gives instances that share a memory and do not disturb one another, ${optimize ? 'optimised' : 'as written'}`, () => {
      const compiled = compileKernel({ source: SOURCE, optimize });
      const alone = instantiateKernel(
        compiled,
        { given: new Uint8Array(given.buffer) },
        { zeroed: { out: 4 * COUNT } },
      );
      alone.run(0, COUNT);
      const expected = Buffer.from(alone.view('out'));

      const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
      new Uint32Array(memory.buffer, 8192, COUNT).set(given);
      const module = new WebAssembly.Module(forSharedMemory(compiled.wasm) as BufferSource);
      const instances = [32, 4096].map((staticBase, i) =>
        linkKernel({
          module,
          memory,
          staticBase,
          places: new Map([
            ['given', { address: 8192, byteLength: 4 * COUNT }],
            ['out', { address: 16384 + 1024 * i, byteLength: 4 * COUNT }],
          ]),
          functions: [],
        }),
      );
      for (let id = 0; id < COUNT; id++) for (const instance of instances) instance.run(id, id + 1);
      for (const instance of instances) assert.deepEqual(Buffer.from(instance.view('out')), expected);
      // Each has a static memory of its own, and what no instance was given stays as it was.
      const { staticBytes } = compiled;
      const staticOf = (base: number): Buffer =>
        Buffer.from(new Uint8Array(memory.buffer).slice(base, base + staticBytes));
      assert.deepEqual(staticOf(32), staticOf(4096));
      assert.ok(staticOf(32).some((byte) => byte !== 0));
      for (const [begin, end] of [
        [0, 32],
        [32 + staticBytes, 4096],
        [4096 + staticBytes, 8192],
      ] as const)
        assert.ok(new Uint8Array(memory.buffer).slice(begin, end).every((byte) => byte === 0));
    });

  it('changes one bit, and refuses what has no memory of the other kind', () => {
    const { wasm } = compileKernel({ source: SOURCE });
    const shared = forSharedMemory(wasm);
    assert.deepEqual(
      [...shared].flatMap((byte, at) => (byte === wasm[at] ? [] : [byte ^ wasm[at]!])),
      [2],
    );
    assert.throws(() => forSharedMemory(shared), /flags of a kernel's memory/);
    assert.throws(() => forSharedMemory(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)), /imports of a kernel/);
  });
});
