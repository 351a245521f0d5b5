import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { COMPILER_VERSION } from '../../../renderer/compiler/compilerVersion.js';
import { compileKernel } from '../../../renderer/compiler/compileKernel.js';
import { instantiateKernel } from '../../../renderer/compiler/instantiateKernel.js';

const SOURCE = `
@group(0) @binding(0) var<storage, read_write> out: array<vec4f>;
fn wave(x: f32) -> vec4f { var v = vec4f(x); for (var i = 0; i < 20; i++) { v = v * v.yzwx + vec4f(0.25, -0.5, f32(i), x) / 3.0; v = v - floor(v); } return v; }
@compute @workgroup_size(64) fn entry(@builtin(global_invocation_id) id: vec3u) { if (id.x < arrayLength(&out)) { out[id.x] = wave(f32(id.x) * 0.37 + f32(id.y + id.z)); } }`;

describe('compileKernel', () => {
  it('gives the same bytes every time, whatever was compiled between', () => {
    const first = compileKernel({ source: SOURCE });
    compileKernel({ source: SOURCE, checks: true, functions: ['wave'] });
    compileKernel({ source: SOURCE, optimize: false });
    assert.throws(() => compileKernel({ source: `${SOURCE} broken` }));
    const second = compileKernel({ source: SOURCE });
    assert.deepEqual(second.wasm, first.wasm);
    assert.equal(second.kernelHash, first.kernelHash);
    assert.equal(first.entry, 'entry');
  });

  it('hashes its own version, the source and the WebAssembly', () => {
    const { kernelHash, wasm } = compileKernel({ source: SOURCE });
    const sha256 = (...pieces: (string | Uint8Array)[]) =>
      pieces.reduce((hash, piece) => hash.update(piece), createHash('sha256')).digest();
    assert.equal(kernelHash, `0x${sha256(sha256(COMPILER_VERSION), sha256(SOURCE), sha256(wasm)).toString('hex')}`);
    assert.notEqual(compileKernel({ source: `${SOURCE}\n` }).kernelHash, kernelHash);
  });

  it('optimising changes no bit, nor does where a run begins and ends', () => {
    const results = [{ optimize: false }, { optimize: true }, { optimize: true, checks: true }].map((options) => {
      const instance = instantiateKernel(
        compileKernel({ source: SOURCE, ...options }),
        {},
        { zeroed: { out: 16 * 500 } },
      );
      for (const [begin, end] of [
        [0, 1],
        [1, 1],
        [1, 130],
        [130, 500],
        [500, 700],
      ])
        instance.run(begin!, end!);
      return Buffer.from(instance.view('out'));
    });
    assert.deepEqual(results[1], results[0]);
    assert.deepEqual(results[2], results[0]);
    assert.ok(new Set(new Uint32Array(results[0]!.buffer, results[0]!.byteOffset, 2000)).size > 1000);
  });

  it('uses SIMD, and neither relaxed instructions nor a call for small functions', () => {
    const { wasm } = compileKernel({ source: SOURCE });
    const module = new WebAssembly.Module(wasm as BufferSource);
    assert.deepEqual(
      WebAssembly.Module.exports(module).map(({ name }) => name),
      ['run'],
    );
    // 0xfd is the prefix of SIMD instructions.
    assert.ok(Buffer.from(wasm).includes(Buffer.from([0xfd, 0xe6, 0x01])), 'f32x4.mul');
  });

  it('refuses a scene larger than a memory, in one sentence', () => {
    const compiled = compileKernel({ source: SOURCE, optimize: false });
    assert.throws(
      () => instantiateKernel(compiled, {}, { zeroed: { out: 2 ** 32 } }),
      /needs 4294967\d+ bytes of memory, more than a thread can have/,
    );
    assert.throws(() => instantiateKernel(compiled, { nothing: new Uint8Array(4) }), /expected out, found nothing/);
  });
});
