import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeMachine } from './describeMachine.js';
import { failureOf, type PartyWork, readReport, runRushes } from './runRushes.js';
import { writeResult } from './writeResult.js';

// `npm run bench:network`: how much of a worker's time is rendering. A job of at least 40 chunks of 256 x 256 on a
// network with one worker, whose render threads leave one core to the verifiers and all else, as if those ran
// elsewhere.
const root = fileURLToPath(new URL('../../', import.meta.url));
const { values } = parseArgs({
  options: {
    scene: { type: 'string', default: 'scenes/showpiece/showpiece.glb' },
    frames: { type: 'string', default: '0-9' },
    size: { type: 'string', default: '512x512' },
    samples: { type: 'string', default: '64' },
    bounces: { type: 'string', default: '8' },
    threads: { type: 'string' },
    'no-save': { type: 'boolean', default: false },
  },
});
const machine = describeMachine(root);
const threads = Number(values.threads ?? Math.max(1, machine.cores - 1));
const outDir = await mkdtemp(join(tmpdir(), 'rushes-bench-network-'));

try {
  const run = await runRushes({
    root,
    limitMs: 1_200_000,
    command: [
      'node',
      'bin/rushes.js',
      'render',
      '--yes',
      values.scene,
      '--frames',
      values.frames,
      '--size',
      values.size,
      '--tile',
      '256',
      '--samples',
      values.samples,
      '--bounces',
      values.bounces,
      '--seed',
      '1',
      '--workers',
      '1',
      '--threads',
      String(threads),
      '--out',
      outDir,
      '--accept-unsupported',
    ],
  });
  if (run.exitCode !== 0) throw new Error(`the job failed with ${failureOf(run)}`);
  const report = await readReport(outDir);
  const { chunks, timings, workers, verifiers } = report;
  if (chunks.total < 40) throw new Error(`${chunks.total} chunks are too few: the bench is about 40 or more`);
  const worker = workers[0];
  if (workers.length !== 1 || typeof worker?.busyShare !== 'number' || typeof worker.cpuMs !== 'number')
    throw new Error(`report.json does not tell what its one worker did: ${JSON.stringify(workers)}`);
  const processSeconds = (role: RegExp): number =>
    Object.entries(run.cpuSeconds).reduce((sum, [command, seconds]) => sum + (role.test(command) ? seconds : 0), 0);
  const seconds = (parties: readonly PartyWork[]): number =>
    parties.reduce((sum, { cpuMs, prepareCpuMs }) => sum + (cpuMs ?? 0) + (prepareCpuMs ?? 0), 0) / 1000;
  const [renderCpuSeconds, auditCpuSeconds] = [seconds(workers), seconds(verifiers)];
  const result = {
    chunks,
    threads,
    // Time in which the engine rendered, over the time from the first lease to the last commitment by the chain's clock
    // (whole seconds).
    efficiency: worker.busyShare,
    // Processor time of preparing frames and rendering, and what share of the worker's all verifiers together took for
    // their audits.
    renderCpuSeconds: rounded(renderCpuSeconds),
    auditCpuSeconds: rounded(auditCpuSeconds),
    verifierShare: rounded(auditCpuSeconds / renderCpuSeconds),
    preparation: {
      worker: rounded((worker.prepareCpuMs ?? 0) / 1000),
      verifiers: rounded(verifiers.reduce((sum, { prepareCpuMs }) => sum + (prepareCpuMs ?? 0), 0) / 1000),
    },
    // Whole processes, their start included.
    workerProcessCpuSeconds: rounded(processSeconds(/\bworker$/)),
    verifierProcessesCpuSeconds: rounded(processSeconds(/\bverifier$/)),
    cpuSecondsByCommand: run.cpuSeconds,
    wallMs: Math.round(run.wallMs),
    peak: run.peak,
    gas: report.gas,
    timings,
    settings: values,
  };
  console.log(JSON.stringify({ machine, ...result }, null, 2));
  if (!values['no-save']) console.log(await writeResult({ root, bench: 'network', machine, result }));
} finally {
  await rm(outDir, { recursive: true, force: true });
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
