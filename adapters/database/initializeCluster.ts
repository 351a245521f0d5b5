import { spawn } from 'node:child_process';
import { chown, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { explainPostgres } from './explainPostgres.js';
import type { PostgresBinaries } from './postgresBinaries.js';
import { exitOf, identity, keepLines } from './postgresProcess.js';
import { POSTGRES_SETTINGS, ROLE } from './postgresSettings.js';
import type { SystemUser } from './systemUser.js';

/**
 * Makes a database cluster beside its place and moves it there when it is whole: a crash in between leaves none. An
 * aborted signal ends it with the signal's reason.
 */
export async function initializeCluster(options: {
  binaries: PostgresBinaries;
  user: SystemUser | undefined;
  cluster: string;
  password: string;
  signal?: AbortSignal | undefined;
}): Promise<void> {
  const { binaries, user, cluster, password, signal } = options;
  signal?.throwIfAborted();
  const fresh = `${cluster}.new`;
  await rm(fresh, { recursive: true, force: true });
  await rm(cluster, { recursive: true, force: true });
  await mkdir(fresh, { mode: 0o700 });
  const passwordFile = `${cluster}.password`;
  await writeFile(passwordFile, password, { mode: 0o600 });
  try {
    if (user !== undefined) for (const path of [fresh, passwordFile]) await chown(path, user.uid, user.gid);
    const child = spawn(
      binaries.initdb,
      [
        '--pgdata',
        fresh,
        '--username',
        ROLE,
        '--pwfile',
        passwordFile,
        '--auth',
        'scram-sha-256',
        '--encoding',
        'UTF8',
        '--locale-provider',
        'builtin',
        '--builtin-locale',
        'C.UTF-8',
        '--locale',
        'C',
        '--wal-segsize',
        '4',
        '--no-instructions',
        ...Object.entries(POSTGRES_SETTINGS)
          .filter(([name]) => name === 'shared_buffers' || name === 'io_method')
          .flatMap(([name, value]) => ['--set', `${name}=${value}`]),
      ],
      { ...identity(user), stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const lines = keepLines(child);
    // Asked with SIGTERM it first finishes its step and tidies up, which takes seconds; what it made is removed below,
    // and the server it feeds ends with its input.
    const interrupt = (): void => void child.kill('SIGKILL');
    signal?.addEventListener('abort', interrupt, { once: true });
    if (signal?.aborted === true) interrupt();
    const [code] = await exitOf(child);
    signal?.removeEventListener('abort', interrupt);
    signal?.throwIfAborted();
    if (code !== 0) throw explainPostgres('making the database folder', cluster, lines);
    await rename(fresh, cluster);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(fresh, { recursive: true, force: true });
  }
}
