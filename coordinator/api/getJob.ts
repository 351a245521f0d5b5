import Type from 'typebox';
import type { HttpServer } from '../../adapters/http/createHttpServer.js';
import { ERRORS } from '../../adapters/http/errorSchema.js';
import { NotFoundError } from '../../adapters/http/httpError.js';
import { parseJobId } from '../../protocol/ids.js';
import { describeJob, JobSchema } from '../jobs/describeJob.js';
import { type CoordinatorContext, withDatabase } from './CoordinatorContext.js';
import { JobIdSchema } from './schemas.js';

const JobDetailSchema = Type.Object(
  {
    ...JobSchema.properties,
    documents: Type.Union([Type.Literal('pending'), Type.Literal('ready'), Type.Literal('refused')], {
      description: 'whether the manifest was read from IPFS',
    }),
    refusal: Type.Union([Type.String(), Type.Null()], { description: 'why the documents cannot be used' }),
    manifest: Type.Unknown({ description: 'the manifest, once read' }),
  },
  { description: 'the job' },
);

/** GET /v1/jobs/:jobId: one job with its manifest. */
export function getJob(server: HttpServer, context: CoordinatorContext): void {
  server.get(
    '/v1/jobs/:jobId',
    {
      schema: {
        operationId: 'getJob',
        summary: 'One job with its manifest',
        params: Type.Object({ jobId: JobIdSchema }),
        response: { 200: JobDetailSchema, ...ERRORS },
      },
    },
    async (request) =>
      withDatabase(context, async ({ state, database }) => {
        const jobId = parseJobId(request.params.jobId);
        const job = state.ledger.jobs.get(jobId);
        if (job === undefined) throw new NotFoundError({ what: `job ${jobId}`, facts: { jobId } });
        const row = await database.db
          .selectFrom('jobs')
          .select(['documents', 'refusal', 'manifest'])
          .where('job_id', '=', jobId)
          .executeTakeFirst();
        return {
          ...describeJob(state.ledger, job),
          documents: row?.documents ?? 'pending',
          refusal: row?.refusal ?? null,
          manifest: row?.manifest ?? null,
        };
      }),
  );
}
