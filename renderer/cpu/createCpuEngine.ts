import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { InvariantError } from '../../protocol/errors.js';
import type { Engine, RenderRequest, RenderResult } from '../Engine.js';
import { ITEM_STRIDE, SUM_STRIDE } from '../Engine.js';
import { ITEM } from '../kernels/generated/layout.js';
import { kernelSource } from '../kernels/kernelSource.js';
import { EngineError } from './EngineError.js';
import { loadKernel } from './loadKernel.js';
import type { RenderedPiece, RenderPiece, ThreadData } from './RenderPiece.js';
import { MOST_ITEMS, PIECE_BINDINGS } from './RenderPiece.js';

/**
 * How long a piece should keep a thread: long enough that handing it out costs nothing, short enough that all threads
 * end together.
 */
const PIECE_MS = 50;
/**
 * Pieces handed out per thread: one that renders, one that waits with it, so that a thread never waits for the thread
 * that hands out.
 */
const PIECES_PER_THREAD = 2;
/** What a thread is taken to do before it was measured. */
const FIRST_SAMPLES_PER_MS = 40;

// A request is `waiting` while items of it are not handed out, `running` until the last piece is back, then gone.
// Requests are served in the order in which they came, so that threads change scenes as seldom as possible.
interface PendingRender {
  request: RenderRequest;
  itemCount: number;
  sums: Float32Array;
  nextItem: number;
  itemsDone: number;
  rays: number;
  cpuMs: number;
  cancelled: Int32Array;
  settle: { resolve(result: RenderResult): void; reject(reason: unknown): void };
  stopListening(): void;
}

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
  const data: ThreadData = {
    module: await WebAssembly.compile(compiled.wasm as BufferSource),
    kernel: { bindings: compiled.bindings, staticBytes: compiled.staticBytes },
  };
  const pool = new Piscina<RenderPiece, RenderedPiece>({
    filename: fileURLToPath(new URL('./render.thread.js', import.meta.url)),
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: PIECES_PER_THREAD,
    workerData: data,
    atomics: 'disabled',
  });
  // Every failing thread also rejects the piece it worked on; without a listener the process would end.
  pool.on('error', () => undefined);

  const pending = new Set<PendingRender>();
  const mostPiecesOut = threads * PIECES_PER_THREAD;
  let piecesOut = 0;
  let closed = false;
  let samplesPerMs = FIRST_SAMPLES_PER_MS;

  /** Hands out pieces while threads have room for them. */
  function dispatch(): void {
    for (const render of pending) {
      while (piecesOut < mostPiecesOut && render.nextItem < render.itemCount) void renderPiece(render);
      if (piecesOut >= mostPiecesOut) return;
    }
  }

  /** The end of the next piece: as many samples as a thread does in PIECE_MS, less when few are left. */
  function pieceEnd(render: PendingRender): number {
    const { items } = render.request;
    const fairShare = Math.ceil((render.itemCount - render.nextItem) / (2 * mostPiecesOut));
    const most = Math.min(render.nextItem + MOST_ITEMS, render.nextItem + Math.max(fairShare, 16), render.itemCount);
    const samplesWanted = samplesPerMs * PIECE_MS;
    let samples = 0;
    let end = render.nextItem;
    while (end < most && samples < samplesWanted) {
      samples += samplesOf(items, end);
      end++;
    }
    return end;
  }

  async function renderPiece(render: PendingRender): Promise<void> {
    const begin = render.nextItem;
    const end = pieceEnd(render);
    const { prepared, settings, items } = render.request;
    render.nextItem = end;
    piecesOut++;
    try {
      const piece = items.slice(begin * ITEM_STRIDE, end * ITEM_STRIDE);
      const rendered = await pool.run({
        preparedHash: prepared.hash,
        buffers: prepared.buffers,
        settings,
        items: piece,
        cancelled: render.cancelled,
      });
      if (pending.has(render)) take(render, { begin, end, piece, rendered });
    } catch (error) {
      fail(render, closed ? closedError() : threadError(error));
    } finally {
      piecesOut--;
      if (!closed) dispatch();
    }
  }

  function take(
    render: PendingRender,
    { begin, end, piece, rendered }: { begin: number; end: number; piece: Uint32Array; rendered: RenderedPiece },
  ): void {
    render.sums.set(rendered.sums, begin * SUM_STRIDE);
    render.rays += rendered.rays;
    render.cpuMs += rendered.cpuMs;
    render.itemsDone += end - begin;
    let samples = 0;
    for (let item = 0; item < end - begin; item++) samples += samplesOf(piece, item);
    if (rendered.cpuMs > 1 && samples > 0) samplesPerMs = 0.7 * samplesPerMs + 0.3 * (samples / rendered.cpuMs);
    try {
      render.request.onProgress?.(render.itemsDone);
    } catch (error) {
      return fail(render, error);
    }
    if (render.itemsDone === render.itemCount) finish(render);
  }

  function finish(render: PendingRender): void {
    pending.delete(render);
    render.stopListening();
    render.settle.resolve({ sums: render.sums, rays: render.rays, cpuMs: render.cpuMs });
  }

  function fail(render: PendingRender, reason: unknown): void {
    if (!pending.delete(render)) return;
    Atomics.store(render.cancelled, 0, 1);
    render.stopListening();
    render.settle.reject(reason);
  }

  return {
    kind: 'wasm',
    kernelHash: compiled.kernelHash,
    render(request) {
      return new Promise<RenderResult>((resolve, reject) => {
        if (closed) throw closedError();
        request.signal?.throwIfAborted();
        const itemCount = checkRequest(
          request,
          compiled.bindings.map(({ name }) => name),
        );
        const render: PendingRender = {
          request,
          itemCount,
          sums: new Float32Array(itemCount * SUM_STRIDE),
          nextItem: 0,
          itemsDone: 0,
          rays: 0,
          cpuMs: 0,
          cancelled: new Int32Array(new SharedArrayBuffer(4)),
          settle: { resolve, reject },
          stopListening: () => request.signal?.removeEventListener('abort', stop),
        };
        function stop(): void {
          fail(render, request.signal?.reason);
        }
        request.signal?.addEventListener('abort', stop, { once: true });
        pending.add(render);
        if (itemCount === 0) finish(render);
        else dispatch();
      });
    },
    async close() {
      if (closed) return;
      closed = true;
      for (const render of [...pending]) fail(render, closedError());
      await pool.destroy();
    },
  };
}

/** How many samples an item has. */
function samplesOf(items: Uint32Array, item: number): number {
  return items[item * ITEM_STRIDE + ITEM.sampleEnd]! - items[item * ITEM_STRIDE + ITEM.sampleBegin]!;
}

function closedError(): EngineError {
  return new EngineError({ what: 'the render engine was closed' });
}

function threadError(cause: unknown): EngineError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new EngineError({
    what: `a render thread failed: ${reason.replace(/^worker exited/, 'it ended')}`,
    advice: 'Render again; if it fails at the same place, the scene may need more memory than this machine has.',
    cause,
  });
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
