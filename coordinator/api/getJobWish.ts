import Type from 'typebox';
import type { HttpServer } from '../../adapters/http/createHttpServer.js';
import { ERRORS } from '../../adapters/http/errorSchema.js';
import { type CoordinatorContext, withDatabase } from './CoordinatorContext.js';
import { JobWishSchema } from './putJobWish.js';
import { JobIdSchema } from './schemas.js';

/**
 * GET /v1/jobs/:jobId/wish: how the artist of a job wishes it to be suggested; what everybody gets, where nothing was
 * wished.
 */
export function getJobWish(server: HttpServer, context: CoordinatorContext): void {
  server.get(
    '/v1/jobs/:jobId/wish',
    {
      schema: {
        operationId: 'getJobWish',
        summary: 'How the artist of a job wishes it to be suggested',
        params: Type.Object({ jobId: JobIdSchema }),
        response: { 200: JobWishSchema, ...ERRORS },
      },
    },
    async (request) =>
      withDatabase(context, async ({ database }) => {
        const jobId = request.params.jobId.toLowerCase();
        const row = await database.db
          .selectFrom('job_wishes')
          .select(['paused', 'priority'])
          .where('job_id', '=', jobId)
          .executeTakeFirst();
        return { jobId, paused: row?.paused ?? false, priority: row?.priority ?? 0 };
      }),
  );
}
