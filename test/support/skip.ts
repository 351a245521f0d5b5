import type { Context, Hook, Test } from 'mocha';

const skipped: string[] = [];

/** Skips the running test, or from a `before` hook its suite, and has the reason printed at the end of the run. */
export function skip(context: Context, reason: string): never {
  const test = context.test as Hook | Test | undefined;
  const what = test?.type === 'hook' ? test.parent : test;
  skipped.push(`${what?.fullTitle() ?? 'a test'}: ${reason}`);
  return context.skip();
}

/** Loaded by every run (.mocharc.json): prints each skip with its reason, so that none goes unseen in a long output. */
export const mochaHooks = {
  afterAll(): void {
    // Emptied: under --parallel one process runs many files, each with an end of its own.
    for (const line of skipped.splice(0)) console.log(`SKIPPED ${line}`);
  },
};
