import { type ChunkRect, geometryOf, tilesPerFrame } from '../../protocol/geometry.js';
import type { Manifest } from '../../protocol/manifest.js';
import { chunkWorkOf } from '../../renderer/chunkWorkOf.js';
import { type Engine, ITEM_STRIDE } from '../../renderer/Engine.js';
import { ITEM } from '../../renderer/kernels/generated/layout.js';
import type { ManifestFrames } from '../../renderer/openManifestFrames.js';

/** What the samples of one tile traced in one frame. */
export interface ProbedTile {
  samples: number;
  rays: number;
}

/**
 * What a probe counted. The counts of the same samples are the same on every machine; how many there are depends on how
 * far the machine came in its time.
 */
export interface ProbeMeasure {
  /** By frame, ascending, each with all of its tiles. The first frame is always there. */
  frames: { frame: number; tiles: ProbedTile[] }[];
  /** Processor time of the threads that rendered, milliseconds: what of the measure is this machine's. */
  cpuMs: number;
  /** How far the probe came before its time was over, above 0 to 1. */
  share: number;
}

/** Frames that are looked at, at most; between them work is taken to change evenly. */
const MOST_FRAMES = 5;
/** Rounds per frame: the time is looked at after each. */
const ROUNDS = 4;
/** Samples of a frame, all tiles and rounds together, where a frame has not very many tiles. */
const FRAME_SAMPLES = 16_384;
/** Samples of a tile in a round, at least. */
const LEAST_TILE_SAMPLES = 2;

/**
 * Renders a few samples of every tile in a few frames of a job, spread over each tile, and counts their rays. Begins
 * nothing after `limitMs` but the first frame's first round. Throws as the engine and the frames do.
 */
export async function probeWork({
  manifest,
  frames,
  engine,
  limitMs,
  onProgress = () => {},
  signal,
}: {
  manifest: Manifest;
  frames: Pick<ManifestFrames, 'prepare'>;
  engine: Pick<Engine, 'render'>;
  limitMs: number;
  /** How much of all rounds is done, 0 to 1. */
  onProgress?: (share: number) => void;
  signal: AbortSignal;
}): Promise<ProbeMeasure> {
  const startedAtMs = performance.now();
  const spentMs = (): number => performance.now() - startedAtMs;
  const tiles = tilesPerFrame(geometryOf(manifest));
  const perRound = Math.max(LEAST_TILE_SAMPLES, Math.ceil(FRAME_SAMPLES / ROUNDS / tiles));
  const order = framesToProbe(manifest.frames);
  const measure: ProbeMeasure = { frames: [], cpuMs: 0, share: 0 };
  let prepareMs = 0;
  for (const [index, frame] of order.entries()) {
    signal.throwIfAborted();
    const beganAtMs = performance.now();
    const prepared = await frames.prepare(frame);
    prepareMs += performance.now() - beganAtMs;
    const probed: ProbedTile[] = Array.from({ length: tiles }, () => ({ samples: 0, rays: 0 }));
    const firstChunk = (frame - manifest.frames.first) * tiles;
    for (let round = 0; round < ROUNDS; round++) {
      if (spentMs() > limitMs && (index > 0 || round > 0)) break;
      await Promise.all(
        probed.map(async (tile, number) => {
          const { rect, settings, samples } = chunkWorkOf(manifest, firstChunk + number);
          const items = itemsOf({ rect, seed: settings.seed, samples, from: round * perRound, count: perRound });
          const { rays, cpuMs } = await engine.render({ prepared, settings, items, signal });
          tile.samples += perRound;
          tile.rays += rays;
          measure.cpuMs += cpuMs;
        }),
      );
      measure.share = (index * ROUNDS + round + 1) / (order.length * ROUNDS);
      onProgress(measure.share);
    }
    if (probed[0]!.samples > 0) measure.frames.push({ frame, tiles: probed });
    // The next frame takes as long to be prepared as this one did.
    if (spentMs() + prepareMs / (index + 1) > limitMs) break;
  }
  measure.frames.sort((a, b) => a.frame - b.frame);
  return measure;
}

/** First, last, and halves of what is between, so that whatever comes first spans the whole. */
function framesToProbe({ first, last }: Manifest['frames']): number[] {
  const shares = [0, 1, 1 / 2, 1 / 4, 3 / 4];
  return [...new Set(shares.map((share) => first + Math.round(share * (last - first))))].slice(0, MOST_FRAMES);
}

/**
 * Items of one sample each, numbers `from` on of the R2 sequence (Roberts 2018: steps of the plastic number's powers,
 * which fill a rectangle evenly however many there are), begun elsewhere in every tile.
 */
function itemsOf({
  rect,
  seed,
  samples,
  from,
  count,
}: {
  rect: ChunkRect;
  seed: number;
  samples: number;
  from: number;
  count: number;
}): Uint32Array {
  const start = mix(mix(seed ^ rect.frame) ^ rect.tile);
  const [startX, startY] = [start / 2 ** 32, mix(start) / 2 ** 32];
  const items = new Uint32Array(count * ITEM_STRIDE);
  for (let i = 0; i < count; i++) {
    const number = from + i;
    const sample = mix(start + number) % samples;
    items[i * ITEM_STRIDE + ITEM.x] = rect.x + Math.floor(((startX + number * 0.7548776662466927) % 1) * rect.width);
    items[i * ITEM_STRIDE + ITEM.y] = rect.y + Math.floor(((startY + number * 0.5698402909980532) % 1) * rect.height);
    items[i * ITEM_STRIDE + ITEM.sampleBegin] = sample;
    items[i * ITEM_STRIDE + ITEM.sampleEnd] = sample + 1;
  }
  return items;
}

/** Scatters a 32-bit number (the finalizer of MurmurHash3). */
function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
