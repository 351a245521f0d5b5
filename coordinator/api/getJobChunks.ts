import Type from 'typebox';
import type { HttpServer } from '../../adapters/http/createHttpServer.js';
import { ERRORS } from '../../adapters/http/errorSchema.js';
import { NotFoundError } from '../../adapters/http/httpError.js';
import { parseJobId } from '../../protocol/ids.js';
import { type CoordinatorContext, withDatabase } from './CoordinatorContext.js';
import { JobIdSchema, NextCursorSchema, pageQuery } from './schemas.js';

const MOST_CHUNKS = 10_000;

const ChunkSchema = Type.Object({
  chunkIndex: Type.Integer(),
  frame: Type.Integer(),
  weight: Type.Integer(),
  state: Type.Union([
    Type.Literal('free'),
    Type.Literal('leased'),
    Type.Literal('committed'),
    Type.Literal('paid'),
    Type.Literal('voided'),
  ]),
  leaseId: Type.Union([Type.Integer(), Type.Null()], { description: 'the lease that took it last' }),
  worker: Type.Union([Type.String(), Type.Null()], { description: 'the worker of that lease' }),
});

/** GET /v1/jobs/:jobId/chunks: chunks in order, at most 10,000 a page. */
export function getJobChunks(server: HttpServer, context: CoordinatorContext): void {
  server.get(
    '/v1/jobs/:jobId/chunks',
    {
      schema: {
        operationId: 'getJobChunks',
        summary: 'Chunks of a job, in order; none before its manifest was read',
        description: 'The cursor is the index of a chunk: a page may begin at any.',
        params: Type.Object({ jobId: JobIdSchema }),
        querystring: Type.Object(pageQuery({ cursor: '^(0|[1-9][0-9]{0,8})$', most: MOST_CHUNKS, usual: MOST_CHUNKS })),
        response: {
          200: Type.Object(
            { chunks: Type.Array(ChunkSchema), nextCursor: NextCursorSchema },
            { description: 'a page' },
          ),
          ...ERRORS,
        },
      },
    },
    async (request) =>
      withDatabase(context, async ({ state, database }) => {
        const jobId = parseJobId(request.params.jobId);
        if (!state.ledger.jobs.has(jobId)) throw new NotFoundError({ what: `job ${jobId}`, facts: { jobId } });
        const limit = request.query.limit ?? MOST_CHUNKS;
        const rows = await database.db
          .selectFrom('chunks')
          .leftJoin('leases', 'leases.lease_id', 'chunks.lease_id')
          .select([
            'chunks.chunk_index',
            'chunks.frame',
            'chunks.weight',
            'chunks.state',
            'chunks.lease_id',
            'leases.worker',
          ])
          .where('chunks.job_id', '=', jobId)
          .where('chunks.chunk_index', '>=', Number(request.query.cursor ?? 0))
          .orderBy('chunks.chunk_index')
          .limit(limit + 1)
          .execute();
        return {
          chunks: rows.slice(0, limit).map((row) => ({
            chunkIndex: row.chunk_index,
            frame: row.frame,
            weight: row.weight,
            state: row.state,
            leaseId: row.lease_id,
            worker: row.worker,
          })),
          nextCursor: rows[limit] === undefined ? null : String(rows[limit].chunk_index),
        };
      }),
  );
}
