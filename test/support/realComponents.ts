import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { access, chmod, chown, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Context } from 'mocha';
import { lockFolder } from '../../adapters/lockFolder.js';
import { freePort } from '../../cli/supervisor/freePort.js';
import { skip } from './skip.js';

const run = promisify(execFile);

/** A component as the world runs it, as a process of its own. */
export interface RealComponent {
  url: string;
  close(): Promise<void>;
}

/** Where programs are built once; it may be thrown away. */
const CACHE = join(process.env['XDG_CACHE_HOME'] ?? tmpdir(), 'rushes-test-programs');
const BUILD_MS = 15 * 60_000;
const READY_MS = 60_000;

interface Recipe {
  name: string;
  /** What the module cache of Go is asked for, in this order. */
  modules: string[];
  program: string;
}

const KUBO: Recipe = {
  name: 'kubo-0.39.0',
  // The last: Kubo's own choice of it does not build with the Go of today.
  modules: ['github.com/ipfs/kubo/cmd/ipfs@v0.39.0', 'github.com/cockroachdb/swiss@latest'],
  program: 'github.com/ipfs/kubo/cmd/ipfs',
};
const GETH: Recipe = {
  name: 'geth-1.16.7',
  modules: ['github.com/ethereum/go-ethereum/cmd/geth@v1.16.7'],
  program: 'github.com/ethereum/go-ethereum/cmd/geth',
};

/** The program of a recipe, built when it is not in the cache; one process builds, others wait. Skips without Go. */
async function builtProgram(context: Context, recipe: Recipe): Promise<string> {
  const folder = join(CACHE, recipe.name);
  const binary = join(folder, 'program');
  const isBuilt = (): Promise<boolean> =>
    access(binary).then(
      () => true,
      () => false,
    );
  if (await isBuilt()) return binary;
  const go = (await isProgram('go'))
    ? 'go'
    : (await isProgram('/usr/local/go/bin/go'))
      ? '/usr/local/go/bin/go'
      : undefined;
  if (go === undefined) return skip(context, `${recipe.name} is not built and there is no Go to build it with`);
  await mkdir(folder, { recursive: true });
  const lock = await lockWhenFree(folder);
  try {
    if (await isBuilt()) return binary;
    const module = join(folder, 'module');
    await rm(module, { recursive: true, force: true });
    await mkdir(module);
    const options = { cwd: module, timeout: BUILD_MS, maxBuffer: 2 ** 26 };
    await run(go, ['mod', 'init', 'rushes.test/program'], options);
    for (const name of recipe.modules) await run(go, ['get', name], options);
    await run(go, ['build', '-o', `${binary}.made`, recipe.program], options);
    await rename(`${binary}.made`, binary);
    return binary;
  } catch (error) {
    return skip(context, `${recipe.name} cannot be built: ${(error as Error).message.trim().split('\n').at(-1)}`);
  } finally {
    await lock.release();
  }
}

async function lockWhenFree(folder: string): Promise<{ release: () => Promise<void> }> {
  for (const endMs = performance.now() + BUILD_MS; ; await sleep(1000))
    try {
      return await lockFolder(folder, 'the build of a program');
    } catch (error) {
      if (performance.now() > endMs) throw error;
    }
}

/** Kubo with a repository of its own, without the network around it. */
export async function startKubo(context: Context, folder: string): Promise<RealComponent> {
  const ipfs = await builtProgram(context, KUBO);
  const [api, gateway] = await Promise.all([freePort(), freePort()]);
  const env = { ...process.env, IPFS_PATH: folder, IPFS_TELEMETRY: 'off' };
  await run(ipfs, ['init', '--profile', 'test'], { env });
  await run(ipfs, ['config', 'Addresses.API', `/ip4/127.0.0.1/tcp/${api}`], { env });
  await run(ipfs, ['config', 'Addresses.Gateway', `/ip4/127.0.0.1/tcp/${gateway}`], { env });
  const child = spawn(ipfs, ['daemon', '--offline'], { env, stdio: 'ignore' });
  const url = `http://127.0.0.1:${api}`;
  return started(child, url, async () => (await fetch(`${url}/api/v0/version`, { method: 'POST' })).ok);
}

