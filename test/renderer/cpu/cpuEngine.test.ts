import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { InvariantError } from '../../../protocol/errors.js';
import type { Engine, RenderRequest } from '../../../renderer/Engine.js';
import { KernelCompileError } from '../../../renderer/compiler/KernelCompileError.js';
import { EngineError } from '../../../renderer/cpu/EngineError.js';
import { createCpuEngine } from '../../../renderer/cpu/createCpuEngine.js';
import { loadKernel } from '../../../renderer/cpu/loadKernel.js';
import { threadCpuMs } from '../../../renderer/cpu/threadCpuMs.js';
import type { PreparedScene } from '../../../renderer/scene/prepare/prepareScene.js';
import { prepareScene } from '../../../renderer/scene/prepare/prepareScene.js';
import { material, posedOf, quad } from '../../support/posedFixtures.js';
import { randomWords } from '../compiler/kernelFunctions.js';
import { bytes32 } from '../../support/leaseFixtures.js';
import { within } from '../../support/within.js';

const SIZE = 48;
const settings = { seed: 9, frame: 3, bounces: 4, width: SIZE, height: SIZE };

/** A lit corner with a mirror: paths of every length. */
function cornerScene(lightX: number): PreparedScene {
  return prepareScene(
    posedOf({
      pieces: [
        { corners: quad([-3, -1, 3], [6, 0, 0], [0, 0, -6]), material: 0 },
        { corners: quad([-3, -1, -2], [6, 0, 0], [0, 5, 0]), material: 1 },
        { corners: quad([lightX, 2.5, -1], [1, 0, 0], [0, 0, 1]), material: 2 },
        { corners: quad([-1, -1, 0], [1, 0, 0.5], [0, 1.5, 0]), material: 3 },
      ],
      materials: [
        material({ baseColor: [0.8, 0.7, 0.6, 1] }),
        material({ baseColor: [0.3, 0.6, 0.9, 1], roughness: 0.4 }),
        material({ emissive: [9, 8, 7] }),
        material({ metallic: 1, roughness: 0.15 }),
      ],
      background: { kind: 'color', rgb: [0.1, 0.2, 0.3] },
    }),
  );
}

function itemsOf(samples: number): Uint32Array {
  const items = new Uint32Array(SIZE * SIZE * 4);
  for (let pixel = 0; pixel < SIZE * SIZE; pixel++)
    items.set([pixel % SIZE, Math.floor(pixel / SIZE), 0, samples], 4 * pixel);
  return items;
}

async function withEngine<T>(threads: number, cacheDir: string, use: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = await createCpuEngine({ threads, cacheDir });
  try {
    return await use(engine);
  } finally {
    await engine.close();
  }
}
const wordsOf = (sums: Float32Array) => Buffer.from(sums.buffer, sums.byteOffset, sums.byteLength);

