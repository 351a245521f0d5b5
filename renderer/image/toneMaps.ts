import { exp2, log2, power } from './exactPowers.js';

/**
 * How scene-linear radiance becomes display-linear colour:
 * - `aces`: Stephen Hill's fit of the ACES reference rendering and output transforms, with the exposure of 1/0.6 that
 * three.js
 *   gives it (ACESFilmicToneMapping);
 * - `agx`: Troy Sobotka's AgX in the polynomial form of Filament and three.js (AgXToneMapping), default look;
 * - `neutral`: the Khronos PBR neutral tone mapper (NeutralToneMapping), true to base colours below 0.8;
 * - `linear`: none, colours clamp at 1.
 */
export type ToneMap = 'aces' | 'agx' | 'neutral' | 'linear';

/** Three channels, changed in place; Rec. 709 primaries, linear. */
export type Rgb = Float64Array;

/** The tone maps by name. Each takes linear colour >= 0, exposure already applied, and leaves values in 0..1. */
export const TONE_MAPS: Record<ToneMap, (rgb: Rgb) => void> = { aces, agx, neutral, linear: clampToUnit };

function clampToUnit(rgb: Rgb): void {
  for (let i = 0; i < 3; i++) rgb[i] = Math.min(Math.max(rgb[i]!, 0), 1);
}

/** rgb = M rgb, M given by rows. */
function multiply(m: readonly number[], rgb: Rgb): void {
  const r = rgb[0]!;
  const g = rgb[1]!;
  const b = rgb[2]!;
  rgb[0] = m[0]! * r + m[1]! * g + m[2]! * b;
  rgb[1] = m[3]! * r + m[4]! * g + m[5]! * b;
  rgb[2] = m[6]! * r + m[7]! * g + m[8]! * b;
}

// sRGB to ACEScg with the reference rendering transform's desaturation, and back
// (https://github.com/selfshadow/ltc_code, ltc_blit.fs).
const ACES_INPUT = [0.59719, 0.35458, 0.04823, 0.076, 0.90834, 0.01566, 0.0284, 0.13383, 0.83777];
const ACES_OUTPUT = [1.60475, -0.53108, -0.07367, -0.10208, 1.10813, -0.00605, -0.00327, -0.07276, 1.07602];

function aces(rgb: Rgb): void {
  for (let i = 0; i < 3; i++) rgb[i] = rgb[i]! / 0.6;
  multiply(ACES_INPUT, rgb);
  for (let i = 0; i < 3; i++) {
    const v = rgb[i]!;
    rgb[i] = (v * (v + 0.0245786) - 0.000090537) / (v * (0.983729 * v + 0.432951) + 0.238081);
  }
  multiply(ACES_OUTPUT, rgb);
  clampToUnit(rgb);
}

// Rec. 709 to Rec. 2020 and back (ITU-R BT.2407), to the four digits that Filament and three.js use.
const REC2020_FROM_SRGB = [0.6274, 0.3293, 0.0433, 0.0691, 0.9195, 0.0113, 0.0164, 0.088, 0.8956];
const SRGB_FROM_REC2020 = [1.6605, -0.5876, -0.0728, -0.1246, 1.1329, -0.0083, -0.0182, -0.1006, 1.1187];
// AgX's own inset and outset of the primaries (https://github.com/google/filament/pull/7236).
const AGX_INSET = [
  0.856627153315983, 0.0951212405381588, 0.0482516061458583, 0.137318972929847, 0.761241990602591, 0.101439036467562,
  0.11189821299995, 0.0767994186031903, 0.811302368396859,
];
const AGX_OUTSET = [
  1.1271005818144368, -0.11060664309660323, -0.016493938717834573, -0.1413297634984383, 1.157823702216272,
  -0.016493938717834257, -0.14132976349843826, -0.11060664309660294, 1.2519364065950405,
];
// log2 of middle grey 0.18 times 2^-10 and 2^6.5.
const AGX_MIN_EV = -12.47393;
const AGX_MAX_EV = 4.026069;

function agx(rgb: Rgb): void {
  multiply(REC2020_FROM_SRGB, rgb);
  multiply(AGX_INSET, rgb);
  for (let i = 0; i < 3; i++) {
    const stops = (log2(Math.max(rgb[i]!, 1e-10)) - AGX_MIN_EV) / (AGX_MAX_EV - AGX_MIN_EV);
    rgb[i] = agxSigmoid(Math.min(Math.max(stops, 0), 1));
  }
  multiply(AGX_OUTSET, rgb);
  for (let i = 0; i < 3; i++) rgb[i] = power(Math.max(rgb[i]!, 0), 2.2);
  multiply(SRGB_FROM_REC2020, rgb);
  clampToUnit(rgb);
}

/**
 * Polynomial fit of AgX's default contrast curve; mean squared error 3.7e-6
 * (https://iolite-engine.com/blog_posts/minimal_agx_implementation).
 */
function agxSigmoid(x: number): number {
  const x2 = x * x;
  const x4 = x2 * x2;
  return 15.5 * x4 * x2 - 40.14 * x4 * x + 31.96 * x4 - 6.868 * x2 * x + 0.4298 * x2 + 0.1191 * x - 0.00232;
}

// https://github.com/KhronosGroup/ToneMapping, PBR_Neutral
const NEUTRAL_START = 0.8 - 0.04;
const NEUTRAL_DESATURATION = 0.15;

function neutral(rgb: Rgb): void {
  const least = Math.min(rgb[0]!, rgb[1]!, rgb[2]!);
  const offset = least < 0.08 ? least - 6.25 * least * least : 0.04;
  for (let i = 0; i < 3; i++) rgb[i] = rgb[i]! - offset;
  const peak = Math.max(rgb[0]!, rgb[1]!, rgb[2]!);
  if (peak >= NEUTRAL_START) {
    const d = 1 - NEUTRAL_START;
    const newPeak = 1 - (d * d) / (peak + d - NEUTRAL_START);
    const g = 1 - 1 / (NEUTRAL_DESATURATION * (peak - newPeak) + 1);
    for (let i = 0; i < 3; i++) rgb[i] = rgb[i]! * (newPeak / peak) * (1 - g) + newPeak * g;
  }
  clampToUnit(rgb);
}

/** Linear factor of an exposure in stops. */
export function exposureFactor(exposureEv: number): number {
  return exp2(exposureEv);
}
