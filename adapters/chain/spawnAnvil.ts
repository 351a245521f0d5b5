import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DeadlineError, RushesError } from '../../protocol/errors.js';
import { anvilBinary } from './anvilBinary.js';
import { hiddenAddress } from './hiddenAddress.js';

/** A running anvil. */
export interface AnvilProcess {
  pid: number;
  /** Where its IPC socket is. */
  ipcPath: string;
  /** Settles when it has ended, whatever ended it. */
  exited: Promise<AnvilEnd>;
  /** Asks it to end, and kills it when it has not within 5 s. Resolves when it has. */
  end(): Promise<void>;
}

/** How a process ended. */
export interface AnvilEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
}

const IPC_FILE = 'anvil.ipc';
/** A socket's path may have 108 bytes on Linux, 104 elsewhere, with the zero at its end. */
const MOST_SOCKET_PATH_BYTES = 103;
const END_MS = 5_000;
/** What anvil says of every request, block and transaction: a log of days would fill a disk with it. */
const ROUTINE = /^\s*$|^\w+_\w+$|^\s+(Block (Number|Hash|Time)|Transaction|Gas used|Contract created)\b/;

/**
 * Runs its arguments, says their process id on the first line, and kills them when standard input ends: it ends when
 * the process that holds the other side is gone, so a killed parent leaves no chain behind. Nothing is lost by it: what
 * anvil knows is saved by its parent.
 */
const TIED_TO_PARENT =
  'exec 3<&0; "$@" </dev/null & child=$!; echo "$child"; { cat <&3 >/dev/null; kill -KILL "$child" 2>/dev/null; } & wait "$child"';

/**
 * Starts anvil in a folder with Prague's rules, no accounts and no blocks of its own making, reachable over its IPC
 * socket alone, and waits until it listens. Throws DeadlineError when it does not in time, and what it said when it
 * ended.
 */
export async function spawnAnvil(options: {
  folder: string;
  chainId: number;
  /** A state to start from, JSON. */
  loadPath: string | undefined;
  deadlineMs: number;
  onLog: (line: string) => void;
}): Promise<AnvilProcess> {
  const { folder } = options;
  const ipc = ipcPlace(folder);
  await rm(join(folder, IPC_FILE), { force: true });
  const { address, isSealed } = await hiddenAddress();
  if (!isSealed)
    options.onLog(`this system cannot close anvil's own HTTP port: it listens on a random port of ${address}`);
  const child = spawnTied(
    [
      ...['--host', address, '--port', '0', '--no-cors', '--ipc', ipc.argument],
      // Names the folder on the command line, by which what was left running is found.
      ...['--cache-path', join(folder, 'cache')],
      ...['--accounts', '0', '--chain-id', String(options.chainId), '--hardfork', 'prague', '--no-mining'],
      ...(options.loadPath === undefined ? [] : ['--load-state', options.loadPath]),
    ],
    folder,
  );
  return awaitListening({ child, ipcPathOf: ipc.pathOf, ...options });
}

function spawnTied(args: string[], folder: string): ChildProcess {
  const binary = anvilBinary();
  const stdio: ['pipe', 'pipe', 'pipe'] = ['pipe', 'pipe', 'pipe'];
  if (process.platform === 'win32') return spawn(binary, args, { stdio, cwd: folder });
  return spawn('/bin/sh', ['-c', TIED_TO_PARENT, 'anvil', binary, ...args], { stdio, cwd: folder });
}

/** Where the IPC socket is: what anvil is told, and how others reach it once its process id is known. */
function ipcPlace(folder: string): { argument: string; pathOf: (pid: number) => string } {
  if (process.platform === 'win32') {
    const pipe = `\\\\.\\pipe\\rushes-anvil-${randomBytes(16).toString('hex')}`;
    return { argument: pipe, pathOf: () => pipe };
  }
  const path = join(folder, IPC_FILE);
  if (Buffer.byteLength(path) <= MOST_SOCKET_PATH_BYTES) return { argument: path, pathOf: () => path };
  if (process.platform === 'linux') return { argument: IPC_FILE, pathOf: (pid) => `/proc/${pid}/cwd/${IPC_FILE}` };
  throw new RushesError({
    code: 'path-too-long',
    message: `the local chain cannot have its socket in ${folder}: a socket's path has at most ${MOST_SOCKET_PATH_BYTES} bytes`,
    facts: { folder },
    advice: 'Choose a folder with a shorter path.',
  });
}

async function awaitListening(options: {
  child: ChildProcess;
  ipcPathOf: (pid: number) => string;
  deadlineMs: number;
  onLog: (line: string) => void;
}): Promise<AnvilProcess> {
  const { child, deadlineMs } = options;
  const said: string[] = [];
  const exited = new Promise<AnvilEnd>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', (error) => {
      said.push(error.message);
      resolve({ code: null, signal: null });
    });
  });
  // Writing to a process that is gone is no error of ours.
  child.stdin?.on('error', () => undefined);
  void exited.then(() => child.stdin?.destroy());

  let pid = process.platform === 'win32' ? child.pid : undefined;
  const kill = (signal: NodeJS.Signals): void => {
    try {
      if (pid !== undefined) process.kill(pid, signal);
      else child.kill(signal);
    } catch {
      // It ended meanwhile.
    }
  };
  const listening = new Promise<number>((resolve) => {
    const read = (line: string): void => {
      if (pid === undefined && /^\d+$/.test(line)) {
        pid = Number(line);
        return;
      }
      said.push(line);
      if (said.length > 20) said.shift();
      if (!ROUTINE.test(line)) options.onLog(line);
      if (/^Listening on 127\./.test(line) && pid !== undefined) resolve(pid);
    };
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', read);
    createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', read);
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    const foundPid = await Promise.race([
      listening,
      exited.then((end): never => {
        throw endedWhileStarting(said, end);
      }),
      new Promise<never>((_resolve, reject) => {
        timer = setTimeout(
          () => reject(new DeadlineError({ what: 'starting the local chain', deadlineMs })),
          deadlineMs,
        );
      }),
    ]);
    return {
      pid: foundPid,
      ipcPath: options.ipcPathOf(foundPid),
      exited,
      async end() {
        kill('SIGTERM');
        const late = setTimeout(() => kill('SIGKILL'), END_MS);
        await exited;
        clearTimeout(late);
      },
    };
  } catch (error) {
    kill('SIGKILL');
    await exited;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function endedWhileStarting(said: string[], end: AnvilEnd): RushesError {
  const words = said.filter((line) => line !== '').slice(-5);
  return new RushesError({
    code: 'anvil-ended',
    message: `the local chain ended while starting: ${words.join(' | ') || (end.code === null ? 'it was killed' : `exit code ${end.code}`)}`,
    facts: { ...end },
  });
}
