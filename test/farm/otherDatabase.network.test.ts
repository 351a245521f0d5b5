import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { connectDatabase } from '../../adapters/database/connectDatabase.js';
import { type PostgresServer, startPostgres } from '../../adapters/database/startPostgres.js';
import { openWorkshop, type Workshop } from '../support/runRushes.js';

describe('rushes up on a database that its coordinator cannot use', function () {
  this.timeout(180_000);
  let workshop: Workshop;
  let postgres: PostgresServer;
  before(async () => {
    workshop = await openWorkshop();
    postgres = await startPostgres({ folder: workshop.path('postgres') });
  });
  after(async () => {
    await postgres?.close();
    await workshop.clear();
  });

  it('says at once why, and starts no coordinator', async () => {
    const database = await connectDatabase({ url: postgres.url });
    await sql`INSERT INTO migrations (number, name, digest) VALUES (9999, 'from-the-future', 'x')`.execute(database.db);
    await database.close();
    const up = await workshop.run(['up', '--workers', '1', '--verifiers', '2'], { RUSHES_DATABASE_URL: postgres.url });
    assert.equal(up.exitCode, 2, up.stdout);
    assert.match(
      up.stderr,
      /^rushes: the database has migration 9999 \(from-the-future\), which this version does not know\. Use the version that made the database, or drop the database/,
    );
    assert.doesNotMatch(up.stdout, /coordinator is ready|started again/);
  });
});
