import { spawn, type ChildProcess } from 'node:child_process';
import { copyFile, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DeadlineError, RushesError } from '../../protocol/errors.js';
import { lockFolder } from '../lockFolder.js';
import { anvilBinary } from './anvilBinary.js';
import { createRpc } from './createRpc.js';

/** A local chain that runs as a child process. */
export interface LocalChain {
  /** JSON-RPC endpoint, on the loopback interface. */
  rpcUrl: string;
  /** Process id of anvil. */
  pid: number;
  /** Settles when anvil has ended, whatever ended it. */
  closed: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Asks anvil to write its state and end, and kills it when it has not within 10 s. */
  close(): Promise<void>;
}

const STATE_FILE = 'chain.json';
const BACKUP_FILE = 'chain.backup.json';
/**
 * The state is written whole each time, 1.8 KB per block (measured over 3,600 empty blocks): a long chain is written
 * less often.
 */
const STATE_SECONDS = 2;
const STATE_MB_PER_SECOND = 10;
const BACKUP_MS = 10_000;
const CLOSE_MS = 10_000;

/**
 * Runs its arguments, says their process id on the first line, and kills them when standard input ends: it ends when
 * the process that holds the other side is gone, so a killed parent leaves no chain behind.
 */
const TIED_TO_PARENT =
  'exec 3<&0; "$@" </dev/null & child=$!; echo "$child"; { cat <&3 >/dev/null; kill -TERM "$child" 2>/dev/null; } & wait "$child"';

/**
 * Starts anvil with Prague's rules and a block every second on a folder of its own, and waits until it answers (0.3 s
 * here). Its state is written every 2 s and survives kill -9 up to then (longer between, once it has over 20 MB); a
 * state file that was cut short by a crash is replaced by the last whole copy. Throws FolderInUseError when another
 * process holds the folder, DeadlineError when anvil does not answer in time, and what anvil said when it ended.
 */
export async function startAnvil(options: {
  /** Folder of the chain's state; made if absent. */
  dataDir: string;
  /** Port on the loopback interface; 0, the default, takes a free one. */
  port?: number;
  /** Closes the chain when aborted. */
  signal?: AbortSignal;
  /** Seconds between blocks, at least 1: below that timestamps repeat. Default 1. */
  blockSeconds?: number;
  chainId?: number;
  /** Default 30,000. */
  deadlineMs?: number;
  /** Anvil's output, line by line. */
  onLog?: (line: string) => void;
}): Promise<LocalChain> {
  options.signal?.throwIfAborted();
  const lock = await lockFolder(options.dataDir, 'the local chain');
  try {
    const statePath = join(options.dataDir, STATE_FILE);
    const backupPath = join(options.dataDir, BACKUP_FILE);
    await restoreState(statePath, backupPath);
    const child = spawnAnvil([
      '--host',
      '127.0.0.1',
      '--port',
      String(options.port ?? 0),
      '--accounts',
      '0',
      '--chain-id',
      String(options.chainId ?? 31_337),
      '--hardfork',
      'prague',
      '--block-time',
      String(options.blockSeconds ?? 1),
      '--state',
      statePath,
      '--state-interval',
      String(Math.max(STATE_SECONDS, Math.ceil((await megabytesOf(statePath)) / STATE_MB_PER_SECOND))),
    ]);
    return await superviseAnvil(child, { ...options, statePath, backupPath, release: lock.release });
  } catch (error) {
    await lock.release();
    throw error;
  }
}

function spawnAnvil(args: string[]): ChildProcess {
  const binary = anvilBinary();
  const stdio: ['pipe', 'pipe', 'pipe'] = ['pipe', 'pipe', 'pipe'];
  if (process.platform === 'win32') return spawn(binary, args, { stdio });
  return spawn('/bin/sh', ['-c', TIED_TO_PARENT, 'anvil', binary, ...args], { stdio });
}

