import { sql, type Kysely } from 'kysely';
import type { DatabaseSchema } from '../../adapters/database/schema.js';
import type { Address, JobId } from '../../protocol/ids.js';
import { maskOfChunks } from '../../protocol/masks.js';
import type { Suggestion } from '../../protocol/ports.js';
import { reserveSql } from './reserveSql.js';

/**
 * How often a statement that found a frame but no chunk is run again: somebody else was faster, or the job has no money
 * left for that frame.
 */
const ATTEMPTS = 4;

/**
 * Suggests chunks of one frame to a worker, so that no two workers are told the same, in one statement: it picks the
 * job whose turn is longest ago, the first frame of it that has something to take, locks that frame, and marks up to
 * `maxChunks` of its chunks as suggested until `holdMs` from now. The next suggestion passes over what is locked (SKIP
 * LOCKED) and over what is marked; a mark that nobody used runs out by itself. Chunks the worker is barred from, those
 * the job's unreserved money does not cover, and those that could not end before the job's deadline are not suggested.
 * The worker's heartbeat is noted beside.
 *
 * What artists wish is heeded: a paused job is passed over, and among the jobs of one artist the first in priority gets
 * the first of their turns, and so on. So an artist has as many turns as jobs, however it ranks them, and nobody comes
 * before the jobs of others by a wish.
 *
 * What was tried besides. Suggestions of 64 chunks per second, 8 workers at once over 4 connections, 160 frames, one
 * after the other on a busy machine of two cores (`npm run bench:suggestions` measures the like, over 8 connections);
 * this one: 81-94.
 * - locking chunks alone, not the frame: 33-34; workers that ask at once pick the same frame, most find nothing left in
 * it and ask again;
 * - one advisory lock around the statement: 31; workers queue through three round trips;
 * - no `open` and `resting_until` per frame, frames of all jobs sorted together: 13 (640 frames; this one 68): every
 * exhausted frame is looked into each time;
 * - a bitmap per frame in one row was not built: a mark for part of a frame would need a row of its own to run out by.
 */
export async function suggestChunks(
  db: Kysely<DatabaseSchema>,
  request: {
    worker: Address;
    maxChunks: number;
    holdMs: number;
    /** The chain's time, unix seconds. */ nowSeconds: number;
    /** What is never suggested. */
    refused?: RefusedWork;
  },
): Promise<Suggestion | undefined> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { found, jobId, chunks } = await suggestOnce(db, request);
    if (jobId !== null && chunks !== null) return { jobId: jobId as JobId, ...maskOfChunks(chunks) };
    if (!found) return undefined;
  }
  return undefined;
}

/** Jobs of which an operator wants nothing done, and scenes and environments of which any job is one of those. */
export interface RefusedWork {
  jobIds: readonly JobId[];
  cids: ReadonlySet<string>;
}

const NOTHING: RefusedWork = { jobIds: [], cids: new Set() };

function refusedSql({ jobIds, cids }: RefusedWork = NOTHING) {
  if (jobIds.length === 0 && cids.size === 0) return sql``;
  const refused = [...cids];
  return sql`AND job_id <> ALL(${[...jobIds]}::text[]) AND (manifest->'scene'->>'cid' = ANY(${refused}::text[])) IS NOT TRUE AND (manifest->'environment'->>'cid' = ANY(${refused}::text[])) IS NOT TRUE`;
}

async function suggestOnce(
  db: Kysely<DatabaseSchema>,
  request: { worker: Address; maxChunks: number; holdMs: number; nowSeconds: number; refused?: RefusedWork },
): Promise<{ found: boolean; jobId: string | null; chunks: number[] | null }> {
  const { worker, maxChunks, holdMs, nowSeconds } = request;
  const { rows } = await sql<{ found: boolean; jobId: string | null; chunks: number[] | null }>`
    WITH beat AS (
      INSERT INTO heartbeats (worker, seen_at, max_chunks, suggestions) VALUES (${worker}, now(), ${maxChunks}, 0)
      ON CONFLICT (worker) DO UPDATE SET seen_at = now(), max_chunks = excluded.max_chunks
    ), open_jobs AS (
      SELECT jobs.*, t.turn AS own_turn, coalesce(w.priority, 0) AS priority
      FROM jobs JOIN job_turns t USING (job_id) LEFT JOIN job_wishes w USING (job_id)
      WHERE documents = 'ready' AND NOT closed AND NOT completed AND max_chunks_per_lease IS NOT NULL AND NOT coalesce(w.paused, false) ${refusedSql(request.refused)}
    ), picked AS (
      SELECT j.job_id, j.turn_of, g.frame, g.word, g.open
      FROM (
        SELECT wished.*, s.own_turn AS turn, s.created_block AS turn_block, s.job_id AS turn_of
        FROM (
          SELECT open_jobs.*, row_number() OVER (PARTITION BY artist ORDER BY priority DESC, own_turn, created_block, job_id) AS place
          FROM open_jobs
        ) wished JOIN (
          SELECT job_id, artist, own_turn, created_block, row_number() OVER (PARTITION BY artist ORDER BY own_turn, created_block, job_id) AS place
          FROM open_jobs
        ) s USING (artist, place)
        ORDER BY s.own_turn, s.created_block, s.job_id
      ) j CROSS JOIN LATERAL (
        SELECT f.frame, f.word, f.open FROM frame_groups f
        WHERE f.job_id = j.job_id AND f.open > 0 AND f.resting_until < now()
          AND EXISTS (
            SELECT FROM chunks c
            WHERE c.job_id = f.job_id AND c.frame = f.frame AND c.word = f.word AND c.state IN ('free', 'voided') AND c.suggested_until < now()
              AND ${reserveSql('c.weight', 'j')} <= j.unreserved_wei
              AND ${nowSeconds}::bigint + 2 + j.path_seconds + j.path_seconds_per_unit * c.weight <= j.deadline
              AND NOT EXISTS (SELECT FROM barred_chunks b WHERE b.job_id = c.job_id AND b.worker = ${worker} AND b.chunk_index = c.chunk_index))
        ORDER BY f.frame, f.word
        LIMIT 1
        FOR UPDATE SKIP LOCKED
      ) g
      ORDER BY j.turn, j.turn_block, j.turn_of
      LIMIT 1
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
        AND ${reserveSql('n.units', 'j')} <= j.unreserved_wei
        AND ${nowSeconds}::bigint + 2 + j.path_seconds + j.path_seconds_per_unit * n.units <= j.deadline
      RETURNING c.job_id, c.chunk_index
    ), rested AS (
      UPDATE frame_groups f SET resting_until = now() + ${holdMs} * interval '1 millisecond'
      FROM picked p WHERE f.job_id = p.job_id AND f.frame = p.frame AND f.word = p.word AND p.open = (SELECT count(*) FROM marked)
    ), turned AS (
      UPDATE job_turns t SET turn = nextval('suggestion_turns') FROM picked WHERE t.job_id = picked.turn_of
    )
    SELECT EXISTS (SELECT FROM picked) AS found, min(job_id) AS "jobId", array_agg(chunk_index ORDER BY chunk_index) AS chunks FROM marked`.execute(
    db,
  );
  return rows[0] as { found: boolean; jobId: string | null; chunks: number[] | null };
}
