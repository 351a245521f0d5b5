import { type ChunkRect, chunkRect, geometryOf } from '../protocol/geometry.js';
import type { Manifest } from '../protocol/manifest.js';
import type { RenderSettings } from './Engine.js';

/** What the kernel is told of one chunk besides the prepared scene. */
export interface ChunkWork {
  rect: ChunkRect;
  /** Its frame is the chunk's. */
  settings: RenderSettings;
  /** Samples per pixel over all batches. */
  samples: number;
  batches: number;
}

/**
 * The one way from a manifest to the kernel: whoever renders a chunk, to be paid, to audit or at home, takes all of it
 * from here. A field that one of them forgot would convict honest workers.
 */
export function chunkWorkOf(manifest: Manifest, chunkIndex: number): ChunkWork {
  const { seed, bounces, size, samples, batches } = manifest;
  const rect = chunkRect(geometryOf(manifest), chunkIndex);
  return { rect, samples, batches, settings: { seed, bounces, frame: rect.frame, ...size } };
}