async function superviseAnvil(
  child: ChildProcess,
  options: {
    statePath: string;
    backupPath: string;
    signal?: AbortSignal;
    deadlineMs?: number;
    onLog?: (line: string) => void;
    release: () => Promise<void>;
  },
): Promise<LocalChain> {
  const said: string[] = [];
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', (error) => {
      said.push(error.message);
      resolve({ code: null, signal: null });
    });
  });
  // Writing to a process that is gone is no error of ours.
  child.stdin?.on('error', () => undefined);

  const backups = setInterval(() => void keepBackup(options.statePath, options.backupPath), BACKUP_MS);
  backups.unref();
  const closed = exited.then(async (end) => {
    clearInterval(backups);
    child.stdin?.destroy();
    await options.release();
    return end;
  });

  let pid = process.platform === 'win32' ? child.pid : undefined;
  const kill = (signal: NodeJS.Signals): void => {
    try {
      if (pid !== undefined) process.kill(pid, signal);
      else child.kill(signal);
    } catch {
      // It ended meanwhile.
    }
  };
  const close = async (): Promise<void> => {
    kill('SIGTERM');
    const late = setTimeout(() => kill('SIGKILL'), CLOSE_MS);
    await closed;
    clearTimeout(late);
  };
  options.signal?.addEventListener('abort', () => void close(), { once: true });

  const deadlineMs = options.deadlineMs ?? 30_000;
  const listening = new Promise<string>((resolve) => {
    const read = (line: string): void => {
      if (pid === undefined && /^\d+$/.test(line)) {
        pid = Number(line);
        return;
      }
      said.push(line);
      if (said.length > 20) said.shift();
      options.onLog?.(line);
      const address = /^Listening on (127\.0\.0\.1:\d+)$/.exec(line)?.[1];
      if (address !== undefined) resolve(`http://${address}`);
    };
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', read);
    createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', read);
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    const rpcUrl = await Promise.race([
      listening,
      closed.then((end): never => {
        throw new RushesError({
          code: 'anvil-ended',
          message: `the local chain ended while starting: ${
            said
              .filter((line) => line !== '')
              .slice(-5)
              .join(' | ') || (end.code === null ? 'it was killed' : `exit code ${end.code}`)
          }`,
          facts: { ...end },
        });
      }),
      new Promise<never>((_resolve, reject) => {
        timer = setTimeout(
          () => reject(new DeadlineError({ what: 'starting the local chain', deadlineMs })),
          deadlineMs,
        );
      }),
    ]);
    await createRpc(rpcUrl).send('eth_chainId', [], { deadlineMs, signal: options.signal });
    if (pid === undefined)
      throw new RushesError({ code: 'anvil-ended', message: 'the local chain did not say its process id' });
    return { rpcUrl, pid, closed, close };
  } catch (error) {
    kill('SIGKILL');
    await closed;
    options.signal?.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Anvil writes its state in place: a crash in the middle leaves a part of it. Puts the last whole copy in its place
 * then.
 */
async function restoreState(statePath: string, backupPath: string): Promise<void> {
  if (!(await exists(statePath)) && !(await exists(backupPath))) return;
  if (await isWhole(statePath)) return;
  if (await isWhole(backupPath)) {
    await copyFile(backupPath, statePath);
    return;
  }
  throw new RushesError({
    code: 'chain-state-broken',
    message: `the local chain's state in ${statePath} is broken, and so is its copy`,
    facts: { statePath, backupPath },
    advice: 'Start a new network in an empty folder; test money and jobs of this one are lost.',
  });
}

/** Copies the state file aside if it is whole at this moment. */
async function keepBackup(statePath: string, backupPath: string): Promise<void> {
  try {
    const [state, backup] = await Promise.all([stat(statePath), stat(backupPath).catch(() => undefined)]);
    if (backup !== undefined && backup.mtimeMs >= state.mtimeMs) return;
    const candidate = `${backupPath}.new`;
    await copyFile(statePath, candidate);
    if (await isWhole(candidate)) await rename(candidate, backupPath);
  } catch {
    // There is no state yet, or it is being written: the next round copies it.
  }
}

async function isWhole(path: string): Promise<boolean> {
  try {
    JSON.parse(await readFile(path, 'utf8'));
    return true;
  } catch {
    return false;
  }
}

async function megabytesOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size / 1e6,
    () => 0,
  );
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
