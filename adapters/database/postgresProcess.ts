// What starting any program of PostgreSQL takes.
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { SystemUser } from './systemUser.js';

/**
 * Spawn options: the user it runs as, and an environment and a folder that do not depend on whoever started this
 * process.
 */
export function identity(user: SystemUser | undefined): {
  cwd: string;
  env: NodeJS.ProcessEnv;
  uid?: number;
  gid?: number;
} {
  return {
    cwd: '/',
    env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
    ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
  };
}

/** The last 40 lines of its stderr, filled as they come. */
export function keepLines(child: ChildProcess, onLine?: (line: string) => void): string[] {
  const lines: string[] = [];
  createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => {
    lines.push(line);
    if (lines.length > 40) lines.shift();
    onLine?.(line);
  });
  child.once('error', (error) => lines.push(error.message));
  return lines;
}

/** Its exit code, once its streams are closed too; null when a signal ended it or it could not be started. */
export async function exitOf(child: ChildProcess): Promise<[number | null]> {
  return await new Promise((resolveExit) => {
    child.once('close', (code) => resolveExit([code]));
    child.once('error', () => resolveExit([null]));
  });
}
