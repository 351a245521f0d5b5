import type { TestResult } from './finding.js';
import { verdictOfTest } from './rule.js';

/**
 * T5: the published half floats of the whole block against those that follow from its opened batches by the rule of the
 * output (float64 sum over batches in index order, divided by samples, rounded to float32, then to half). Exact. Both
 * hold RGBA of the block's pixels inside the frame.
 */
export function compareWholeBlock(audit: {
  chunkIndex: number;
  block: number;
  published: Uint16Array;
  fromOpening: Uint16Array;
}): TestResult {
  const { published, fromOpening } = audit;
  let differing = Math.abs(published.length - fromOpening.length) / 4;
  for (let pixel = 0; pixel < Math.min(published.length, fromOpening.length) / 4; pixel++) {
    if ([0, 1, 2, 3].some((channel) => published[4 * pixel + channel] !== fromOpening[4 * pixel + channel]))
      differing++;
  }
  const measure = { rule: 'exact', measured: differing, threshold: 0 } as const;
  return {
    test: 'T5',
    chunkIndex: audit.chunkIndex,
    ...measure,
    verdict: verdictOfTest(measure),
    maskedPixels: 0,
    detail: `${differing} pixels of block ${audit.block} are published otherwise than its opened batches add up to`,
  };
}