/** Key of the account that `geth --dev` gives everything to; the same everywhere. */
export const GETH_DEV_KEY = '0xb71c71a67e1177ad4e901695e1b4b9ee17ae16c6668d313eac2f96dbcda3f291';

/** geth with a chain of its own that makes a block every second. */
export async function startGeth(context: Context, folder: string): Promise<RealComponent> {
  const geth = await builtProgram(context, GETH);
  const port = await freePort();
  const child = spawn(
    geth,
    [
      ...['--dev', '--dev.period', '1', '--datadir', folder, '--ipcdisable', '--nodiscover', '--maxpeers', '0'],
      ...['--http', '--http.addr', '127.0.0.1', '--http.port', String(port), '--http.api', 'eth,net,web3'],
      ...['--authrpc.port', String(await freePort()), '--port', String(await freePort())],
    ],
    { stdio: 'ignore' },
  );
  const url = `http://127.0.0.1:${port}`;
  return started(child, url, async () => {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_blockNumber', params: [] }),
    });
    return Number(((await answer.json()) as { result: string }).result) > 0;
  });
}

/** The PostgreSQL of the system, as the user it is meant for, in a cluster of its own. */
export async function startSystemPostgres(context: Context, folder: string): Promise<RealComponent> {
  const root = '/usr/lib/postgresql';
  const version = (await readdir(root).catch(() => [])).sort((a, b) => Number(b) - Number(a))[0];
  if (version === undefined) return skip(context, `there is no PostgreSQL of the system (apt-get install postgresql)`);
  const bin = join(root, version, 'bin');
  const user = process.getuid?.() === 0 ? await postgresUser(context) : undefined;
  await mkdir(folder, { recursive: true });
  if (user !== undefined) await chown(folder, user.uid, user.gid);
  await chmod(folder, 0o700);
  const cluster = join(folder, 'cluster');
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, 'rushes\n', { mode: 0o644 });
  const options = { ...user, cwd: folder };
  const initdb = ['-D', cluster, '-U', 'rushes', '-A', 'scram-sha-256', '--pwfile', passwordFile, '-E', 'UTF8'];
  await run(join(bin, 'initdb'), initdb, options);
  const port = await freePort();
  const child = spawn(
    join(bin, 'postgres'),
    ['-D', cluster, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
    { ...options, stdio: 'ignore' },
  );
  return started(child, `postgres://rushes:rushes@127.0.0.1:${port}/rushes`, () =>
    run(join(bin, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(port)]).then(
      () => true,
      () => false,
    ),
  );
}

async function postgresUser(context: Context): Promise<{ uid: number; gid: number }> {
  const ids = await Promise.all(
    ['-u', '-g'].map(async (which) => Number((await run('id', [which, 'postgres'])).stdout)),
  ).catch(() => undefined);
  if (ids === undefined) return skip(context, 'there is no user postgres, and PostgreSQL refuses root');
  return { uid: ids[0]!, gid: ids[1]! };
}

async function isProgram(path: string): Promise<boolean> {
  return run(path, ['version']).then(
    () => true,
    () => false,
  );
}

/** Waits until a component answers. */
async function started(child: ChildProcess, url: string, answers: () => Promise<boolean>): Promise<RealComponent> {
  const ended = once(child, 'exit');
  const close = async (): Promise<void> => {
    child.kill('SIGINT');
    const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
    if (child.exitCode === null && child.signalCode === null) await ended;
    clearTimeout(late);
  };
  for (const endMs = performance.now() + READY_MS; ; await sleep(200)) {
    if (await answers().catch(() => false)) return { url, close };
    if (child.exitCode !== null || performance.now() > endMs) {
      await close();
      throw new Error(`${child.spawnfile} did not answer at ${url} within ${READY_MS} ms`);
    }
  }
}
