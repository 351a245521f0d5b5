import type { RenderSettings } from '../../Engine.js';
import { FRAME, FRAME_WORDS } from '../../kernels/generated/layout.js';
import { RecordView } from '../../kernels/RecordView.js';

/** A copy of a prepared `frame` buffer with the settings of a request in it. */
export function frameWithSettings(prepared: Uint8Array, settings: RenderSettings): Uint8Array {
  const copy = new Uint8Array(prepared.byteLength);
  copy.set(prepared);
  const frame = new RecordView<'Frame'>(copy, FRAME_WORDS);
  frame.setU32(FRAME.seed, settings.seed);
  frame.setU32(FRAME.frame, settings.frame);
  frame.setU32(FRAME.bounces, settings.bounces);
  frame.setU32(FRAME.width, settings.width);
  frame.setU32(FRAME.height, settings.height);
  return copy;
}
