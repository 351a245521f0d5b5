import { chunkCount, chunkRect, geometryOf, tilesPerFrame } from '../../protocol/geometry.js';
import type { Manifest } from '../../protocol/manifest.js';
import type { PolicyNumbers } from '../../protocol/policy.js';
import { BadInputError } from '../../protocol/errors.js';
import { unitsOfRays } from '../../protocol/workUnits.js';
import type { ProbeMeasure } from './probeWork.js';

/**
 * How far the rays of a whole job may be from what a probe that ran to its end expects, as a share: what
 * `test/artist/quote/probeWork.test.ts` holds it to. Between probed frames nothing is known.
 */
export const PROBE_ERROR = 0.1;

/** What a job is expected to trace. */
export interface ExpectedWork {
  /** Work units of every chunk. */
  weights: Uint16Array;
  /** Rays of the whole job. */
  rays: number;
}

/**
 * The weights of a job by what a probe counted: a pure function of the counts. A tile of a frame that was not probed
 * weighs what lies between its frames before and after. Throws BadInputError for a chunk that is too heavy for a lease.
 */
export function weighChunks({
  manifest,
  measure,
  numbers,
}: {
  manifest: Manifest;
  measure: Pick<ProbeMeasure, 'frames'>;
  numbers: Pick<PolicyNumbers, 'maxUnitsPerLease'>;
}): ExpectedWork {
  const geometry = geometryOf(manifest);
  const perFrame = tilesPerFrame(geometry);
  const most = Math.min(0xffff, numbers.maxUnitsPerLease);
  const weights = new Uint16Array(chunkCount(geometry));
  let rays = 0;
  for (let chunk = 0; chunk < weights.length; chunk++) {
    const { frame, width, height } = chunkRect(geometry, chunk);
    const chunkRays = raysPerSample(measure, frame, chunk % perFrame) * width * height * manifest.samples;
    const units = unitsOfRays(chunkRays);
    if (units > most)
      throw new BadInputError({
        code: 'too-large',
        message: `a tile of frame ${frame} is expected to take ${units} work units, and one lease may hold ${most}`,
        facts: { frame, units, most },
        advice: 'use smaller tiles or fewer samples.',
      });
    weights[chunk] = units;
    rays += chunkRays;
  }
  return { weights, rays };
}

function raysPerSample({ frames }: Pick<ProbeMeasure, 'frames'>, frame: number, tile: number): number {
  const rateOf = (probed: ProbeMeasure['frames'][number]): number =>
    probed.tiles[tile]!.rays / probed.tiles[tile]!.samples;
  const before = frames.findLast((probed) => probed.frame <= frame);
  const after = frames.find((probed) => probed.frame >= frame);
  if (before === undefined || after === undefined) return rateOf((before ?? after)!);
  if (before === after) return rateOf(before);
  const share = (frame - before.frame) / (after.frame - before.frame);
  return (1 - share) * rateOf(before) + share * rateOf(after);
}
