import Type from 'typebox';
import type { HttpServer } from '../../adapters/http/createHttpServer.js';
import { describeJob, JobSchema } from '../jobs/describeJob.js';
import { type CoordinatorContext, requireSession } from './CoordinatorContext.js';
import { AddressSchema, ErrorSchema } from './schemas.js';

/** GET /v1/jobs: newest first. */
export function getJobs(server: HttpServer, context: CoordinatorContext): void {
  server.get(
    '/v1/jobs',
    {
      schema: {
        operationId: 'getJobs',
        summary: 'Jobs, newest first',
        querystring: Type.Object({
          state: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('closed'), Type.Literal('completed')])),
          artist: Type.Optional(AddressSchema),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
        }),
        response: { 200: Type.Object({ jobs: Type.Array(JobSchema) }), 503: ErrorSchema },
      },
    },
    (request) => {
      const { state, artist, limit } = request.query;
      const jobs = [...requireSession(context).state.ledger.jobs.values()]
        .reverse()
        .filter((job) => artist === undefined || job.artist === artist.toLowerCase())
        .map(describeJob);
      return { jobs: jobs.filter((job) => state === undefined || job.state === state).slice(0, limit ?? 100) };
    },
  );
}
