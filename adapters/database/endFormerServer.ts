import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { RushesError } from '../../protocol/errors.js';
import { pause } from '../pause.js';

/** A process id that no system gives out: what a stale lock file is made to say. */
const NOBODY_PID = 999_999_999;

/**
 * Deals with the lock file that a server leaves when it was killed. The folder is ours (lockFolder), so a server that
 * still runs on it is an orphan and is ended. A process id that belongs to another program by now is blotted out; the
 * rest of the file stays, because PostgreSQL finds in it the shared memory that tells whether children of the dead
 * server are still writing. Rejects with the reason of `signal` when it aborts.
 */
export async function endFormerServer(
  cluster: string,
  { signal, onLog }: { signal?: AbortSignal | undefined; onLog: (line: string) => void },
): Promise<void> {
  const path = join(cluster, 'postmaster.pid');
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const pid = Number(text.split('\n', 1)[0]);
  if (!Number.isSafeInteger(pid) || pid <= 1 || !isRunning(pid)) return;
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  if (command !== undefined && !isServerOf(cluster, command.split('\0'))) {
    await writeFile(path, text.replace(/^[0-9]+/, String(NOBODY_PID)));
    return;
  }
  onLog(`ending PostgreSQL process ${pid}, which outlived the program that started it`);
  for (const [ending, patienceMs] of [
    ['SIGINT', 5000],
    ['SIGQUIT', 5000],
    ['SIGKILL', 2000],
  ] as const) {
    process.kill(pid, ending);
    for (let waitedMs = 0; waitedMs < patienceMs && isRunning(pid); waitedMs += 50) await pause(50, signal);
    if (!isRunning(pid)) return;
  }
  throw new RushesError({
    code: 'postgres-start',
    message: `PostgreSQL process ${pid} still uses ${cluster} and cannot be ended`,
    facts: { pid, cluster },
    advice: `End process ${pid}.`,
  });
}

/**
 * Whether a command line is that of a server on this cluster: other programs, and other servers, may have the word in
 * theirs.
 */
function isServerOf(cluster: string, [program, ...args]: string[]): boolean {
  return basename(program ?? '') === 'postgres' && args.includes(cluster);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
