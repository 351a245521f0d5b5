import type { RenderSettings } from '../../Engine.js';
import { wordsOf } from './layout.js';

/**
 * A copy of a prepared `frame` buffer with the settings of a request in its first five words, as the kernel's `Frame`
 * has them.
 */
export function frameWithSettings(frame: Uint8Array, settings: RenderSettings): Uint8Array {
  const copy = new Uint8Array(frame.byteLength);
  copy.set(frame);
  wordsOf(copy).words.set([settings.seed, settings.frame, settings.bounces, settings.width, settings.height]);
  return copy;
}
