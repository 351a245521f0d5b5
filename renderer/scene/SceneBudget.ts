import { BadSceneError } from './BadSceneError.js';

/** Bytes that a scene may take above what the process that loads it takes anyway, unless told otherwise: 1 GiB. */
export const DEFAULT_SCENE_BYTES = 2 ** 30;

/** Something of a scene that is about to take memory. */
interface Cost {
  /** The file that asks for it. */
  file: string;
  /** The place in it, e.g. `images[0]`. */
  where?: string;
  /** What takes the memory, with its size in its own measure, e.g. `a PNG image of 4096 x 4096 pixels`. */
  what: string;
  bytes: number;
}

/**
 * The memory of one scene with its environment. Whoever is about to allocate says so here first, with the size that
 * the file announces, and is refused before anything is allocated. What is counted are the most bytes that live at one
 * time, as measured on real decoders: a picture is counted with its decoder's memory, a triangle with its place in the
 * BVH.
 */
export class SceneBudget {
  readonly allowedBytes: number;
  private heldBytes = 0;
  private lentBytes = 0;
  private readonly highWaterBytes = new Map<string, number>();

  constructor(allowedBytes = DEFAULT_SCENE_BYTES) {
    this.allowedBytes = allowedBytes;
  }

  /** Counts what lives as long as the scene. Throws BadSceneError with code `scene-memory` where it does not fit. */
  hold(cost: Cost): void {
    this.afford(cost);
    this.heldBytes += cost.bytes;
  }

  /** Counts what lives until the scene is loaded (`settle`). */
  lend(cost: Cost): void {
    this.afford(cost);
    this.lentBytes += cost.bytes;
  }

  /** Counts memory that its owner keeps and uses again, such as a decoder's: the most that was asked for counts. */
  raise(owner: string, cost: Cost): void {
    const more = cost.bytes - (this.highWaterBytes.get(owner) ?? 0);
    if (more <= 0) return;
    this.hold({ ...cost, bytes: more });
    this.highWaterBytes.set(owner, cost.bytes);
  }

  /** Asks whether something that is let go of at once would fit now. */
  afford({ file, where, what, bytes }: Cost): void {
    const neededBytes = this.heldBytes + this.lentBytes + bytes;
    if (neededBytes <= this.allowedBytes) return;
    throw new BadSceneError({
      code: 'scene-memory',
      file,
      ...(where === undefined ? {} : { where }),
      what: `${what} would take ${formatBytes(bytes)} of memory, with all before it ${formatBytes(neededBytes)}; a scene may take ${formatBytes(this.allowedBytes)}`,
      advice: 'Make it smaller, or allow scenes more memory.',
      facts: { bytes, neededBytes, allowedBytes: this.allowedBytes },
    });
  }

  /** The scene is loaded: what was lent is free again. */
  settle(): void {
    this.lentBytes = 0;
  }

  /** Bytes that may still be asked for. */
  get leftBytes(): number {
    return Math.max(0, this.allowedBytes - this.heldBytes - this.lentBytes);
  }
}

/** Bytes for people: `1.5 GiB`, `300 MiB`, `12 KiB`. */
export function formatBytes(bytes: number): string {
  for (const [unit, size] of [
    ['GiB', 2 ** 30],
    ['MiB', 2 ** 20],
    ['KiB', 2 ** 10],
  ] as const) {
    if (bytes >= size) return `${Number((bytes / size).toFixed(bytes < 10 * size ? 1 : 0))} ${unit}`;
  }
  return `${bytes} bytes`;
}
