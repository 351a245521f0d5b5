import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { watchProcesses } from './watchProcesses.js';
import type { WatchedProcesses } from './watchProcesses.js';

/** What a party of a network on this machine did for the job; null or absent for parties elsewhere. */
export interface PartyWork {
  /** Processor time of its render threads. */
  cpuMs?: number | null;
  /** Processor time of preparing frames for them. */
  prepareCpuMs?: number | null;
  /** Share of the time from the job's first lease to its last commitment in which its engine rendered. */
  busyShare?: number | null;
}

/**
 * What `rushes render` says about a finished job: the JSON of `--json` and of report.json, as far as the benches read
 * it.
 */
export interface RenderReport {
  jobId?: string;
  frames: { frame: number; path: string; pixelHash: string; width: number; height: number }[];
  chunks: { total: number; rendered: number; audited: number; paid: number; voided: number; convicted: number };
  workers: (PartyWork & { address: string; chunks: number; paidWei: string })[];
  verifiers: (PartyWork & { address: string; audits: number; paidWei: string })[];
  gas?: { total: string | number; perChunk: string | number };
  timings: Record<string, number | null>;
  engine?: { raysPerCpuSecond?: number; cpuSeconds?: number; [more: string]: unknown };
}

export interface RushesRun extends WatchedProcesses {
  exitCode: number;
  wallMs: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs a command of the checkout to its end and watches its processes; they get `limitMs`, then SIGINT, and SIGKILL
 * after another minute.
 * @param options.command program and arguments, for instance `['npm', 'start']`.
 */
export async function runRushes(options: {
  root: string;
  command: readonly string[];
  limitMs: number;
  env?: NodeJS.ProcessEnv;
  onOutput?: (text: string) => void;
}): Promise<RushesRun> {
  const { root, command, limitMs, onOutput } = options;
  const began = performance.now();
  const child = spawn(command[0]!, command.slice(1), {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', ...options.env },
  });
  const watch = watchProcesses({ rootPid: child.pid! });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
      onOutput?.(text);
    });
  }
  const timers = [
    setTimeout(() => child.kill('SIGINT'), limitMs),
    setTimeout(() => child.kill('SIGKILL'), limitMs + 60_000),
  ];
  try {
    const [exitCode] = (await once(child, 'close')) as [number | null];
    const wallMs = performance.now() - began;
    return { exitCode: exitCode ?? 1, wallMs, ...texts, ...(await watch.stop()) };
  } finally {
    timers.forEach(clearTimeout);
  }
}

/** Reads report.json of a finished run's folder. */
export async function readReport(outDir: string): Promise<RenderReport> {
  return JSON.parse(await readFile(join(outDir, 'report.json'), 'utf8')) as RenderReport;
}

/** The last lines of a run's stderr, for the message that says why it failed. */
export function failureOf(run: RushesRun): string {
  return `exit code ${run.exitCode}: ${(run.stderr.trim() || run.stdout.trim()).split('\n').slice(-5).join(' | ')}`;
}
