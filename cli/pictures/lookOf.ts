import type { Manifest } from '../../protocol/manifest.js';
import type { Look } from '../../renderer/image/develop.js';
import type { ToneMap } from './toneMaps.js';

/** How the frames of a job are developed: PNG of 8 bits, with alpha where the background is transparent. */
export function lookOf(
  { tone, exposure }: { tone: ToneMap; /** stops */ exposure: number },
  { background }: Pick<Manifest, 'background'>,
): Look {
  return { toneMap: tone, exposureEv: exposure, alpha: background === 'transparent' ? 'straight' : 'opaque', bits: 8 };
}
