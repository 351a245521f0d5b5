import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** A database of its own on a server, for a network that ends with its job. */
export interface TemporaryDatabase {
  /** Not made yet: connecting makes it. */
  url: string;
  /** Drops it, whoever is connected. Nothing happens where it never was; where the server is gone, neither. */
  drop(): Promise<void>;
}

/** Names a new database on the server that a URL names; the database in the URL itself is left alone. */
export function temporaryDatabase(serverUrl: string): TemporaryDatabase {
  const name = `rushes_job_${randomBytes(6).toString('hex')}`;
  const at = (database: string): string => {
    const url = new URL(serverUrl);
    url.pathname = `/${database}`;
    return url.href;
  };
  return {
    url: at(name),
    async drop() {
      const client = new pg.Client({ connectionString: at('postgres'), connectionTimeoutMillis: 5_000 });
      client.on('error', () => undefined);
      try {
        await client.connect();
        await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)} WITH (FORCE)`);
      } catch {
        // Whoever keeps the server finds it by its name.
      } finally {
        await client.end().catch(() => undefined);
      }
    },
  };
}
