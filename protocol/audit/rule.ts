import type { Verdict } from '../events.js';
import type { Finding, TestResult } from './finding.js';
import { VOID_FACTOR } from './tolerances.js';

const SEVERITY: Record<Verdict, number> = { pass: 0, void: 1, convict: 2 };

/** The verdict of one test: pass up to the threshold; above it, what its rule says. */
export function verdictOfTest(test: Pick<TestResult, 'rule' | 'measured' | 'threshold'>): Verdict {
  if (test.measured <= test.threshold) return 'pass';
  if (test.rule === 'exact') return 'convict';
  if (test.rule === 'blameless') return 'void';
  return test.measured <= VOID_FACTOR * test.threshold ? 'void' : 'convict';
}

/**
 * The verdict of a finding: the most severe of its tests, each ruled anew from what was measured. No tests is void: nothing
 * was checked.
 */
export function rule(finding: Pick<Finding, 'tests'>): Verdict {
  if (finding.tests.length === 0) return 'void';
  return mostSevere(finding.tests.map(verdictOfTest));
}

/**
 * The verdict of a lease over its reveals, as the contract rules it: pass and convict need every drawn verifier, at
 * least `required`, to agree; anything else is void.
 */
export function ruleReveals(verdicts: readonly Verdict[], required: number): Verdict {
  const [first] = verdicts;
  if (first === undefined || verdicts.length < required || verdicts.some((verdict) => verdict !== first)) return 'void';
  return first;
}

/** The most severe of some verdicts; pass when there are none. */
export function mostSevere(verdicts: readonly Verdict[]): Verdict {
  return verdicts.reduce(
    (worst, verdict) => (SEVERITY[verdict] > SEVERITY[worst] ? verdict : worst),
    'pass' as Verdict,
  );
}
