import { workerData } from 'piscina';
import { ITEM_STRIDE, SUM_STRIDE } from '../Engine.js';
import { type KernelInstance, linkKernel } from '../compiler/linkKernel.js';
import { frameWithSettings } from '../scene/prepare/frameWithSettings.js';
import { collectGarbage } from './collectGarbage.js';
import { slotAt, type RenderedPiece, type RenderPiece, type SceneCopy, type ThreadData } from './RenderPiece.js';
import { threadCpuMs } from './threadCpuMs.js';

/** Items between two looks at whether the piece is still wanted. */
const ITEMS_PER_LOOK = 16;

const { module, kernel } = workerData as ThreadData;
/** The kernel over the scene of this serial, by the slot that it works in. */
let held: { serial: number; instances: Map<number, KernelInstance> } | undefined;

function instanceAt({ scene, slot }: RenderPiece): KernelInstance {
  if (held?.serial !== scene.serial) held = { serial: scene.serial, instances: new Map() };
  const known = held.instances.get(slot);
  if (known !== undefined) return known;
  const { staticBase, places } = slotAt(slot, kernel.staticBytes);
  const instance = linkKernel({
    module,
    memory: scene.memory,
    staticBase,
    places: new Map([...scene.places, ...places]),
    functions: [],
  });
  held.instances.set(slot, instance);
  return instance;
}

/** Renders a piece on this thread. */
export function render(piece: RenderPiece): RenderedPiece {
  const beganAtMs = threadCpuMs();
  const instance = instanceAt(piece);
  const itemCount = piece.items.length / ITEM_STRIDE;
  instance.view('frame').set(frameWithSettings(piece.frame, piece.settings));
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

/** Copies a scene into the shared memory; returns the processor time, milliseconds. */
export function copy({ memory, pieces }: SceneCopy): number {
  const beganAtMs = threadCpuMs();
  const target = new Uint8Array(memory.buffer);
  for (const { address, bytes } of pieces) target.set(bytes, address);
  return threadCpuMs() - beganAtMs;
}

/** Lets go of the shared memory. */
export function letGo(): void {
  held = undefined;
  collectGarbage();
}

function wordsOf(instance: KernelInstance, binding: string): Uint32Array {
  const bytes = instance.view(binding);
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}
