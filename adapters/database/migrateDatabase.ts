import { readdir, readFile } from 'node:fs/promises';
import type pg from 'pg';
import { hexOfBytes } from '../../protocol/bytes.js';
import { RushesError } from '../../protocol/errors.js';
import { sha256 } from '../../protocol/sha256.js';

/** Advisory lock under which tables are changed: any number, as long as nothing else in the database uses it. */
const MIGRATION_LOCK = 7_873_254;

/**
 * Applies every migration of migrations/NNNN-name.sql that the database does not have yet, all in one transaction and
 * one process at a time. Migrations are immutable: throws RushesError `migration` when an applied one differs from its
 * file, or when the database is of a newer version.
 */
export async function migrateDatabase(pool: pg.Pool): Promise<void> {
  const files = await readMigrations();
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await client.query(
      'CREATE TABLE IF NOT EXISTS migrations (number integer PRIMARY KEY, name text NOT NULL, digest text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())',
    );
    const { rows } = await client.query<{ number: number; name: string; digest: string }>(
      'SELECT number, name, digest FROM migrations ORDER BY number',
    );
    for (const applied of rows) {
      const file = files.find((one) => one.number === applied.number);
      if (file === undefined)
        throw new RushesError({
          code: 'migration',
          message: `the database has migration ${applied.number} (${applied.name}), which this version does not know`,
          facts: { number: applied.number },
          advice: 'Use the version that made the database, or drop the database: it is rebuilt from the chain.',
          exitCode: 2,
        });
      if (file.digest !== applied.digest)
        throw new RushesError({
          code: 'migration',
          message: `migration ${file.name} is not the one that was applied to the database`,
          facts: { number: file.number, applied: applied.digest, file: file.digest },
          advice: 'Drop the database: it is rebuilt from the chain.',
          exitCode: 2,
        });
    }
    for (const file of files.filter((one) => !rows.some((row) => row.number === one.number))) {
      await client.query(file.sql);
      await client.query('INSERT INTO migrations (number, name, digest) VALUES ($1, $2, $3)', [
        file.number,
        file.name,
        file.digest,
      ]);
    }
    await client.query('COMMIT');
  } catch (error) {
    failure = error as Error;
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    client.release(failure);
  }
}

async function readMigrations(): Promise<{ number: number; name: string; sql: string; digest: string }[]> {
  const folder = new URL('./migrations/', import.meta.url);
  const names = (await readdir(folder)).filter((name) => /^[0-9]{4}-.*\.sql$/.test(name)).sort();
  return await Promise.all(
    names.map(async (name) => {
      const bytes = await readFile(new URL(name, folder));
      return { number: Number(name.slice(0, 4)), name, sql: bytes.toString('utf8'), digest: hexOfBytes(sha256(bytes)) };
    }),
  );
}
