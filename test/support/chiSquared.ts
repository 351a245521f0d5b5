import assert from 'node:assert/strict';

/** The seed of this process's statistical tests: RUSHES_SEED repeats a run. */
export const statisticsSeed = Number(process.env['RUSHES_SEED'] ?? Date.now() & 0x7fffffff);
console.log(`statistical tests: RUSHES_SEED=${statisticsSeed}`);

/** A sound sampler fails a test below this chance once in a million runs. */
const LEAST_CHANCE = 1e-6;

/**
 * Asserts that counts could come from their expected values (Pearson's test; bins that expect fewer than 5 are joined).
 */
export function assertChiSquared(name: string, observed: readonly number[], expected: readonly number[]): void {
  let statistic = 0;
  let bins = 0;
  let [jointObserved, jointExpected] = [0, 0];
  expected.forEach((value, index) => {
    if (value < 5) {
      jointObserved += observed[index]!;
      jointExpected += value;
      return;
    }
    statistic += (observed[index]! - value) ** 2 / value;
    bins++;
  });
  if (jointExpected >= 5) {
    statistic += (jointObserved - jointExpected) ** 2 / jointExpected;
    bins++;
  } else {
    // A handful of counts where next to none are expected is a fault of its own.
    assert.ok(
      jointObserved <= jointExpected + 12,
      `${name}: ${jointObserved} samples where ${jointExpected.toFixed(3)} are expected (seed ${statisticsSeed})`,
    );
  }
  const chance = upperGamma((bins - 1) / 2, statistic / 2);
  assert.ok(
    chance > LEAST_CHANCE,
    `${name}: chi-squared ${statistic.toFixed(1)} over ${bins} bins has chance ${chance} (seed ${statisticsSeed})`,
  );
}

/**
 * The regularised upper incomplete gamma function Q(a, x), by series or continued fraction (Numerical Recipes, section
 * 6.2).
 */
function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  const scale = Math.exp(-x + a * Math.log(x) - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; n < 10_000 && term > sum * 1e-15; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return 1 - sum * scale;
  }
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let i = 1; i < 10_000; i++) {
    const an = -i * (i - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return h * scale;
}

/** Stirling's series for ln gamma(x), x > 0. */
function logGamma(x: number): number {
  let shift = 0;
  let y = x;
  while (y < 10) {
    shift -= Math.log(y);
    y++;
  }
  return (
    shift +
    (y - 0.5) * Math.log(y) -
    y +
    0.5 * Math.log(2 * Math.PI) +
    1 / (12 * y) -
    1 / (360 * y ** 3) +
    1 / (1260 * y ** 5)
  );
}
