import type { Bytes32 } from '../protocol/ids.js';
import { ITEM_WORDS, SUM_WORDS } from './kernels/generated/layout.js';
import type { PreparedScene } from './scene/prepare/prepareScene.js';

/**
 * uint32 values per item, named by ITEM: x, y (pixel in the whole frame, row 0 at the top), sampleBegin, sampleEnd
 * (exclusive).
 */
export const ITEM_STRIDE = ITEM_WORDS;

/** float32 values per sum: linear red, green, blue and coverage, each added over the item's samples in index order. */
export const SUM_STRIDE = SUM_WORDS;

/**
 * What the kernel must know about a frame besides the prepared scene. Everything here changes pixels and comes from the
 * manifest.
 */
export interface RenderSettings {
  /** The manifest's seed, an unsigned 32-bit integer. */
  seed: number;
  /** Absolute frame number, an unsigned 32-bit integer: random numbers are hashed from it. */
  frame: number;
  /** Path segments at most, 1 to 64. */
  bounces: number;
  /** Width of the whole frame in pixels, however small the part that is rendered. */
  width: number;
  /** Height of the whole frame in pixels. */
  height: number;
}

export interface RenderRequest {
  prepared: PreparedScene;
  settings: RenderSettings;
  /**
   * `ITEM_STRIDE` values per item. Items may come in any order and repeat; an item's sum depends on that item alone.
   */
  items: Uint32Array;
  /** Aborting rejects with the signal's reason and leaves the engine usable. */
  signal?: AbortSignal;
  /** Called now and then with the number of items done so far, never decreasing. */
  onProgress?: (itemsDone: number) => void;
}

export interface RenderResult {
  /** `SUM_STRIDE` values per item, in the order of the items; finite, no NaN, no negative zero. */
  sums: Float32Array;
  /** Closest-hit and shadow traversals together. */
  rays: number;
  /** Processor time of the threads that rendered, in milliseconds. */
  cpuMs: number;
}

/**
 * Something that runs the kernel over a list of items. The bits of a sum depend on the prepared scene, the settings and
 * the item; never on threads, on how a list is cut, or on the machine.
 */
export interface Engine {
  /** Device class: engines of one kind agree to the bit. */
  readonly kind: 'wasm';
  /** Hash of the compiled kernel; part of the manifest and of every commitment. */
  readonly kernelHash: Bytes32;
  render(request: RenderRequest): Promise<RenderResult>;
  /** Ends the engine's threads. Renders under way reject. */
  close(): Promise<void>;
}
