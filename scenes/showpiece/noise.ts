/** A number from 0 to 1 that looks random and depends on its three whole-number inputs alone. */
export function hash(x: number, y: number, seed: number): number {
  let h = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ Math.imul(seed, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}

/** Smooth noise from 0 to 1 that repeats after `periodX` and `periodY` units. */
export function noise(x: number, y: number, periodX: number, periodY: number, seed: number): number {
  const [cx, cy] = [Math.floor(x), Math.floor(y)];
  const ease = (t: number): number => t * t * t * (t * (t * 6 - 15) + 10);
  const [fx, fy] = [ease(x - cx), ease(y - cy)];
  const at = (i: number, j: number): number =>
    hash((((cx + i) % periodX) + periodX) % periodX, (((cy + j) % periodY) + periodY) % periodY, seed);
  const [low, high] = [at(0, 0) + fx * (at(1, 0) - at(0, 0)), at(0, 1) + fx * (at(1, 1) - at(0, 1))];
  return low + fy * (high - low);
}

/** Octaves of noise, each twice as fine and half as strong as the one before; from 0 to 1. */
export function octaves(x: number, y: number, periodX: number, periodY: number, count: number, seed: number): number {
  let [sum, weight, total] = [0, 1, 0];
  for (let octave = 0; octave < count; octave++) {
    const scale = 2 ** octave;
    sum += weight * noise(x * scale, y * scale, periodX * scale, periodY * scale, seed + octave);
    total += weight;
    weight /= 2;
  }
  return sum / total;
}
