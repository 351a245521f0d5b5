/**
 * Parameters of a property: RUSHES_SEED repeats a run, and fast-check prints the seed of one that failed. The seed used
 * is printed once.
 */
export function propertyParameters(runs: number): { seed: number; numRuns: number } {
  return { seed, numRuns: runs };
}

const seed = Number(process.env['RUSHES_SEED'] ?? Date.now() & 0x7fffffff);
console.log(`property tests: RUSHES_SEED=${seed}`);
