import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { InvariantError } from '../../protocol/errors.js';
import type { Engine, RenderRequest } from '../Engine.js';
import { ITEM_STRIDE } from '../Engine.js';
import { forSharedMemory } from '../compiler/forSharedMemory.js';
import { ITEM } from '../kernels/generated/layout.js';
import { kernelSource } from '../kernels/kernelSource.js';
import type { PreparedScene } from '../scene/prepare/prepareScene.js';
import { loadKernel } from './loadKernel.js';
import { collectGarbage } from './collectGarbage.js';
import type { RenderedPiece, RenderPiece, SceneCopy, SceneInMemory, ThreadData } from './RenderPiece.js';
import { PIECE_BINDINGS } from './RenderPiece.js';
import { RenderQueue, closedError } from './RenderQueue.js';
import { SceneMemory } from './SceneMemory.js';

/**
 * Pieces handed out per thread: one that renders, one that waits with it, so that a thread never waits for the thread
 * that hands out.
 */
const PIECES_PER_THREAD = 2;

/**
 * Starts the engine that runs the kernel as WebAssembly on threads of this machine.
 * @param threads render threads, at least 1.
 * @param cacheDir folder for compiled kernels; undefined compiles anew (about two seconds).
 */
export async function createCpuEngine(options: { threads: number; cacheDir?: string }): Promise<Engine> {
  const { threads, cacheDir } = options;
  if (!Number.isInteger(threads) || threads < 1)
    throw new InvariantError({ what: 'threads of the engine', expected: 'at least 1', actual: threads });
  const compiled = await loadKernel({ source: kernelSource(), cacheDir });
  const bindings = compiled.bindings.map(({ name }) => name);
  const data: ThreadData = {
    module: await WebAssembly.compile(forSharedMemory(compiled.wasm) as BufferSource),
    kernel: { bindings: compiled.bindings, staticBytes: compiled.staticBytes },
  };
  const pool = new Piscina({
    filename: fileURLToPath(new URL('./render.thread.js', import.meta.url)),
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: PIECES_PER_THREAD,
    workerData: data,
    atomics: 'disabled',
  });
  // Every failing thread also rejects the piece it worked on; without a listener the process would end.
  pool.on('error', () => undefined);
  const slots = threads * PIECES_PER_THREAD;
  const memory = new SceneMemory({ kernel: data.kernel, slots });
  const queue = new RenderQueue({
    slots,
    runPiece: (piece: RenderPiece): Promise<RenderedPiece> => pool.run(piece, { name: 'render' }),
    holdScene,
  });

  async function holdScene(prepared: PreparedScene): Promise<{ scene: SceneInMemory; cpuMs: number }> {
    if (memory.byteLength > 0 && !memory.fits(prepared)) await giveBack();
    try {
      const { scene, copy } = memory.put(prepared);
      return { scene, cpuMs: await copyOnThread(copy) };
    } catch (error) {
      memory.forget();
      throw error;
    }
  }

  /** So that a large scene and the one after it are never both there. */
  async function giveBack(): Promise<void> {
    memory.forget();
    // As many as all threads take together: each gets its share.
    await Promise.all(Array.from({ length: slots }, () => pool.run(undefined, { name: 'letGo' })));
    collectGarbage();
  }

  function copyOnThread(copy: SceneCopy): Promise<number> {
    return pool.run(copy, { name: 'copy' });
  }
  let closed = false;

  return {
    kind: 'wasm',
    kernelHash: compiled.kernelHash,
    async render(request) {
      if (closed) throw closedError();
      request.signal?.throwIfAborted();
      return queue.render(request, checkRequest(request, bindings));
    },
    async close() {
      if (closed) return;
      closed = true;
      queue.close();
      await pool.destroy();
    },
  };
}

/** How many items a request has. Refuses what the kernel would read past its buffers with. */
function checkRequest({ prepared, settings, items }: RenderRequest, bindings: string[]): number {
  if (items.length % ITEM_STRIDE !== 0)
    throw new InvariantError({
      what: 'items of a request',
      expected: `a multiple of ${ITEM_STRIDE} values`,
      actual: items.length,
    });
  const missing = bindings.filter(
    (name) => !(PIECE_BINDINGS as readonly string[]).includes(name) && prepared.buffers[name] === undefined,
  );
  if (missing.length > 0)
    throw new InvariantError({
      what: 'buffers of the prepared scene',
      expected: missing.join(', '),
      actual: Object.keys(prepared.buffers).join(', '),
    });
  for (let i = 0; i < items.length; i += ITEM_STRIDE) {
    const [x, y] = [items[i + ITEM.x]!, items[i + ITEM.y]!];
    const [sampleBegin, sampleEnd] = [items[i + ITEM.sampleBegin]!, items[i + ITEM.sampleEnd]!];
    if (x >= settings.width || y >= settings.height || sampleBegin > sampleEnd) {
      throw new InvariantError({
        what: `item ${i / ITEM_STRIDE}`,
        expected: `a pixel of ${settings.width}x${settings.height} and ascending samples`,
        actual: `${x}, ${y}, ${sampleBegin}, ${sampleEnd}`,
      });
    }
  }
  return items.length / ITEM_STRIDE;
}
