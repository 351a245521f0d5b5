import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeMachine } from './describeMachine.js';
import { median } from './median.js';
import { failureOf, readReport, runRushes } from './runRushes.js';
import type { RushesRun } from './runRushes.js';
import { writeResult } from './writeResult.js';

// `npm run bench:demo [-- --runs N] [-- ... arguments for rushes render]`: `npm start` as a user would type it, with
// the time it takes, the time to the first picture in the folder, and the memory of all its processes together.
const root = fileURLToPath(new URL('../../', import.meta.url));
const { values, positionals } = parseArgs({
  options: { runs: { type: 'string', default: '3' }, 'no-save': { type: 'boolean', default: false } },
  allowPositionals: true,
});
const machine = describeMachine(root);
const runs = [];

for (let i = 0; i < Number(values.runs); i++) {
  const outDir = await mkdtemp(join(tmpdir(), 'rushes-bench-demo-'));
  const began = performance.now();
  let firstPictureMs: number | undefined;
  const poll = setInterval(() => {
    void readdir(outDir, { recursive: true }).then(
      (names) => {
        if (firstPictureMs === undefined && names.some((name) => name.endsWith('.png') && !/(^|\/)\./.test(name)))
          firstPictureMs = performance.now() - began;
      },
      () => undefined,
    );
  }, 100);
  let run: RushesRun;
  try {
    run = await runRushes({
      root,
      command: ['npm', 'start', '--silent', '--', '--out', outDir, ...positionals],
      limitMs: 540_000,
    });
  } finally {
    clearInterval(poll);
  }
  if (run.exitCode !== 0) throw new Error(`the demo failed with ${failureOf(run)}`);
  const report = await readReport(outDir);
  runs.push({
    wallMs: Math.round(run.wallMs),
    firstPictureMs: Math.round(firstPictureMs ?? NaN),
    peak: run.peak,
    leftBehind: run.left,
    chunks: report.chunks,
    gas: report.gas,
    timings: report.timings,
    engine: report.engine,
  });
  console.log(
    `run ${i + 1}: ${(run.wallMs / 1000).toFixed(1)} s, first picture after ${((firstPictureMs ?? NaN) / 1000).toFixed(1)} s, at most ${run.peak.pssMiB} MiB in ${run.peak.processCount} processes${run.left.length === 0 ? '' : `, ${run.left.length} processes LEFT BEHIND`}`,
  );
  await rm(outDir, { recursive: true, force: true });
}

const result = {
  medianWallMs: median(runs.map((run) => run.wallMs)),
  medianFirstPictureMs: median(runs.map((run) => run.firstPictureMs)),
  maxPssMiB: Math.max(...runs.map((run) => run.peak.pssMiB)),
  runs,
};
console.log(JSON.stringify({ machine, ...result }, null, 2));
if (!values['no-save']) console.log(await writeResult({ root, bench: 'demo', machine, result }));
