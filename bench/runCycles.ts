import { spawnSync } from 'node:child_process';

/** What Blender's Cycles took for the samples beyond the first two, which pay for building its scene. */
export interface CyclesResult {
  version: string;
  cpuSecondsPerSample: number[];
}

/**
 * Renders the scene with Cycles on one thread: same camera, size and path segments, `samples` per pixel after a warm-up
 * of 2. Undefined where there is no blender: the program named by BLENDER, else `blender` on the PATH.
 */
export function runCycles(options: {
  root: string;
  scene: string;
  width: number;
  height: number;
  segments: number;
  samples: number;
  runs: number;
  pictures: string | undefined;
}): CyclesResult | undefined {
  const blender = process.env['BLENDER'] ?? 'blender';
  if (spawnSync(blender, ['--version'], { stdio: 'ignore' }).error !== undefined) return undefined;
  const script = `${options.root}/bench/cycles.py`;
  const { stdout, stderr, status } = spawnSync(
    blender,
    [
      '-b',
      '--factory-startup',
      '--python-exit-code',
      '1',
      '--python',
      script,
      '--',
      JSON.stringify({ ...options, pictures: options.pictures ?? null }),
    ],
    { encoding: 'utf8', maxBuffer: 1 << 26 },
  );
  const line = /^RESULT (.*)$/m.exec(stdout)?.[1];
  if (status !== 0 || line === undefined)
    throw new Error(`blender failed on ${script}: ${stderr.trim().split('\n').slice(-3).join(' | ')}`);
  return JSON.parse(line) as CyclesResult;
}
