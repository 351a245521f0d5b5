import { type Geometry, tilesPerFrame } from '../../protocol/geometry.js';
import { chunkState, type LedgerJob } from '../../protocol/ledger.js';

/**
 * The frame that is worth looking at when nobody chose one, as an offset from the first: the finished one with the
 * highest number; where none is, the one with most rendered tiles.
 */
export function frameToShow(geometry: Geometry, job: Readonly<LedgerJob>): number {
  const tiles = tilesPerFrame(geometry);
  let best = 0;
  let most = 0;
  for (let offset = 0; offset < geometry.frameCount; offset++) {
    let paid = 0;
    let rendered = 0;
    for (let chunk = offset * tiles; chunk < (offset + 1) * tiles; chunk++) {
      const state = chunkState(job, chunk);
      if (state === 'paid') paid++;
      if (state === 'paid' || state === 'committed') rendered++;
    }
    const worth = paid === tiles ? tiles + 1 : rendered;
    if (worth >= most && worth > 0) {
      best = offset;
      most = worth;
    }
  }
  return best;
}
