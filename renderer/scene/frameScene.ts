import type { CameraChoice } from '../../protocol/manifest.js';
import { boundsOfScene } from './boundsOfScene.js';
import { cosine, radiansOf, sine } from './exactTrigonometry.js';
import type { LoadedScene, SceneBounds } from './LoadedScene.js';
import { findClip } from './readClips.js';

/**
 * A three-quarter view from slightly above, through a lens a little longer than the eye's: what a product is usually
 * shown in.
 */
const FRAMING = { thetaDegrees: 30, phiDegrees: 72, fovDegrees: 35, margin: 1.06, clipSteps: 24 } as const;

/**
 * An orbit camera that sees the whole scene during the whole clip, for scenes that bring no camera. It is explicit
 * numbers, so that a manifest can state it: whoever renders does not frame again. Values have at most 6 significant
 * digits.
 */
export function frameScene(options: {
  loaded: LoadedScene;
  clip: string | null;
  size: { width: number; height: number };
}): Extract<CameraChoice, { kind: 'orbit' }> {
  const { thetaDegrees, phiDegrees, fovDegrees, margin } = FRAMING;
  const bounds = boundsOverClip(options.loaded, options.clip) ?? { min: [-1, -1, -1], max: [1, 1, 1] };
  const target = [0, 1, 2].map((k) => rounded(((bounds.min[k] as number) + (bounds.max[k] as number)) / 2)) as [
    number,
    number,
    number,
  ];

  // The camera's axes as in poseCamera: right, up, backwards.
  const [st, ct, sp, cp] = [
    sine(radiansOf(thetaDegrees)),
    cosine(radiansOf(thetaDegrees)),
    sine(radiansOf(phiDegrees)),
    cosine(radiansOf(phiDegrees)),
  ];
  const [right, up, back] = [
    [ct, 0, -st],
    [-cp * st, sp, -cp * ct],
    [sp * st, cp, sp * ct],
  ] as const;
  const slopeUp = sine(radiansOf(fovDegrees / 2)) / cosine(radiansOf(fovDegrees / 2));
  const slopeRight = (slopeUp * options.size.width) / options.size.height;

  // Move back until every corner of the box lies inside the picture.
  let radius = 0;
  for (let corner = 0; corner < 8; corner++) {
    const offset = [0, 1, 2].map((k) => ((corner >> k) & 1 ? bounds.max : bounds.min)[k as 0] - (target[k] as number));
    const along = (axis: readonly number[]): number =>
      axis.reduce((sum, value, k) => sum + value * (offset[k] as number), 0);
    radius = Math.max(
      radius,
      along(back) + Math.abs(along(up)) / slopeUp,
      along(back) + Math.abs(along(right)) / slopeRight,
    );
  }
  return {
    kind: 'orbit',
    thetaDegrees,
    phiDegrees,
    radius: rounded(radius > 0 ? radius * margin : 1),
    target,
    fovDegrees,
  };
}

function boundsOverClip(loaded: LoadedScene, clipName: string | null): SceneBounds | null {
  const clip = findClip({ entry: loaded.entry, clips: loaded.clips, name: clipName });
  if (clip === null || clip.durationSeconds === 0) return boundsOfScene({ loaded, clip, seconds: 0 });
  let all: SceneBounds | null = null;
  for (let step = 0; step < FRAMING.clipSteps; step++) {
    const bounds = boundsOfScene({ loaded, clip, seconds: (clip.durationSeconds * step) / FRAMING.clipSteps });
    if (bounds === null) continue;
    const before: SceneBounds = all ?? bounds;
    all = {
      min: before.min.map((value, k) => Math.min(value, bounds.min[k] as number)) as SceneBounds['min'],
      max: before.max.map((value, k) => Math.max(value, bounds.max[k] as number)) as SceneBounds['max'],
    };
  }
  return all;
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
