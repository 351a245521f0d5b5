import { arcTangent2, sine } from './exactTrigonometry.js';
import type { LoadedScene, SceneChannel, SceneClip } from './LoadedScene.js';
import { compose, type Matrix, multiply } from './matrices.js';

/** Where everything stands at one moment. */
export interface ScenePose {
  /** Column-major world matrix per position in `content.order`. */
  worldFromNode: Matrix[];
  /** Morph weights per position in `content.order`; undefined where the mesh's own apply. */
  weights: (ArrayLike<number> | undefined)[];
}

/**
 * Evaluates a clip (none: the scene at rest) at a time in seconds, in float64. Times outside a channel's keys hold its
 * first or last value, as glTF says.
 */
export function samplePose(options: {
  loaded: Pick<LoadedScene, 'content'>;
  clip: SceneClip | null;
  seconds: number;
}): ScenePose {
  const { loaded, clip, seconds } = options;
  const { order } = loaded.content;
  const moved = new Map<string, Float64Array>();
  for (const channel of clip?.channels ?? [])
    moved.set(`${channel.node} ${channel.path}`, sampleChannel(channel, seconds));

  const worldFromNode: Matrix[] = [];
  const weights: ScenePose['weights'] = [];
  for (const node of order) {
    const local =
      node.matrix ??
      compose(
        moved.get(`${node.index} translation`) ?? node.translation,
        moved.get(`${node.index} rotation`) ?? node.rotation,
        moved.get(`${node.index} scale`) ?? node.scale,
      );
    const parent = worldFromNode[node.parent];
    worldFromNode.push(parent === undefined ? local : multiply(parent, local));
    weights.push(moved.get(`${node.index} weights`) ?? node.weights ?? undefined);
  }
  return { worldFromNode, weights };
}

/**
 * The time within a clip that a frame shows, seconds: t = frame / fps, looped over the clip's duration. Where the
 * duration is a whole number of frames (its keys are float32, so up to a millionth) frames are counted around the loop
 * instead of dividing times, and frame f equals frame f + length to the bit.
 */
export function secondsOfFrame(options: { frame: number; fps: number; durationSeconds: number }): number {
  const { frame, fps, durationSeconds } = options;
  if (!(durationSeconds > 0)) return 0;
  const frames = durationSeconds * fps;
  const whole = Math.round(frames);
  if (whole >= 1 && Math.abs(frames - whole) <= 1e-6 * whole) return (((frame % whole) + whole) % whole) / fps;
  const seconds = frame / fps;
  return seconds - Math.floor(seconds / durationSeconds) * durationSeconds;
}

function sampleChannel(channel: SceneChannel, seconds: number): Float64Array {
  const { times, components } = channel;
  const last = times.length - 1;
  if (seconds <= (times[0] as number)) return keyOf(channel, 0);
  if (seconds >= (times[last] as number)) return keyOf(channel, last);

  // Find the key at or before the time.
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) <= seconds) low = middle;
    else high = middle;
  }
  if (channel.interpolation === 'STEP') return keyOf(channel, low);
  const span = (times[high] as number) - (times[low] as number);
  const t = (seconds - (times[low] as number)) / span;
  if (channel.interpolation === 'CUBICSPLINE') {
    const value = cubic(channel, low, t, span);
    return channel.path === 'rotation' ? normalised(value) : value;
  }
  const [a, b] = [keyOf(channel, low), keyOf(channel, high)];
  if (channel.path === 'rotation') return slerp(a, b, t);
  const value = new Float64Array(components);
  for (let k = 0; k < components; k++) value[k] = (a[k] as number) + t * ((b[k] as number) - (a[k] as number));
  return value;
}

function keyOf(channel: SceneChannel, key: number): Float64Array {
  const { components, values } = channel;
  const start = channel.interpolation === 'CUBICSPLINE' ? (3 * key + 1) * components : key * components;
  return values.subarray(start, start + components);
}

/** glTF 2.0, appendix C: the cubic Hermite spline through two keys, its tangents scaled by the time between them. */
function cubic(channel: SceneChannel, key: number, t: number, span: number): Float64Array {
  const { components, values } = channel;
  const [tt, ttt] = [t * t, t * t * t];
  const from = 3 * key * components;
  const to = from + 3 * components;
  const value = new Float64Array(components);
  for (let k = 0; k < components; k++) {
    const [p0, m0] = [values[from + components + k] as number, span * (values[from + 2 * components + k] as number)];
    const [p1, m1] = [values[to + components + k] as number, span * (values[to + k] as number)];
    value[k] = (2 * ttt - 3 * tt + 1) * p0 + (ttt - 2 * tt + t) * m0 + (3 * tt - 2 * ttt) * p1 + (ttt - tt) * m1;
  }
  return value;
}

/** Spherical interpolation of unit quaternions along the shorter arc. */
function slerp(from: Float64Array, to: Float64Array, t: number): Float64Array {
  const [a, b] = [normalised(from), normalised(to)];
  let dot = 0;
  for (let k = 0; k < 4; k++) dot += (a[k] as number) * (b[k] as number);
  const sign = dot < 0 ? -1 : 1;
  // Half the angle from the lengths of difference and sum: exact for near and for opposite quaternions alike.
  let [apart, together] = [0, 0];
  for (let k = 0; k < 4; k++) {
    const [p, q] = [a[k] as number, sign * (b[k] as number)];
    apart += (p - q) * (p - q);
    together += (p + q) * (p + q);
  }
  const angle = 2 * arcTangent2(Math.sqrt(apart), Math.sqrt(together));
  const sineOfAngle = sine(angle);
  const [wa, wb] =
    sineOfAngle < 1e-9 ? [1 - t, t] : [sine((1 - t) * angle) / sineOfAngle, sine(t * angle) / sineOfAngle];
  const value = new Float64Array(4);
  for (let k = 0; k < 4; k++) value[k] = wa * (a[k] as number) + wb * sign * (b[k] as number);
  return normalised(value);
}

function normalised(q: Float64Array): Float64Array {
  let norm = 0;
  for (const x of q) norm += x * x;
  const length = Math.sqrt(norm);
  return length > 0 ? q.map((x) => x / length) : Float64Array.of(0, 0, 0, 1);
}
