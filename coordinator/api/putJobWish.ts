import Type from 'typebox';
import type { HttpServer } from '../../adapters/http/createHttpServer.js';
import { ERRORS } from '../../adapters/http/errorSchema.js';
import { NotFoundError } from '../../adapters/http/httpError.js';
import { createRateLimit } from '../../adapters/http/rateLimit.js';
import { verifySigned } from '../../adapters/http/verifySigned.js';
import { RushesError } from '../../protocol/errors.js';
import { parseJobId } from '../../protocol/ids.js';
import { MOST_PRIORITY } from '../../protocol/jobWish.js';
import { audiencesOf } from '../gateway/describeOutside.js';
import { type CoordinatorContext, withDatabase } from './CoordinatorContext.js';
import { JobIdSchema } from './schemas.js';

/** A person wishes now and then; checking a signature costs milliseconds. */
const WISHES = { perSecond: 2, burst: 30 };

export const JobWishSchema = Type.Object({
  jobId: Type.String(),
  paused: Type.Boolean({ description: 'it is suggested to nobody' }),
  priority: Type.Integer({ description: 'higher comes first among the jobs of one artist' }),
});

/**
 * PUT /v1/jobs/:jobId/wish: how its artist, who signs, wishes it to be suggested. Advice to whoever suggests from this
 * database, and nothing on the chain: a worker may take what the contract offers. A signature is good for every job of
 * the account for some minutes, so whoever reads it on an unencrypted way can wish in its place so long.
 */
export function putJobWish(server: HttpServer, context: CoordinatorContext): void {
  const limit = createRateLimit(WISHES);
  server.put(
    '/v1/jobs/:jobId/wish',
    {
      schema: {
        operationId: 'putJobWish',
        summary: 'How the artist of a job wishes it to be suggested',
        description: 'Signed by the artist for `job-wish`. What is left out stays as it was.',
        params: Type.Object({ jobId: JobIdSchema }),
        body: Type.Object({
          paused: Type.Optional(Type.Boolean()),
          priority: Type.Optional(Type.Integer({ minimum: -MOST_PRIORITY, maximum: MOST_PRIORITY })),
        }),
        response: { 200: JobWishSchema, ...ERRORS },
      },
    },
    async (request) => {
      if (!limit.take(request.ip))
        throw new RushesError({
          code: 'too-many-requests',
          message: 'too many wishes from this address',
          advice: 'Wait a moment.',
        });
      const account = verifySigned({
        header: request.headers.authorization,
        network: context.network,
        purpose: 'job-wish',
        audiences: audiencesOf(context.outside, request.socket),
        nowSeconds: Math.floor(Date.now() / 1000),
      });
      return withDatabase(context, async ({ state, database }) => {
        const jobId = parseJobId(request.params.jobId);
        const job = state.ledger.jobs.get(jobId);
        if (job === undefined) throw new NotFoundError({ what: `job ${jobId}`, facts: { jobId } });
        if (job.artist !== account)
          throw new RushesError({
            code: 'not-yours',
            message: `job ${jobId} belongs to ${job.artist}, not to ${account}`,
            facts: { jobId, artist: job.artist },
            advice: 'Sign as its artist.',
          });
        const { paused, priority } = request.body;
        const wish = { ...(paused === undefined ? {} : { paused }), ...(priority === undefined ? {} : { priority }) };
        const row = await database.db
          .insertInto('job_wishes')
          .values({ job_id: jobId, ...wish })
          // Something has to be set for the row to be returned.
          .onConflict((conflict) => conflict.column('job_id').doUpdateSet({ job_id: jobId, ...wish }))
          .returningAll()
          .executeTakeFirstOrThrow();
        return { jobId, paused: row.paused, priority: row.priority };
      });
    },
  );
}
