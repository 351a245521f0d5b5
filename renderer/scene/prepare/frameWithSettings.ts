import type { RenderSettings } from '../../Engine.js';
import { FRAME, FRAME_WORDS } from '../../kernels/generated/layout.js';
import { RecordView } from '../../kernels/RecordView.js';

/** How each setting is written: a new one does not compile until the kernel is told of it. */
const WRITERS: {
  [Setting in keyof RenderSettings]: (frame: RecordView<'Frame'>, value: RenderSettings[Setting]) => void;
} = {
  seed: (frame, seed) => frame.setU32(FRAME.seed, seed),
  frame: (frame, number) => frame.setU32(FRAME.frame, number),
  bounces: (frame, bounces) => frame.setU32(FRAME.bounces, bounces),
  width: (frame, width) => frame.setU32(FRAME.width, width),
  height: (frame, height) => frame.setU32(FRAME.height, height),
};

/** A copy of a prepared `frame` buffer with the settings of a request in it. */
export function frameWithSettings(prepared: Uint8Array, settings: RenderSettings): Uint8Array {
  const copy = new Uint8Array(prepared.byteLength);
  copy.set(prepared);
  const frame = new RecordView<'Frame'>(copy, FRAME_WORDS);
  const write = <Setting extends keyof RenderSettings>(setting: Setting): void =>
    WRITERS[setting](frame, settings[setting]);
  (Object.keys(WRITERS) as (keyof RenderSettings)[]).forEach((setting) => write(setting));
  return copy;
}
