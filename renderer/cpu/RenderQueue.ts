import type { RenderRequest, RenderResult } from '../Engine.js';
import { ITEM_STRIDE, SUM_STRIDE } from '../Engine.js';
import { ITEM } from '../kernels/generated/layout.js';
import type { PreparedScene } from '../scene/prepare/prepareScene.js';
import { EngineError } from './EngineError.js';
import type { RenderedPiece, RenderPiece, SceneInMemory } from './RenderPiece.js';
import { MOST_ITEMS } from './RenderPiece.js';

/**
 * How long a piece should keep a thread: long enough that handing it out costs nothing, short enough that all threads
 * end together.
 */
const PIECE_MS = 50;
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

// The threads share the memory of one scene, which changes only while no piece is out:
//
//   NONE -> CHANGING         the first render begins
//   CHANGING -> HELD         its scene is in memory
//   HELD -> CHANGING         the next render is of another scene, and the last piece is back
//   CHANGING -> NONE         its scene could not be put there; the render fails
type HeldScene =
  { state: 'none' } | { state: 'changing' } | { state: 'held'; preparedHash: string; scene: SceneInMemory };

/** Cuts requests into pieces, hands them out, and puts what comes back together. */
export class RenderQueue {
  readonly #runPiece: (piece: RenderPiece) => Promise<RenderedPiece>;
  readonly #holdScene: (prepared: PreparedScene) => Promise<{ scene: SceneInMemory; cpuMs: number }>;
  readonly #pending = new Set<PendingRender>();
  readonly #slotCount: number;
  /** Slots in which no piece is worked on. */
  readonly #freeSlots: number[];
  #held: HeldScene = { state: 'none' };
  #closed = false;
  #samplesPerMs = FIRST_SAMPLES_PER_MS;

  /**
   * @param slots pieces that are out at a time.
   * @param runPiece renders one piece on some thread.
   * @param holdScene puts a scene into the memory of the threads, in the place of the one before; called while no piece
   * is out, and not again before it is done.
   */
  constructor(options: {
    slots: number;
    runPiece: (piece: RenderPiece) => Promise<RenderedPiece>;
    holdScene: (prepared: PreparedScene) => Promise<{ scene: SceneInMemory; cpuMs: number }>;
  }) {
    this.#slotCount = options.slots;
    this.#freeSlots = Array.from({ length: options.slots }, (_, slot) => slot);
    this.#runPiece = options.runPiece;
    this.#holdScene = options.holdScene;
  }

  /**
   * Renders a checked request.
   * @throws EngineError when a thread fails or the queue is closed; the signal's reason when it is aborted.
   */
  render(request: RenderRequest, itemCount: number): Promise<RenderResult> {
    return new Promise<RenderResult>((resolve, reject) => {
      const stop = (): void => this.#fail(render, request.signal?.reason);
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
      request.signal?.addEventListener('abort', stop, { once: true });
      this.#pending.add(render);
      if (itemCount === 0) this.#finish(render);
      else this.#dispatch();
    });
  }

  /** Rejects all renders under way, and those whose pieces are still out when they come back. */
  close(): void {
    this.#closed = true;
    for (const render of [...this.#pending]) this.#fail(render, closedError());
  }

  /** Hands out pieces while threads have room for them, of the scene that they hold. */
  #dispatch(): void {
    for (const render of this.#pending) {
      if (render.nextItem === render.itemCount) continue;
      if (this.#held.state === 'changing') return;
      const { prepared } = render.request;
      if (this.#held.state === 'none' || this.#held.preparedHash !== prepared.hash) {
        if (this.#freeSlots.length === this.#slotCount) void this.#changeScene(render);
        return;
      }
      while (this.#freeSlots.length > 0 && render.nextItem < render.itemCount)
        void this.#renderPiece(render, this.#held.scene);
      if (this.#freeSlots.length === 0) return;
    }
  }

  /** Puts a render's scene into the memory of the threads. */
  async #changeScene(render: PendingRender): Promise<void> {
    const { prepared } = render.request;
    this.#held = { state: 'changing' };
    try {
      const { scene, cpuMs } = await this.#holdScene(prepared);
      render.cpuMs += cpuMs;
      this.#held = { state: 'held', preparedHash: prepared.hash, scene };
    } catch (error) {
      this.#held = { state: 'none' };
      this.#fail(render, this.#closed ? closedError() : threadError(error));
    }
    if (!this.#closed) this.#dispatch();
  }

  /** The end of the next piece: as many samples as a thread does in PIECE_MS, less when few are left. */
  #pieceEnd({ request, nextItem, itemCount }: PendingRender): number {
    const fairShare = Math.ceil((itemCount - nextItem) / (2 * this.#slotCount));
    const most = Math.min(nextItem + MOST_ITEMS, nextItem + Math.max(fairShare, 16), itemCount);
    const samplesWanted = this.#samplesPerMs * PIECE_MS;
    let samples = 0;
    let end = nextItem;
    while (end < most && samples < samplesWanted) {
      samples += samplesOf(request.items, end);
      end++;
    }
    return end;
  }

  async #renderPiece(render: PendingRender, scene: SceneInMemory): Promise<void> {
    const begin = render.nextItem;
    const end = this.#pieceEnd(render);
    const { prepared, settings, items } = render.request;
    render.nextItem = end;
    const slot = this.#freeSlots.pop() as number;
    try {
      const piece = items.slice(begin * ITEM_STRIDE, end * ITEM_STRIDE);
      const rendered = await this.#runPiece({
        scene,
        slot,
        frame: prepared.buffers['frame'] as Uint8Array,
        settings,
        items: piece,
        cancelled: render.cancelled,
      });
      if (this.#pending.has(render)) this.#take(render, { begin, end, piece, rendered });
    } catch (error) {
      this.#fail(render, this.#closed ? closedError() : threadError(error));
    } finally {
      this.#freeSlots.push(slot);
      if (!this.#closed) this.#dispatch();
    }
  }

  #take(
    render: PendingRender,
    { begin, end, piece, rendered }: { begin: number; end: number; piece: Uint32Array; rendered: RenderedPiece },
  ): void {
    render.sums.set(rendered.sums, begin * SUM_STRIDE);
    render.rays += rendered.rays;
    render.cpuMs += rendered.cpuMs;
    render.itemsDone += end - begin;
    let samples = 0;
    for (let item = 0; item < end - begin; item++) samples += samplesOf(piece, item);
    if (rendered.cpuMs > 1 && samples > 0)
      this.#samplesPerMs = 0.7 * this.#samplesPerMs + 0.3 * (samples / rendered.cpuMs);
    try {
      render.request.onProgress?.(render.itemsDone);
    } catch (error) {
      return this.#fail(render, error);
    }
    if (render.itemsDone === render.itemCount) this.#finish(render);
  }

  #finish(render: PendingRender): void {
    this.#pending.delete(render);
    render.stopListening();
    render.settle.resolve({ sums: render.sums, rays: render.rays, cpuMs: render.cpuMs });
  }

  #fail(render: PendingRender, reason: unknown): void {
    if (!this.#pending.delete(render)) return;
    Atomics.store(render.cancelled, 0, 1);
    render.stopListening();
    render.settle.reject(reason);
  }
}

/** How many samples an item has. */
function samplesOf(items: Uint32Array, item: number): number {
  return items[item * ITEM_STRIDE + ITEM.sampleEnd]! - items[item * ITEM_STRIDE + ITEM.sampleBegin]!;
}

/** What a render of a closed engine ends with. */
export function closedError(): EngineError {
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
