import { sql, type Kysely } from 'kysely';
import type { DatabaseSchema } from '../../adapters/database/schema.js';
import { tilesPerFrame } from '../../protocol/geometry.js';
import type { JobId } from '../../protocol/ids.js';
import { chunkState } from '../../protocol/ledger.js';
import { WORD_CHUNKS } from '../../protocol/masks.js';
import type { JobDocuments } from '../../protocol/readJob.js';
import type { ChainState } from './ChainState.js';

/**
 * Stores a job's manifest and makes its chunks, in the state the chain has them in. `stateNow` is asked under the lock
 * under which blocks are written, so that no block falls in between. Does nothing when the job is gone again or another
 * coordinator was first. False when the block that made the job is not written yet: then it is to be tried again.
 */
export async function writeJobDocuments(
  db: Kysely<DatabaseSchema>,
  options: { jobId: JobId; documents: JobDocuments; stateNow: () => ChainState },
): Promise<boolean> {
  const { jobId, documents } = options;
  return db.transaction().execute(async (tx) => {
    await sql`LOCK TABLE chain_cursor IN SHARE ROW EXCLUSIVE MODE`.execute(tx);
    const job = options.stateNow().ledger.jobs.get(jobId);
    const updated = await tx
      .updateTable('jobs')
      .set({ documents: 'ready', refusal: null, manifest: JSON.stringify(documents.manifest) })
      .where('job_id', '=', jobId)
      .where('documents', '<>', 'ready')
      .executeTakeFirst();
    if (job === undefined) return true;
    if (updated.numUpdatedRows === 0n) return hasRow(tx, jobId);

    const perFrame = tilesPerFrame(documents.geometry);
    const chunks = Array.from({ length: job.chunkCount }, (_, chunk) => chunk);
    await sql`
      INSERT INTO chunks (job_id, chunk_index, word, frame, weight, state, lease_id)
      SELECT ${jobId}, chunk, chunk / ${WORD_CHUNKS}, ${documents.geometry.firstFrame}::integer + chunk / ${perFrame}::integer, weight, state, nullif(lease_id, 0)
      FROM unnest(${chunks}::integer[], ${[...documents.weights]}::integer[], ${chunks.map((chunk) => chunkState(job, chunk))}::text[], ${[...job.chunkLeases]}::bigint[]) AS v (chunk, weight, state, lease_id)`.execute(
      tx,
    );
    await sql`INSERT INTO frame_groups (job_id, frame, word, open) SELECT job_id, frame, word, count(*) FILTER (WHERE state IN ('free', 'voided')) FROM chunks WHERE job_id = ${jobId} GROUP BY job_id, frame, word`.execute(
      tx,
    );
    // Without statistics the planner looks into every frame for each suggestion (measured: 38 ms instead of 20 ms each,
    // under load); autovacuum comes too late.
    await sql`ANALYZE chunks, frame_groups, jobs`.execute(tx);
    await tx
      .insertInto('job_turns')
      .values({ job_id: jobId })
      .onConflict((oc) => oc.doNothing())
      .execute();
    return true;
  });
}

/**
 * Remembers why a job's documents cannot be used; it is never suggested. The reason may quote a stranger's bytes, NUL
 * among them, which no text of PostgreSQL holds. False when the block that made the job is not
 * written yet: then it is to be tried again.
 */
export async function refuseJobDocuments(db: Kysely<DatabaseSchema>, jobId: JobId, refusal: string): Promise<boolean> {
  const updated = await db
    .updateTable('jobs')
    .set({ documents: 'refused', refusal: refusal.replaceAll('\0', '\ufffd') })
    .where('job_id', '=', jobId)
    .where('documents', '=', 'pending')
    .executeTakeFirst();
  return updated.numUpdatedRows > 0n || hasRow(db, jobId);
}

async function hasRow(db: Kysely<DatabaseSchema>, jobId: JobId): Promise<boolean> {
  const row = await db.selectFrom('jobs').select('job_id').where('job_id', '=', jobId).executeTakeFirst();
  return row !== undefined;
}
