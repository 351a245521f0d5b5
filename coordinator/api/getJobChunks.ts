import Type from 'typebox';
import type { HttpServer } from '../../adapters/http/createHttpServer.js';
import { NotFoundError } from '../../adapters/http/httpError.js';
import { parseJobId } from '../../protocol/ids.js';
import { type CoordinatorContext, withDatabase } from './CoordinatorContext.js';
import { ErrorSchema, JobIdSchema } from './schemas.js';

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

/** GET /v1/jobs/:jobId/chunks: chunks in order, at most 10,000 from `from` on. */
export function getJobChunks(server: HttpServer, context: CoordinatorContext): void {
  server.get(
    '/v1/jobs/:jobId/chunks',
    {
      schema: {
        operationId: 'getJobChunks',
        summary: 'Chunks of a job, in order; none before its manifest was read',
        params: Type.Object({ jobId: JobIdSchema }),
        querystring: Type.Object({
          from: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1, default: 0 })),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST_CHUNKS, default: MOST_CHUNKS })),
        }),
        response: { 200: Type.Object({ chunks: Type.Array(ChunkSchema) }), 404: ErrorSchema, 503: ErrorSchema },
      },
    },
    async (request) =>
      withDatabase(context, async ({ state, database }) => {
        const jobId = parseJobId(request.params.jobId);
        if (!state.ledger.jobs.has(jobId)) throw new NotFoundError({ what: `job ${jobId}`, facts: { jobId } });
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
          .where('chunks.chunk_index', '>=', request.query.from ?? 0)
          .orderBy('chunks.chunk_index')
          .limit(request.query.limit ?? MOST_CHUNKS)
          .execute();
        return {
          chunks: rows.map((row) => ({
            chunkIndex: row.chunk_index,
            frame: row.frame,
            weight: row.weight,
            state: row.state,
            leaseId: row.lease_id,
            worker: row.worker,
          })),
        };
      }),
  );
}
