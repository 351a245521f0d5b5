import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCpuEngine } from '../../../renderer/cpu/createCpuEngine.js';
import { SceneMemory } from '../../../renderer/cpu/SceneMemory.js';
import { residentBytes } from '../../../renderer/residentBytes.js';
import { formatBytes } from '../../../renderer/scene/SceneBudget.js';
import { PREPARED_BINDINGS, prepareScene, type PreparedScene } from '../../../renderer/scene/prepare/prepareScene.js';
import { sharedBytes } from '../../../renderer/scene/prepare/sharedBytes.js';
import { bytes32 } from '../../support/leaseFixtures.js';
import { material, posedOf, quad } from '../../support/posedFixtures.js';

const MIB = 2 ** 20;
const bindings = [...PREPARED_BINDINGS, 'items', 'sums', 'counters'].map((name, binding) => ({
  name,
  binding,
  type: { kind: 'void' as const },
  writable: false,
  elementStride: 4,
}));
const memoryWith = (slots: number): SceneMemory => new SceneMemory({ kernel: { bindings, staticBytes: 1000 }, slots });

/** Buffers of a scene, all small but for its texels. */
function buffersOf(texelBytes: number): Record<string, Uint8Array> {
  const bytes = (name: string): Uint8Array => sharedBytes(name === 'texels' ? texelBytes : 100);
  return Object.fromEntries(PREPARED_BINDINGS.map((name) => [name, bytes(name)]));
}

/** A scene that emits, with so many bytes of texels that nothing reads. */
function sceneWith(texelBytes: number): PreparedScene {
  const scene = prepareScene(
    posedOf({
      pieces: [{ corners: quad([-3, -1, 3], [6, 0, 0], [0, 0, -6]), material: 0 }],
      materials: [material({ emissive: [3, 2, 1] })],
      background: { kind: 'color', rgb: [0.1, 0.2, 0.3] },
    }),
  );
  return {
    ...scene,
    hash: bytes32(String(10 + (texelBytes % 89))),
    buffers: { ...scene.buffers, texels: sharedBytes(texelBytes) },
  };
}

describe('SceneMemory', () => {
  it('has a scene once, whatever the number of threads', () => {
    const [few, many] = [memoryWith(2), memoryWith(8)];
    const buffers = buffersOf(80 * MIB);
    for (const memory of [few, many]) memory.put({ buffers });
    assert.ok(few.byteLength > 80 * MIB);
    assert.ok(many.byteLength - few.byteLength < 6 * MIB, formatBytes(many.byteLength - few.byteLength));
  });

  it('places nothing over anything else: slots, then the scene', () => {
    const memory = memoryWith(3);
    const { scene } = memory.put({ buffers: buffersOf(MIB) });
    const ends = [...scene.places.values()].sort((a, b) => a.address - b.address);
    for (const [i, { address, byteLength }] of ends.entries()) {
      assert.equal(address % 16, 0);
      const next = ends[i + 1]?.address ?? memory.byteLength;
      assert.ok(address + byteLength <= next);
    }
    assert.deepEqual([...scene.places.keys()].sort(), PREPARED_BINDINGS.filter((name) => name !== 'frame').sort());
  });

  it('copies what changed, and all of it where a part before it grew or nobody knows what is there', () => {
    const memory = memoryWith(2);
    const buffers = buffersOf(MIB);
    const copiedBy = (given: Record<string, Uint8Array>): number => memory.put({ buffers: given }).copy.pieces.length;
    assert.equal(copiedBy(buffers), 6);
    assert.equal(copiedBy(buffers), 0);
    assert.equal(copiedBy({ ...buffers, materials: sharedBytes(100) }), 1);
    assert.equal(copiedBy({ ...buffers, texels: sharedBytes(2 * MIB) }), 6);
    memory.forget();
    assert.equal(copiedBy(buffers), 6);
  });

  it('uses a memory again, also for scenes that grow a little, and replaces one that is far too large', () => {
    const memory = memoryWith(2);
    const put = (texelBytes: number): WebAssembly.Memory => {
      const buffers = buffersOf(texelBytes);
      const [fits, before] = [memory.fits({ buffers }), memory.byteLength];
      const { scene } = memory.put({ buffers });
      assert.equal(before === memory.byteLength, fits);
      return scene.memory;
    };
    const first = put(200 * MIB);
    assert.equal(put(220 * MIB), first);
    assert.equal(put(120 * MIB), first);
    const small = put(MIB);
    assert.notEqual(small, first);
    assert.ok(memory.byteLength < 8 * MIB);
    assert.notEqual(put(200 * MIB), small);
  });
});

describe('the memory of an engine', function () {
  this.timeout(120_000);
  const settings = { seed: 9, frame: 3, bounces: 4, width: 96, height: 96 };
  const items = new Uint32Array(96 * 96 * 4);
  for (let pixel = 0; pixel < 96 * 96; pixel++) items.set([pixel % 96, Math.floor(pixel / 96), 0, 8], 4 * pixel);
  let cacheDir: string;
  before(async () => {
    cacheDir = await mkdtemp(join(tmpdir(), 'rushes-engine-'));
  });
  after(() => rm(cacheDir, { recursive: true, force: true }));

  it('grows by a scene once on three threads, and is given back with the next small one', async () => {
    const engine = await createCpuEngine({ threads: 3, cacheDir });
    try {
      const small = sceneWith(16);
      const reference = await engine.render({ prepared: small, settings, items });
      const before = (await residentBytes(process.pid))!;
      const grownBytes = async (): Promise<number> => (await residentBytes(process.pid))! - before;
      // Nothing was ever written to these texels: only copies of them take memory.
      const large = await engine.render({ prepared: sceneWith(160 * MIB), settings, items });
      const grown = await grownBytes();
      assert.ok(grown > 120 * MIB && grown < 240 * MIB, formatBytes(grown));
      assert.deepEqual(large.sums, reference.sums);
      const again = await engine.render({ prepared: small, settings, items });
      assert.deepEqual(again.sums, reference.sums);
      for (let tries = 0; (await grownBytes()) > 60 * MIB; tries++) {
        assert.ok(tries < 500, `${formatBytes(await grownBytes())} stay`);
        await sleep(20);
      }
    } finally {
      await engine.close();
    }
  });
});
