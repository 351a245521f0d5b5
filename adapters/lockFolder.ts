import {
  copyFile,
  link,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { RushesError } from '../protocol/errors.js';

const LOCK_FILE = 'rushes.lock';
/** How long to try while others try too. */
const PATIENCE_MS = 15_000;
const GUARD_MS = 5_000;
/** From making a folder to locking it takes milliseconds. */
const UNLOCKED_MS = 10_000;

/**
 * Who holds a folder: the process, and when it started, so that a process id given out again is not taken for its
 * former owner.
 */
interface LockHolder {
  pid: number;
  /** Start of the process in clock ticks since boot where /proc tells it, otherwise an empty string. */
  started: string;
  /** The process ids' namespace where /proc tells it (a container has one of its own), otherwise an empty string. */
  namespace: string;
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
  /** Removes the folder. Its lock goes last: a process that is killed meanwhile leaves it recognisably abandoned. */
  removeFolder(): Promise<void>;
}

/**
 * Takes a folder for this process, by a lock file in it that names the process. A lock whose process is gone (kill -9,
 * power failure) is taken over. `what` names the content in the error. Throws FolderInUseError when a live process
 * holds the folder, this one included.
 */
export async function lockFolder(folder: string, what: string): Promise<FolderLock> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, LOCK_FILE);
  const mine = JSON.stringify({
    pid: process.pid,
    started: await startOf(process.pid),
    namespace: await ownNamespace(),
  } satisfies LockHolder);
  const candidate = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await writeFile(candidate, mine);
  try {
    for (const endMs = performance.now() + PATIENCE_MS; performance.now() < endMs;) {
      if (await makeLink(candidate, path)) return lockOf(folder, mine);
      const found = await readFile(path, 'utf8').catch(() => undefined);
      if (found === undefined) continue;
      const holder = parseHolder(found);
      if (holder !== undefined && (await isAlive(holder)))
        throw new FolderInUseError({ folder, pid: holder.pid, what });
      if (await replaceStaleLock(path, found, candidate)) return lockOf(folder, mine);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  } finally {
    await unlink(candidate).catch(() => undefined);
  }
  throw new RushesError({
    code: 'folder-lock',
    message: `could not lock ${folder}: its lock file keeps changing`,
    facts: { folder },
    advice: `Remove ${path} when nothing uses the folder.`,
  });
}

function lockOf(folder: string, mine: string): FolderLock {
  const path = join(folder, LOCK_FILE);
  const removing = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 } as const;
  return {
    release: () => releaseLock(path, mine),
    async removeFolder() {
      for (const name of await readdir(folder)) if (name !== LOCK_FILE) await rm(join(folder, name), removing);
      await rm(folder, removing);
    },
  };
}

/**
 * Whether a folder was held by a process that ended without giving it back, or was about to be. Of a holder in another
 * container nothing is known: its folder is not abandoned.
 */
export async function isAbandoned(folder: string): Promise<boolean> {
  const text = await readFile(join(folder, LOCK_FILE), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return wasNeverLocked(folder);
  const holder = parseHolder(text);
  return holder !== undefined && holder.namespace === (await ownNamespace()) && !(await isAlive(holder));
}

/** Whether a folder was made to be locked, and its process ended before it was: nothing else is in it, for a while. */
async function wasNeverLocked(folder: string): Promise<boolean> {
  const names = await readdir(folder);
  const ageMs = Date.now() - (await stat(folder)).mtimeMs;
  return ageMs > UNLOCKED_MS && names.every((name) => name.startsWith(`${LOCK_FILE}.`));
}

/** A hard link either creates a file with its whole content or fails: nobody ever sees half a lock. */
async function makeLink(from: string, to: string): Promise<boolean> {
  return await link(from, to).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
}

/**
 * Puts this process in a dead holder's place; false when somebody else is at it. Only who holds the guard replaces a
 * lock, and looks at it again first: without a guard, of two who saw the same dead holder the slower would throw out
 * the faster.
 */
async function replaceStaleLock(path: string, stale: string, candidate: string): Promise<boolean> {
  const guard = `${path}.guard`;
  if (!(await makeLink(candidate, guard))) {
    // A guard is held for a moment; one that stays belongs to a process that died with it.
    const ageMs = Date.now() - ((await stat(guard).catch(() => undefined))?.ctimeMs ?? Date.now());
    if (ageMs > GUARD_MS) await unlink(guard).catch(() => undefined);
    return false;
  }
  try {
    if ((await readFile(path, 'utf8').catch(() => undefined)) !== stale) return false;
    // Guard and candidate are one file by two names, and renaming one name of a file onto another does nothing: the
    // lock must be a file of its own.
    const own = `${candidate}.own`;
    await copyFile(candidate, own);
    await rename(own, path);
    return true;
  } finally {
    await unlink(guard).catch(() => undefined);
  }
}

async function releaseLock(path: string, mine: string): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => undefined)) === mine) await unlink(path).catch(() => undefined);
}

function parseHolder(text: string): LockHolder | undefined {
  try {
    const value = JSON.parse(text) as Partial<LockHolder>;
    return typeof value.pid === 'number' && Number.isSafeInteger(value.pid) && value.pid > 0
      ? { pid: value.pid, started: String(value.started ?? ''), namespace: String(value.namespace ?? '') }
      : undefined;
  } catch {
    return undefined;
  }
}

async function ownNamespace(): Promise<string> {
  return readlink('/proc/self/ns/pid').catch(() => '');
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
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    // The command name stands in parentheses and may hold spaces: count fields after its end.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    return `${boot.trim()}/${ticks}`;
  } catch {
    return '';
  }
}
