import { link, mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { RushesError } from '../protocol/errors.js';

const LOCK_FILE = 'rushes.lock';

/** Who holds a folder: the process, and when it started, so that a process id given out again is not taken for its former owner. */
interface LockHolder {
  pid: number;
  /** Start of the process in clock ticks since boot where /proc tells it, otherwise an empty string. */
  started: string;
}

/** Another process works on the same folder. */
export class FolderInUseError extends RushesError {
  constructor(options: { folder: string; pid: number; what: string }) {
    super({
      code: 'folder-in-use',
      message: `${options.what} in ${options.folder} is already in use by process ${options.pid}`,
      facts: { folder: options.folder, pid: options.pid },
      advice: `Stop process ${options.pid}, or choose another folder.`,
    });
  }
}

/** A folder held by this process until `release`. */
export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Takes a folder for this process, by a lock file in it that names the process. A lock whose process is gone (kill -9, power failure) is taken over.
 * `what` names the content in the error. Throws FolderInUseError when a live process holds the folder, this one included.
 */
export async function lockFolder(folder: string, what: string): Promise<FolderLock> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, LOCK_FILE);
  const mine = JSON.stringify({ pid: process.pid, started: await startOf(process.pid) } satisfies LockHolder);
  const candidate = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await writeFile(candidate, mine);
  try {
    for (let attempt = 0; attempt < 50; attempt++) {
      // A hard link either creates the lock with its whole content or fails: nobody ever sees half a lock.
      const taken = await link(candidate, path).then(() => true, (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return false;
        throw error;
      });
      if (taken) return { release: () => releaseLock(path, mine) };

      const found = await readFile(path, 'utf8').catch(() => undefined);
      if (found === undefined) continue;
      const holder = parseHolder(found);
      if (holder !== undefined && await isAlive(holder)) throw new FolderInUseError({ folder, pid: holder.pid, what });
      await removeStaleLock(path, found, candidate);
    }
  } finally {
    await unlink(candidate).catch(() => undefined);
  }
  throw new RushesError({ code: 'folder-lock', message: `could not lock ${folder}: its lock file keeps changing`, facts: { folder }, advice: `Remove ${path} when nothing uses the folder.` });
}

/** Moves a dead holder's lock away. When somebody replaced it meanwhile, what was moved is put back. */
async function removeStaleLock(path: string, stale: string, candidate: string): Promise<void> {
  const aside = `${candidate}.stale`;
  const moved = await rename(path, aside).then(() => readFile(aside, 'utf8'), () => undefined);
  if (moved === undefined) return;
  if (moved !== stale) await link(aside, path).catch(() => undefined);
  await unlink(aside).catch(() => undefined);
}

async function releaseLock(path: string, mine: string): Promise<void> {
  if (await readFile(path, 'utf8').catch(() => undefined) === mine) await unlink(path).catch(() => undefined);
}

function parseHolder(text: string): LockHolder | undefined {
  try {
    const value = JSON.parse(text) as Partial<LockHolder>;
    return typeof value.pid === 'number' && Number.isSafeInteger(value.pid) && value.pid > 0 ? { pid: value.pid, started: String(value.started ?? '') } : undefined;
  } catch {
    return undefined;
  }
}

async function isAlive(holder: LockHolder): Promise<boolean> {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const started = await startOf(holder.pid);
  return started === '' || holder.started === '' || started === holder.started;
}

/** Field 22 of /proc/PID/stat with the boot's id; the empty string where there is no /proc or no such process. */
async function startOf(pid: number): Promise<string> {
  try {
    const [stat, boot] = await Promise.all([readFile(`/proc/${pid}/stat`, 'utf8'), readFile('/proc/sys/kernel/random/boot_id', 'utf8')]);
    // The command name stands in parentheses and may hold spaces: count fields after its end.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    return `${boot.trim()}/${ticks}`;
  } catch {
    return '';
  }
}
