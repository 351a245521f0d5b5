import { execFileSync } from 'node:child_process';
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';

/** Where and on what a figure was measured. */
export interface Machine {
  cpu: string;
  cores: number;
  memoryGiB: number;
  system: string;
  node: string;
  /** Commit of the checkout, with `+changes` where files differ from it. */
  commit: string;
  measuredAt: string;
  /** Load over the minute before the measurement: much above zero means that others used the machine too. */
  loadBefore: number;
}

/** Describes this machine and the checkout at `root`. */
export function describeMachine(root: string): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    commit: commitOf(root),
    measuredAt: new Date().toISOString(),
    loadBefore: Math.round(loadavg()[0]! * 100) / 100,
  };
}

function commitOf(root: string): string {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    return (
      git('rev-parse', '--short=12', 'HEAD') +
      (git('status', '--porcelain', '--untracked-files=no') === '' ? '' : '+changes')
    );
  } catch {
    return 'no git checkout';
  }
}
