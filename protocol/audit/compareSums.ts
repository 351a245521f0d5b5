import type { ChunkDraw } from '../draw.js';
import { InvariantError } from '../errors.js';
import { batchRange } from '../geometry.js';
import type { OpenedLeaf } from '../opening.js';
import type { TestName, TestResult } from './finding.js';
import { type PixelPair, median, medianRadiance, relativeError, signedRelativeError } from './relativeError.js';
import { verdictOfTest } from './rule.js';
import type { Tolerance } from './tolerances.js';

/**
 * T1, T2 and T3 of one drawn chunk: the worker's opened leaves against the verifier's sealed values.
 * `values` holds 4 float32 per drawn pixel in draw order (leaves as drawn, pixels as drawn).
 */
export function compareSums(audit: {
  draw: ChunkDraw;
  samples: number;
  batches: number;
  opened: readonly OpenedLeaf[];
  values: Float32Array;
  tolerance: Tolerance;
}): TestResult[] {
  const { draw, tolerance } = audit;
  const leaves = pairLeaves(audit);
  const all = leaves.flatMap((leaf) => leaf.pairs);
  const chunkIndex = draw.rect.chunkIndex;
  const result = (
    test: TestName,
    rule: TestResult['rule'],
    measured: number,
    threshold: number,
    detail: string,
  ): TestResult => ({
    test,
    chunkIndex,
    rule,
    measured,
    threshold,
    verdict: verdictOfTest({ rule, measured, threshold }),
    detail,
    maskedPixels: 0,
  });

  const radiance = medianRadiance(all);
  const signedMedian = Math.abs(finite(median(all.map((pair) => signedRelativeError(pair, radiance)))));

  if (tolerance.kind === 'exact') {
    const differing = leaves.map((leaf) => leaf.pairs.filter(differs).length);
    const total = differing.reduce((sum, count) => sum + count, 0);
    const worst = Math.max(0, ...differing);
    return [
      result('T1', 'exact', total, 0, `${total} of ${all.length} drawn pixels are not equal to the bit`),
      result(
        'T2',
        'exact',
        worst,
        0,
        `${worst} pixels of the worst of ${leaves.length} leaves are not equal to the bit`,
      ),
      result('T3', 'exact', signedMedian, 0, `median signed relative error ${signedMedian.toExponential(2)}`),
    ];
  }

  const exceeding = leaves.map((leaf) => ({
    leaf,
    count: leaf.pairs.filter((pair) => relativeError(pair, radiance) > tolerance.pixelError).length,
  }));
  const total = exceeding.reduce((sum, one) => sum + one.count, 0);
  const share = all.length === 0 ? 0 : total / all.length;
  const worst = exceeding.reduce(
    (max, one) => Math.max(max, one.leaf.pairs.length === 0 ? 0 : one.count / one.leaf.pairs.length),
    0,
  );
  return [
    result(
      'T1',
      'zones',
      share,
      tolerance.exceedingShare,
      `${total} of ${all.length} drawn pixels are off by more than ${tolerance.pixelError}`,
    ),
    result(
      'T2',
      'zones',
      worst,
      tolerance.leafExceedingShare,
      `the worst of ${leaves.length} leaves has ${(100 * worst).toFixed(1)} % of its pixels off by more than ${tolerance.pixelError}`,
    ),
    result(
      'T3',
      'zones',
      signedMedian,
      tolerance.medianError,
      `median signed relative error ${signedMedian.toExponential(2)}`,
    ),
  ];
}

function pairLeaves(audit: Parameters<typeof compareSums>[0]): { leafIndex: number; pairs: PixelPair[] }[] {
  const opened = new Map(audit.opened.map((leaf) => [leaf.leafIndex, leaf]));
  let at = 0;
  const leaves = audit.draw.leaves.map((leaf) => {
    const shown = opened.get(leaf.leafIndex);
    if (shown === undefined)
      throw new InvariantError({
        what: `opened leaf ${leaf.leafIndex} of chunk ${audit.draw.rect.chunkIndex}`,
        expected: 'present',
        actual: 'absent',
      });
    const { begin, end } = batchRange(audit.samples, audit.batches, leaf.batch);
    const pairs = leaf.pixels.map((pixel): PixelPair => {
      const verifier = audit.values.subarray(at, (at += 4));
      return { worker: shown.sums.subarray(4 * pixel, 4 * pixel + 4), verifier, samples: end - begin };
    });
    return { leafIndex: leaf.leafIndex, pairs };
  });
  if (at !== audit.values.length)
    throw new InvariantError({
      what: `sealed floats of chunk ${audit.draw.rect.chunkIndex}`,
      expected: at,
      actual: audit.values.length,
    });
  return leaves;
}

/** Whether any of the four floats differs in a bit. */
function differs(pair: PixelPair): boolean {
  for (let channel = 0; channel < 4; channel++)
    if (!Object.is(pair.worker[channel], pair.verifier[channel])) return true;
  return false;
}

/** Findings are JSON: an infinite measure becomes the largest finite number. */
function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.MAX_VALUE;
}
