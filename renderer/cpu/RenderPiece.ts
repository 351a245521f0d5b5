import type { RenderSettings } from '../Engine.js';
import type { CompiledKernel } from '../compiler/compileKernel.js';

/** The bindings that each piece of work fills, beside those of the prepared scene. */
export const PIECE_BINDINGS = ['items', 'sums', 'counters'] as const;

/** Items in one piece at most. */
export const MOST_ITEMS = 16384;

/** What a render thread gets when it starts. */
export interface ThreadData {
  module: WebAssembly.Module;
  kernel: Pick<CompiledKernel, 'bindings' | 'staticBytes'>;
}

/** A contiguous part of a request's items, for one thread. */
export interface RenderPiece {
  /** Hash of the prepared scene: the thread copies the buffers when it holds another one. */
  preparedHash: string;
  buffers: Record<string, Uint8Array>;
  settings: RenderSettings;
  items: Uint32Array;
  /** One int32 on shared memory: not zero once nobody wants the result any more. */
  cancelled: Int32Array;
}

/** What comes back; `sums` ends early when the piece was cancelled. */
export interface RenderedPiece {
  sums: Float32Array;
  rays: number;
  cpuMs: number;
}
