import { sql, type Kysely } from 'kysely';
import type { DatabaseSchema } from '../../adapters/database/schema.js';
import type { Address, JobId } from '../../protocol/ids.js';
import { maskOfChunks } from '../../protocol/masks.js';
import type { Suggestion } from '../../protocol/ports.js';

/** How often a statement that found a frame but no chunk is run again: somebody else was faster, or the job has no money left for that frame. */
const ATTEMPTS = 4;

/**
 * Suggests chunks of one frame to a worker, so that no two workers are told the same, in one statement: it picks the job whose turn is longest ago, the first
 * frame of it that has something to take, locks that frame, and marks up to `maxChunks` of its chunks as suggested until `holdMs` from now. The next suggestion
 * passes over what is locked (SKIP LOCKED) and over what is marked; a mark that nobody used runs out by itself. Chunks the worker is barred from, those the
 * job's unreserved money does not cover, and those that could not end before the job's deadline are not suggested. The worker's heartbeat is noted beside.
 *
 * What was tried besides, suggestions per second with 8 workers at once over 4 connections, 64 chunks per frame, 40,960 chunks
 * (`node dist/bench/suggestions.js`; see bench/results):
 * - locking chunks alone, not the frame: two workers that ask at once share a frame, so both prepare it, and leases come out half as long;
 * - one advisory lock around the statement: no collisions either, but workers queue;
 * - a bitmap per frame in one row (bit(256)): fewer rows, but a mark for part of a frame then needs a row of its own to run out by.
 */
export async function suggestChunks(db: Kysely<DatabaseSchema>, request: { worker: Address; maxChunks: number; holdMs: number; /** The chain's time, unix seconds. */ nowSeconds: number }): Promise<Suggestion | undefined> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { found, jobId, chunks } = await suggestOnce(db, request);
    if (jobId !== null && chunks !== null) return { jobId: jobId as JobId, ...maskOfChunks(chunks) };
    if (!found) return undefined;
  }
  return undefined;
}

async function suggestOnce(db: Kysely<DatabaseSchema>, request: { worker: Address; maxChunks: number; holdMs: number; nowSeconds: number }): Promise<{ found: boolean; jobId: string | null; chunks: number[] | null }> {
  const { worker, maxChunks, holdMs, nowSeconds } = request;
  /** What a lease of some work units takes out of the job's money: the contract's arithmetic, see leaseTermsOf. */
  const reserve = (units: string) => sql.raw(`(${units} * j.price_per_unit_wei + div(${units} * j.price_per_unit_wei * j.reserve_fee_bps, 10000) * j.verifier_count)`);
  const { rows } = await sql<{ found: boolean; jobId: string | null; chunks: number[] | null }>`
    WITH beat AS (
      INSERT INTO heartbeats (worker, seen_at, max_chunks, suggestions) VALUES (${worker}, now(), ${maxChunks}, 0)
      ON CONFLICT (worker) DO UPDATE SET seen_at = now(), max_chunks = excluded.max_chunks
    ), picked AS (
      SELECT g.job_id, g.frame, g.word
      FROM jobs j JOIN job_turns t USING (job_id) JOIN frame_groups g USING (job_id)
      WHERE j.documents = 'ready' AND NOT j.closed AND NOT j.completed AND j.max_chunks_per_lease IS NOT NULL
        AND EXISTS (
          SELECT FROM chunks c
          WHERE c.job_id = g.job_id AND c.frame = g.frame AND c.word = g.word AND c.state IN ('free', 'voided') AND c.suggested_until < now()
            AND ${reserve('c.weight')} <= j.unreserved_wei
            AND ${nowSeconds}::bigint + 2 + j.path_seconds + j.path_seconds_per_unit * c.weight <= j.deadline
            AND NOT EXISTS (SELECT FROM barred_chunks b WHERE b.job_id = c.job_id AND b.worker = ${worker} AND b.chunk_index = c.chunk_index))
      ORDER BY t.turn, j.created_block, g.job_id, g.frame, g.word
      LIMIT 1
      FOR UPDATE OF g SKIP LOCKED
    ), locked AS (
      SELECT c.job_id, c.chunk_index, c.weight
      FROM picked JOIN chunks c USING (job_id, frame, word)
      WHERE c.state IN ('free', 'voided') AND c.suggested_until < now()
        AND NOT EXISTS (SELECT FROM barred_chunks b WHERE b.job_id = c.job_id AND b.worker = ${worker} AND b.chunk_index = c.chunk_index)
      ORDER BY c.chunk_index
      FOR UPDATE OF c SKIP LOCKED
    ), counted AS (
      SELECT job_id, chunk_index, row_number() OVER w AS chunks, sum(weight) OVER w AS units
      FROM locked WINDOW w AS (ORDER BY chunk_index)
    ), marked AS (
      UPDATE chunks c SET suggested_to = ${worker}, suggested_until = now() + ${holdMs} * interval '1 millisecond'
      FROM counted n JOIN jobs j USING (job_id)
      WHERE c.job_id = n.job_id AND c.chunk_index = n.chunk_index
        AND n.chunks <= least(${maxChunks}::bigint, j.max_chunks_per_lease) AND n.units <= j.max_units_per_lease
        AND ${reserve('n.units')} <= j.unreserved_wei
        AND ${nowSeconds}::bigint + 2 + j.path_seconds + j.path_seconds_per_unit * n.units <= j.deadline
      RETURNING c.job_id, c.chunk_index
    ), turned AS (
      UPDATE job_turns t SET turn = nextval('suggestion_turns') FROM picked WHERE t.job_id = picked.job_id
    )
    SELECT EXISTS (SELECT FROM picked) AS found, min(job_id) AS "jobId", array_agg(chunk_index ORDER BY chunk_index) AS chunks FROM marked`.execute(db);
  return rows[0] as { found: boolean; jobId: string | null; chunks: number[] | null };
}
