/** What `--tone` takes. */
export const TONE_MAPS = ['aces', 'agx', 'neutral', 'linear'] as const;
export type ToneMap = (typeof TONE_MAPS)[number];
