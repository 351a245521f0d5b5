import { workerData } from 'piscina';
import { ITEM_STRIDE, SUM_STRIDE } from '../Engine.js';
import { frameWithSettings } from '../scene/prepare/frameWithSettings.js';
import type { KernelInstance } from '../compiler/instantiateKernel.js';
import { instantiateKernel } from '../compiler/instantiateKernel.js';
import type { RenderedPiece, RenderPiece, ThreadData } from './RenderPiece.js';
import { MOST_ITEMS } from './RenderPiece.js';
import { threadCpuMs } from './threadCpuMs.js';

/** Items between two looks at whether the piece is still wanted. */
const ITEMS_PER_LOOK = 16;

const { module, kernel } = workerData as ThreadData;
let held: { preparedHash: string; instance: KernelInstance } | undefined;

/** The kernel over a prepared scene. A thread keeps one scene, and its memory for the next. */
function instanceFor({ preparedHash, buffers }: RenderPiece): KernelInstance {
  if (held?.preparedHash === preparedHash) return held.instance;
  const memory = held?.instance.memory;
  held = undefined;
  const zeroed = { items: MOST_ITEMS * ITEM_STRIDE * 4, sums: MOST_ITEMS * SUM_STRIDE * 4, counters: MOST_ITEMS * 4 };
  const instance = instantiateKernel({ ...kernel, wasm: new Uint8Array(), functions: [] }, buffers, {
    module,
    zeroed,
    ...(memory === undefined ? {} : { memory }),
  });
  held = { preparedHash, instance };
  return instance;
}

/** Renders a piece on this thread. */
export default function render(piece: RenderPiece): RenderedPiece {
  const beganAtMs = threadCpuMs();
  const instance = instanceFor(piece);
  const itemCount = piece.items.length / ITEM_STRIDE;
  instance.view('frame').set(frameWithSettings(piece.buffers['frame']!, piece.settings));
  wordsOf(instance, 'items').set(piece.items);

  for (let begin = 0; begin < itemCount && Atomics.load(piece.cancelled, 0) === 0; begin += ITEMS_PER_LOOK) {
    instance.run(begin, Math.min(begin + ITEMS_PER_LOOK, itemCount));
  }
  const sums = new Float32Array(itemCount * SUM_STRIDE);
  new Uint32Array(sums.buffer).set(wordsOf(instance, 'sums').subarray(0, sums.length));
  let rays = 0;
  for (const count of wordsOf(instance, 'counters').subarray(0, itemCount)) rays += count;
  return { sums, rays, cpuMs: threadCpuMs() - beganAtMs };
}

function wordsOf(instance: KernelInstance, binding: string): Uint32Array {
  const bytes = instance.view(binding);
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}
