import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeMachine } from './describeMachine.js';
import { failureOf, readReport, runRushes } from './runRushes.js';
import { writeResult } from './writeResult.js';

// `npm run bench:network`: how much of a worker's time is rendering. A job of at least 40 chunks of 256 x 256 on a network with one
// worker, whose render threads leave one core to the verifiers and all else, as if those ran elsewhere. Efficiency is the processor
// time of the render threads over (time from the first lease to the last chunk committed) x threads.
const root = fileURLToPath(new URL('../../', import.meta.url));
const { values } = parseArgs({
  options: {
    scene: { type: 'string', default: 'scenes/showpiece/showpiece.glb' }, frames: { type: 'string', default: '0-9' }, size: { type: 'string', default: '512x512' }, samples: { type: 'string', default: '16' },
    bounces: { type: 'string', default: '4' }, threads: { type: 'string' }, 'no-save': { type: 'boolean', default: false },
  },
});
const machine = describeMachine(root);
const threads = Number(values.threads ?? Math.max(1, machine.cores - 1));
const outDir = await mkdtemp(join(tmpdir(), 'rushes-bench-network-'));

try {
  const run = await runRushes({
    root, limitMs: 540_000,
    command: ['node', 'bin/rushes.js', 'render', values.scene, '--frames', values.frames, '--size', values.size, '--tile', '256', '--samples', values.samples, '--bounces', values.bounces, '--seed', '1',
      '--workers', '1', '--threads', String(threads), '--out', outDir, '--accept-unsupported'],
  });
  if (run.exitCode !== 0) throw new Error(`the job failed with ${failureOf(run)}`);
  const report = await readReport(outDir);
  const { chunks, timings } = report;
  if (chunks.total < 40) throw new Error(`${chunks.total} chunks are too few: the bench is about 40 or more`);
  const renderMs = timings['renderMs'];
  const renderCpuSeconds = report.engine?.cpuSeconds;
  if (renderMs === undefined || renderCpuSeconds === undefined) throw new Error(`report.json has no timings.renderMs or no engine.cpuSeconds, only ${Object.keys(timings).join(', ')} and ${Object.keys(report.engine ?? {}).join(', ')}`);
  const verifierCpuSeconds = Object.entries(run.cpuSeconds).reduce((sum, [command, seconds]) => sum + (/verifier/.test(command) ? seconds : 0), 0);
  const result = {
    chunks, threads,
    efficiency: rounded(renderCpuSeconds / ((renderMs / 1000) * threads)), renderCpuSeconds: rounded(renderCpuSeconds), renderWallSeconds: rounded(renderMs / 1000),
    // Everything the verifier processes did, their start included.
    verifierShare: rounded(verifierCpuSeconds / renderCpuSeconds), verifierCpuSeconds: rounded(verifierCpuSeconds),
    cpuSecondsByCommand: run.cpuSeconds, wallMs: Math.round(run.wallMs), peak: run.peak, gas: report.gas, timings, settings: values,
  };
  console.log(JSON.stringify({ machine, ...result }, null, 2));
  if (!values['no-save']) console.log(await writeResult({ root, bench: 'network', machine, result }));
} finally {
  await rm(outDir, { recursive: true, force: true });
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
