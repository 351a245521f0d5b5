import type { CompiledKernel } from '../compiler/compileKernel.js';
import { MOST_PAGES, PAGE_BYTES, pagesFor, placeBehind, refuseUnbound } from '../compiler/instantiateKernel.js';
import type { PreparedScene } from '../scene/prepare/prepareScene.js';
import { slotAt, type SceneCopy, type SceneInMemory } from './RenderPiece.js';

/** A memory is replaced when more of it than this would lie idle, and more than the scene takes. */
const IDLE_BYTES = 64 * 2 ** 20;
/** Room in a new memory for a larger scene, as a share: frames that grow do not each need a new one. */
const HEADROOM = 1 / 8;

/**
 * The memory that all threads of an engine share: a slot for each piece that is out, and behind them one scene, there
 * once however many threads render it. It never grows, since a thread may not learn of it in time; what is too small or
 * far too large is replaced. Pages that nothing was written to take no memory.
 */
export class SceneMemory {
  readonly #kernel: Pick<CompiledKernel, 'bindings' | 'staticBytes'>;
  readonly #slots: number;
  #memory: WebAssembly.Memory | undefined;
  /** What was put where. Not kept alive by this: a frame that its owner let go of is there in this memory only. */
  #held = new Map<string, { bytes: WeakRef<Uint8Array>; address: number }>();
  #serial = 0;

  /**
   * @param kernel whose scenes are put here.
   * @param slots pieces that are out at a time.
   */
  constructor(options: { kernel: Pick<CompiledKernel, 'bindings' | 'staticBytes'>; slots: number }) {
    this.#kernel = options.kernel;
    this.#slots = options.slots;
  }

  /** Bytes of the memory; 0 where there is none. */
  get byteLength(): number {
    return this.#memory?.buffer.byteLength ?? 0;
  }

  /** Whether a scene goes into the memory that is there, without leaving too much of it idle. */
  fits({ buffers }: Pick<PreparedScene, 'buffers'>): boolean {
    const neededBytes = pagesFor(this.#place(buffers).end) * PAGE_BYTES;
    const idleBytes = this.byteLength - neededBytes;
    return idleBytes >= 0 && idleBytes <= Math.max(IDLE_BYTES, neededBytes);
  }

  /**
   * Puts a scene in the place of the one before, which nobody may be rendering, into a new memory where the one that is
   * there does not fit. Returns where it lies and what has to be copied there: not what lies there already.
   * @throws InvariantError for buffers that the kernel does not know, BadInputError for more than a memory can hold.
   */
  put({ buffers }: Pick<PreparedScene, 'buffers'>): { scene: SceneInMemory; copy: SceneCopy } {
    refuseUnbound(this.#kernel.bindings, buffers);
    const { places, end } = this.#place(buffers);
    if (!this.fits({ buffers })) {
      this.forget();
      const pages = Math.min(Math.ceil(pagesFor(end) * (1 + HEADROOM)), MOST_PAGES);
      this.#memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    }
    const memory = this.#memory as WebAssembly.Memory;
    const pieces: SceneCopy['pieces'] = [];
    for (const [name, { address }] of places) {
      const bytes = buffers[name] as Uint8Array;
      const held = this.#held.get(name);
      if (held?.address !== address || held.bytes.deref() !== bytes) pieces.push({ address, bytes });
      this.#held.set(name, { bytes: new WeakRef(bytes), address });
    }
    this.#serial++;
    return { scene: { serial: this.#serial, memory, places }, copy: { memory, pieces } };
  }

  /** Lets go of the memory, or of what it holds where that is not known. */
  forget(): void {
    this.#memory = undefined;
    this.#held.clear();
  }

  #place(buffers: Record<string, Uint8Array>): ReturnType<typeof placeBehind> {
    const slots = slotAt(this.#slots - 1, this.#kernel.staticBytes);
    // From the last binding on, where the texels are: what stays from frame to frame keeps its place before what does
    // not.
    const names = this.#kernel.bindings.map(({ name }) => name).filter((name) => !slots.places.has(name));
    return placeBehind(
      slots.end,
      names.reverse().map((name) => [name, buffers[name]?.byteLength ?? 0]),
    );
  }
}
