import type { RenderSettings } from '../Engine.js';
import { ITEM_STRIDE, SUM_STRIDE } from '../Engine.js';
import type { CompiledKernel } from '../compiler/compileKernel.js';
import { placeBehind } from '../compiler/instantiateKernel.js';
import type { MemoryPlace } from '../compiler/linkKernel.js';
import { FRAME_WORDS } from '../kernels/generated/layout.js';

/** The bindings that each piece of work fills, beside those of the prepared scene. */
export const PIECE_BINDINGS = ['items', 'sums', 'counters'] as const;

/** Items in one piece at most. */
export const MOST_ITEMS = 16384;

/** What the kernel writes while it renders a piece, and what a piece has to itself: one in each slot. */
const SLOT_BINDINGS: readonly (readonly [name: string, byteLength: number])[] = [
  ['frame', FRAME_WORDS * 4],
  ['items', MOST_ITEMS * ITEM_STRIDE * 4],
  ['sums', MOST_ITEMS * SUM_STRIDE * 4],
  ['counters', MOST_ITEMS * 4],
];
/** Slots begin on pages of their own, so that no two threads write to one line of a cache. */
const SLOT_ALIGNMENT = 4096;

/** What a render thread gets when it starts. */
export interface ThreadData {
  /** For shared memory. */
  module: WebAssembly.Module;
  kernel: Pick<CompiledKernel, 'bindings' | 'staticBytes'>;
}

/** A prepared scene in the memory that all threads of an engine share. */
export interface SceneInMemory {
  /** Another one for each scene that was put there: what was instantiated over the one before is of no use. */
  serial: number;
  memory: WebAssembly.Memory;
  /** Where the bindings lie that no piece writes to. */
  places: ReadonlyMap<string, MemoryPlace>;
}

/** Bytes to be copied into shared memory. */
export interface SceneCopy {
  memory: WebAssembly.Memory;
  pieces: { address: number; bytes: Uint8Array }[];
}

/** A contiguous part of a request's items, for one thread. */
export interface RenderPiece {
  scene: SceneInMemory;
  /** The part of the memory that nobody else uses until the piece is back, 0 to the number of pieces out at a time. */
  slot: number;
  /** As prepared. */
  frame: Uint8Array;
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

/** Where a slot lies: the kernel's static memory first, then the bindings that a piece writes to. */
export function slotAt(
  slot: number,
  staticBytes: number,
): { staticBase: number; places: ReadonlyMap<string, MemoryPlace>; end: number } {
  const slotBytes = placeBehind(staticBytes, SLOT_BINDINGS).end;
  const stride = Math.ceil(slotBytes / SLOT_ALIGNMENT) * SLOT_ALIGNMENT;
  const staticBase = slot * stride;
  const { places } = placeBehind(staticBase + staticBytes, SLOT_BINDINGS);
  return { staticBase, places, end: staticBase + stride };
}
