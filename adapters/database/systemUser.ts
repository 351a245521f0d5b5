import { execFile } from 'node:child_process';
import { lstat, mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { RushesError } from '../../protocol/errors.js';

const run = promisify(execFile);

/** A user of this machine that PostgreSQL runs as when this process is root: PostgreSQL refuses to be root. */
export interface SystemUser {
  name: string;
  uid: number;
  gid: number;
}

/**
 * The user to run PostgreSQL as: undefined (this process's own) unless this process is root. As root the first of: the
 * user `postgres`, a system user `rushes` (made when there is none and useradd is there), `nobody`. Throws RushesError
 * when root can become nobody else.
 */
export async function chooseDatabaseUser(onLog: (line: string) => void): Promise<SystemUser | undefined> {
  if (process.getuid === undefined || process.getuid() !== 0) return undefined;
  const existing = (await findUser('postgres')) ?? (await findUser('rushes'));
  if (existing !== undefined) return existing;
  try {
    await run('useradd', [
      '--system',
      '--no-create-home',
      '--home-dir',
      '/nonexistent',
      '--shell',
      '/usr/sbin/nologin',
      '--user-group',
      'rushes',
    ]);
    onLog('made the system user "rushes" for PostgreSQL, which refuses to run as root');
  } catch (error) {
    // A second start may have made it in between.
    onLog(
      `could not make a system user for PostgreSQL (${error instanceof Error ? (error.message.trim().split('\n').pop() as string) : String(error)}); trying others`,
    );
  }
  const user = (await findUser('rushes')) ?? (await findUser('nobody'));
  if (user === undefined) {
    throw new RushesError({
      code: 'postgres-user',
      message: 'PostgreSQL refuses to run as root, and this machine has no user "postgres", "rushes" or "nobody"',
      facts: {},
      advice: 'Start as a user that is not root, or make a user named postgres.',
    });
  }
  return user;
}

async function findUser(name: string): Promise<SystemUser | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    const user = { name, uid: Number(uid.stdout), gid: Number(gid.stdout) };
    return Number.isSafeInteger(user.uid) && user.uid > 0 && Number.isSafeInteger(user.gid) ? user : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether a user may enter every folder above a path, and read it (and enter it, for a folder), as the permission bits
 * say.
 */
export async function canReach(path: string, user: SystemUser): Promise<boolean> {
  const allowed = async (at: string, wanted: number): Promise<boolean> => {
    const found = await stat(at).catch(() => undefined);
    if (found === undefined) return false;
    const shift = found.uid === user.uid ? 6 : found.gid === user.gid ? 3 : 0;
    return ((found.mode >> shift) & wanted) === wanted;
  };
  const target = resolve(path);
  for (let folder = dirname(target); ; folder = dirname(folder)) {
    if (!(await allowed(folder, 1))) return false;
    if (folder === dirname(folder)) break;
  }
  return await allowed(target, (await stat(target).catch(() => undefined))?.isDirectory() === true ? 5 : 4);
}

/** Whether a user may enter every folder above a path, whatever the path itself is. */
export async function canReachParent(path: string, user: SystemUser): Promise<boolean> {
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    const found = await stat(folder).catch(() => undefined);
    if (found === undefined) return false;
    const shift = found.uid === user.uid ? 6 : found.gid === user.gid ? 3 : 0;
    if (((found.mode >> shift) & 1) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/**
 * A folder of root's that other users can enter but not write: for copies of programs and for databases whose own
 * folder their user cannot reach.
 */
export async function sharedSystemFolder(): Promise<string> {
  for (const folder of ['/var/lib/rushes', '/var/tmp/rushes-root', '/tmp/rushes-root']) {
    await mkdir(folder, { mode: 0o755 }).catch(() => undefined);
    // In a folder that everyone writes, somebody else may have been there first.
    const found = await lstat(folder).catch(() => undefined);
    if (
      found !== undefined &&
      found.isDirectory() &&
      found.uid === 0 &&
      (found.mode & 0o022) === 0 &&
      (found.mode & 0o055) === 0o055
    )
      return folder;
  }
  throw new RushesError({
    code: 'postgres-folder',
    message: "no folder is left that PostgreSQL's user can reach: /var/lib, /var/tmp and /tmp are all closed",
    facts: {},
    advice: 'Give a data folder that other users can enter, or start as a user that is not root.',
  });
}
