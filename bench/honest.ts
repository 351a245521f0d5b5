import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeMachine } from './describeMachine.js';
import { median } from './median.js';
import { failureOf, runRushes } from './runRushes.js';
import type { RenderReport } from './runRushes.js';
import { writeResult } from './writeResult.js';

// `npm run bench:honest [-- --runs 20]`: whole networks brought up one after another, each for one small honest job
// with a seed of its own. Ends with 1 if any lease was voided or any worker convicted, if any run failed, or left a
// process behind.
const root = fileURLToPath(new URL('../../', import.meta.url));
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20' },
    scene: { type: 'string', default: 'scenes/showpiece/showpiece.glb' },
    size: { type: 'string', default: '192x112' },
    samples: { type: 'string', default: '8' },
    frames: { type: 'string', default: '0-3' },
    'no-save': { type: 'boolean', default: false },
  },
});
const machine = describeMachine(root);
const runs: {
  seed: number;
  exitCode: number;
  wallMs: number;
  chunks?: RenderReport['chunks'];
  failure?: string;
  leftBehind: number;
}[] = [];

for (let seed = 1; seed <= Number(values.runs); seed++) {
  const outDir = await mkdtemp(join(tmpdir(), 'rushes-bench-honest-'));
  const run = await runRushes({
    root,
    limitMs: 300_000,
    command: [
      'node',
      'bin/rushes.js',
      'render',
      '--yes',
      values.scene,
      '--size',
      values.size,
      '--samples',
      values.samples,
      '--frames',
      values.frames,
      '--seed',
      String(seed),
      '--out',
      outDir,
      '--json',
      '--accept-unsupported',
    ],
  });
  const summary = { seed, exitCode: run.exitCode, wallMs: Math.round(run.wallMs), leftBehind: run.left.length };
  runs.push(
    run.exitCode === 0
      ? { ...summary, chunks: (JSON.parse(run.stdout) as RenderReport).chunks }
      : { ...summary, failure: failureOf(run) },
  );
  const { chunks, failure } = runs.at(-1)!;
  console.error(
    `run ${seed}: ${(run.wallMs / 1000).toFixed(1)} s, ${failure ?? `${chunks!.paid} of ${chunks!.total} chunks paid, ${chunks!.voided} voided, ${chunks!.convicted} convicted`}`,
  );
  await rm(outDir, { recursive: true, force: true });
}

const finished = runs.flatMap((run) => (run.chunks === undefined ? [] : [run.chunks]));
const result = {
  honestRuns: runs.length,
  failedRuns: runs.length - finished.length,
  medianWallMs: median(runs.map((run) => run.wallMs)),
  chunks: finished.reduce((sum, chunks) => sum + chunks.total, 0),
  voided: finished.reduce((sum, chunks) => sum + chunks.voided, 0),
  convicted: finished.reduce((sum, chunks) => sum + chunks.convicted, 0),
  leftBehind: runs.reduce((sum, run) => sum + run.leftBehind, 0),
  settings: values,
  runs,
};
console.log(JSON.stringify({ machine, ...result }, null, 2));
if (!values['no-save']) console.log(await writeResult({ root, bench: 'honest', machine, result }));
process.exitCode = result.failedRuns + result.voided + result.convicted + result.leftBehind > 0 ? 1 : 0;