describe('createCpuEngine', function () {
  this.timeout(120_000);
  let cacheDir: string;
  let scene: PreparedScene;
  let reference: { sums: Float32Array; rays: number };
  before(async () => {
    cacheDir = await mkdtemp(join(tmpdir(), 'rushes-engine-'));
    scene = cornerScene(-0.5);
    reference = await withEngine(1, cacheDir, (engine) =>
      engine.render({ prepared: scene, settings, items: itemsOf(4) }),
    );
  });
  after(() => rm(cacheDir, { recursive: true, force: true }));

  it('renders something: finite sums, coverage, at least a ray per sample', () => {
    const { sums, rays } = reference;
    assert.ok(sums.every((value) => Number.isFinite(value) && !Object.is(value, -0)));
    assert.ok(rays > SIZE * SIZE * 4);
    assert.ok(sums.filter((_, index) => index % 4 === 3).some((coverage) => coverage > 0));
    assert.ok(new Set(sums).size > 1000);
  });

  it('gives the same bits on two and three threads, and however the items are cut, ordered or repeated', async () => {
    const word = randomWords(21);
    for (const threads of [2, 3]) {
      await withEngine(threads, cacheDir, async (engine) => {
        const whole = await engine.render({ prepared: scene, settings, items: itemsOf(4) });
        assert.deepEqual(wordsOf(whole.sums), wordsOf(reference.sums));
        assert.equal(whole.rays, reference.rays);

        // Shuffle the items, cut them at random, and hand all parts in at once.
        const order = Array.from({ length: SIZE * SIZE }, (_, index) => index);
        for (let i = order.length - 1; i > 0; i--) {
          const j = (word() >>> 0) % (i + 1);
          [order[i], order[j]] = [order[j]!, order[i]!];
        }
        order.push(...order.slice(0, 50));
        const parts: number[][] = [];
        for (let at = 0; at < order.length;) parts.push(order.slice(at, (at += 1 + ((word() >>> 0) % 700))));
        const all = itemsOf(4);
        const results = await Promise.all(
          parts.map((part) =>
            engine.render({
              prepared: scene,
              settings,
              items: Uint32Array.from(part.flatMap((index) => [...all.subarray(4 * index, 4 * index + 4)])),
            }),
          ),
        );
        parts.forEach((part, at) =>
          part.forEach((index, i) => {
            assert.deepEqual(
              wordsOf(results[at]!.sums.subarray(4 * i, 4 * i + 4)),
              wordsOf(reference.sums.subarray(4 * index, 4 * index + 4)),
              `item ${index}`,
            );
          }),
        );
      });
    }
  });

  it('keeps scenes and settings of requests under way apart', async () => {
    await withEngine(2, cacheDir, async (engine) => {
      const other = cornerScene(0.7);
      const requests: RenderRequest[] = [
        { prepared: scene, settings, items: itemsOf(4) },
        { prepared: other, settings, items: itemsOf(2) },
        { prepared: scene, settings: { ...settings, seed: 10 }, items: itemsOf(2) },
        { prepared: scene, settings, items: itemsOf(4) },
      ];
      const together = await Promise.all(requests.map((request) => engine.render(request)));
      assert.deepEqual(wordsOf(together[0]!.sums), wordsOf(reference.sums));
      assert.deepEqual(wordsOf(together[3]!.sums), wordsOf(reference.sums));
      for (const i of [1, 2]) {
        const alone = await engine.render(requests[i]!);
        assert.deepEqual(wordsOf(together[i]!.sums), wordsOf(alone.sums));
        assert.notDeepEqual(wordsOf(alone.sums), wordsOf(reference.sums));
      }
    });
  });

  it('reports progress that never decreases, rays and processor time', async () => {
    await withEngine(2, cacheDir, async (engine) => {
      const seen: number[] = [];
      const began = performance.now();
      const { cpuMs, rays } = await engine.render({
        prepared: scene,
        settings,
        items: itemsOf(32),
        onProgress: (done) => seen.push(done),
      });
      const wallMs = performance.now() - began;
      assert.ok(seen.length > 2 && seen.every((done, i) => i === 0 || done >= seen[i - 1]!), seen.join());
      assert.equal(seen.at(-1), SIZE * SIZE);
      assert.ok(rays > SIZE * SIZE * 32);
      assert.ok(cpuMs > 0 && cpuMs < 2.2 * wallMs + 50, `${cpuMs} ms of processor in ${wallMs} ms`);
      const empty = await engine.render({ prepared: scene, settings, items: new Uint32Array() });
      assert.deepEqual([empty.sums.length, empty.rays], [0, 0]);
    });
  });

  it('stops soon when aborted, and goes on working', async () => {
    await withEngine(2, cacheDir, async (engine) => {
      const controller = new AbortController();
      const reason = new Error('enough');
      const long = engine.render({ prepared: scene, settings, items: itemsOf(4000), signal: controller.signal });
      setTimeout(() => controller.abort(reason), 200);
      await assert.rejects(long, (error) => error === reason);
      // The threads must let go of the aborted pieces before they take new ones: 16 items of 4000 samples each.
      const render = engine.render({ prepared: scene, settings, items: itemsOf(4) });
      const next = await within(10_000, 'a render after one that was aborted', render);
      assert.deepEqual(wordsOf(next.sums), wordsOf(reference.sums));
      await assert.rejects(
        engine.render({ prepared: scene, settings, items: itemsOf(4), signal: AbortSignal.abort(reason) }),
        (error) => error === reason,
      );
    });
  });

  it('says so when a thread dies, and replaces it', async () => {
    const workers: Worker[] = [];
    const collect = (worker: Worker) => workers.push(worker);
    process.on('worker', collect);
    try {
      await withEngine(2, cacheDir, async (engine) => {
        // A thread that dies before it has anything to do takes nothing with it: this one has pieces.
        const onProgress = (): void => void workers.at(-1)!.terminate();
        const long = engine.render({ prepared: scene, settings, items: itemsOf(4000), onProgress });
        await assert.rejects(
          long,
          (error) => error instanceof EngineError && /a render thread failed/.test(error.message),
        );
        const next = await engine.render({ prepared: scene, settings, items: itemsOf(4) });
        assert.deepEqual(wordsOf(next.sums), wordsOf(reference.sums));
      });
    } finally {
      process.off('worker', collect);
    }
  });

  it('says so when a scene does not fit the kernel, and refuses items outside the frame', async () => {
    await withEngine(1, cacheDir, async (engine) => {
      const foreign = {
        ...scene,
        hash: bytes32('11'),
        buffers: { ...scene.buffers, nothing: new Uint8Array(4) },
      };
      await assert.rejects(
        engine.render({ prepared: foreign, settings, items: itemsOf(1) }),
        (error) => error instanceof EngineError && /nothing/.test(error.message),
      );
      const less = Object.fromEntries(Object.entries(scene.buffers).filter(([name]) => name !== 'texels'));
      await assert.rejects(
        engine.render({ prepared: { ...scene, buffers: less }, settings, items: itemsOf(1) }),
        (error) => error instanceof InvariantError && /texels/.test(error.message),
      );
      for (const item of [
        [SIZE, 0, 0, 1],
        [0, SIZE, 0, 1],
        [0, 0, 2, 1],
        [0, 0, 1],
      ]) {
        await assert.rejects(
          engine.render({ prepared: scene, settings, items: Uint32Array.from(item) }),
          InvariantError,
          item.join(),
        );
      }
      await engine.render({ prepared: scene, settings, items: itemsOf(1) });
    });
    await assert.rejects(createCpuEngine({ threads: 0 }), InvariantError);
  });

  it('ends renders under way when closed, and takes no more', async () => {
    const engine = await createCpuEngine({ threads: 2, cacheDir });
    const long = engine.render({ prepared: scene, settings, items: itemsOf(4000) });
    const rejected = assert.rejects(long, (error) => error instanceof EngineError && /closed/.test(error.message));
    await within(5000, 'the end of the engine', engine.close());
    await rejected;
    await assert.rejects(engine.render({ prepared: scene, settings, items: itemsOf(1) }), EngineError);
    await engine.close();
  });

  it('keeps compiled kernels in a folder, and trusts none that is not whole', async () => {
    assert.equal((await readdir(cacheDir)).length, 1, 'one kernel, and no temporary file stays');
    await rm(cacheDir, { recursive: true });
    const source = `@group(0) @binding(0) var<storage, read_write> out: array<f32>;
      @compute @workgroup_size(1) fn entry(@builtin(global_invocation_id) id: vec3u) { out[id.x] = sqrt(f32(id.x)); }`;
    const load = async (dir: string | undefined) => {
      const { wasm, bindings, entry, staticBytes, kernelHash } = await loadKernel({ source, cacheDir: dir });
      assert.match(kernelHash, /^0x[0-9a-f]{64}$/);
      return { wasm: Buffer.from(wasm), description: JSON.stringify({ bindings, entry, staticBytes }) };
    };
    const fresh = await load(undefined);
    assert.deepEqual(await load(cacheDir), fresh);
    const names = await readdir(cacheDir);
    assert.equal(names.length, 1);
    const path = join(cacheDir, names[0]!);
    const before = await readFile(path);
    assert.deepEqual(await load(cacheDir), fresh);

    for (const spoil of [
      (bytes: Buffer) => bytes.subarray(0, bytes.length - 7),
      (bytes: Buffer) => Buffer.from(bytes).fill(1, bytes.length - 1),
      () => Buffer.alloc(0),
    ]) {
      await writeFile(path, spoil(before));
      const [one, two] = await Promise.all([load(cacheDir), load(cacheDir)]);
      assert.deepEqual(one, fresh);
      assert.deepEqual(two, fresh);
      assert.deepEqual(await readFile(path), before);
    }

    // Who starts together compiles once; a lock whose holder is gone holds nobody up.
    await rm(path);
    let compilations = 0;
    const count = () => void compilations++;
    process.on('worker', count);
    await Promise.all([load(cacheDir), load(cacheDir), load(cacheDir)]);
    process.off('worker', count);
    assert.equal(compilations, 1);
    await rm(path);
    await writeFile(`${path}.lock`, '2147483646');
    assert.deepEqual(await load(cacheDir), fresh);
    assert.deepEqual(await readdir(cacheDir), names);
    const refusal = (error: unknown) =>
      error instanceof EngineError && error.message.includes(path) && error.advice !== undefined;
    await assert.rejects(loadKernel({ source, cacheDir: join(path, 'below-a-file') }), refusal);
  });

  it('says so when the thread that compiles dies, and what to do', async () => {
    process.once('worker', (worker: Worker) => void worker.terminate());
    await assert.rejects(
      loadKernel({ source: 'never read', cacheDir: undefined }),
      (error) =>
        error instanceof EngineError &&
        /compiles the kernel failed: worker exited/.test(error.message) &&
        error.advice !== undefined,
    );
  });

  it('says where a kernel is wrong, although another thread compiles it', async () => {
    await assert.rejects(
      loadKernel({ source: [{ name: 'some.wgsl', text: '\n  no kernel' }], cacheDir: undefined }),
      (error) => {
        assert.ok(error instanceof KernelCompileError, String(error));
        assert.equal(error.message, "some.wgsl:2:3: expected a declaration, found 'no'\n  2 |   no kernel\n    |   ^");
        assert.deepEqual([error.code, error.facts['file'], error.facts['line']], ['kernel-compile', 'some.wgsl', 2]);
        assert.match(error.advice!, /subset/);
        return true;
      },
    );
  });

  it('measures the processor time of one thread, of short spells too', async () => {
    // Linux brings a running thread's own time up to date only every few milliseconds: spells shorter than that must
    // not be lost.
    let spells = 0;
    let x = 1;
    const processBegan = process.cpuUsage();
    for (let spell = 0; spell < 200; spell++) {
      const began = threadCpuMs();
      for (let i = 0; i < 1e6; i++) x = Math.imul(x, 747796405) + i;
      spells += threadCpuMs() - began;
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { user, system } = process.cpuUsage(processBegan);
    const share = spells / ((user + system) / 1000);
    assert.ok(share > 0.75 && share < 1.1, `the spells are ${share} of the process's time, ${x}`);
  });
});
