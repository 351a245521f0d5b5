import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RushesError } from '../../protocol/errors.js';
import { canReachParent, sharedSystemFolder, type SystemUser } from './systemUser.js';

const POINTER = 'cluster.json';
const OWNER = 'belongs-to.json';

/**
 * Where the database cluster of a folder lives: in the folder, or, when the server's user cannot reach that (root with
 * data below a 0700 home), in /var/lib/rushes/databases/ID/cluster with a pointer in the folder. The place has no
 * server's user in common with anything else, is 0700, and is removed at a later start of any network once the folder
 * that points at it is gone.
 */
export async function placeCluster(folder: string, user: SystemUser | undefined): Promise<string> {
  const pointed = await readPointer(folder);
  if (pointed !== undefined) {
    if (user === undefined) throw wrongUser(pointed, 'root');
    await requireParent(pointed, folder, user);
    return pointed;
  }
  const inside = join(folder, 'cluster');
  const owner = (await stat(inside).catch(() => undefined))?.uid;
  if (user === undefined) {
    if (owner !== undefined && process.getuid !== undefined && owner !== process.getuid())
      throw wrongUser(inside, `user ${owner}`);
    return inside;
  }
  if (await canReachParent(inside, user)) {
    // Made by a user who is not root: it goes on as that user's.
    if (owner !== undefined && owner !== user.uid) throw wrongUser(inside, `user ${owner}`);
    return inside;
  }
  const databases = join(await sharedSystemFolder(), 'databases');
  await mkdir(databases, { recursive: true, mode: 0o755 });
  await removeOrphans(databases);
  const cluster = join(databases, randomBytes(8).toString('hex'), 'cluster');
  // The pointer first: a place that nothing points at is taken for left behind.
  await writeFile(join(folder, `${POINTER}.new`), JSON.stringify({ cluster }));
  await rename(join(folder, `${POINTER}.new`), join(folder, POINTER));
  await requireParent(cluster, folder, user);
  return cluster;
}

async function readPointer(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, POINTER), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { cluster } = JSON.parse(text) as { cluster?: unknown };
  if (typeof cluster !== 'string')
    throw new RushesError({
      code: 'postgres-start',
      message: `${join(folder, POINTER)} does not say where the database is`,
      facts: { folder },
    });
  return cluster;
}

async function requireParent(cluster: string, folder: string, user: SystemUser): Promise<void> {
  const place = join(cluster, '..');
  await mkdir(place, { recursive: true });
  await writeFile(join(place, OWNER), JSON.stringify({ folder }));
  await chmod(place, 0o700);
  await chown(place, user.uid, user.gid);
}

async function removeOrphans(databases: string): Promise<void> {
  for (const name of await readdir(databases).catch(() => [])) {
    const place = join(databases, name);
    try {
      const { folder } = JSON.parse(await readFile(join(place, OWNER), 'utf8')) as { folder: string };
      if ((await readPointer(folder)) === join(place, 'cluster')) continue;
    } catch {
      // Nothing says whom it belongs to.
    }
    // A server may still run on it, whose folder was removed under it.
    if ((await stat(join(place, 'cluster', 'postmaster.pid')).catch(() => undefined)) !== undefined) continue;
    await rm(place, { recursive: true, force: true });
  }
}

function wrongUser(cluster: string, who: string): RushesError {
  return new RushesError({
    code: 'postgres-user',
    message: `the database in ${cluster} was made by ${who}, and PostgreSQL gives it to nobody else`,
    facts: { cluster },
    advice: `Start as ${who}, or choose another data folder.`,
  });
}
