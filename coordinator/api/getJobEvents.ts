import Type from 'typebox';
import type { HttpServer } from '../../adapters/http/createHttpServer.js';
import { ERRORS } from '../../adapters/http/errorSchema.js';
import { NotFoundError } from '../../adapters/http/httpError.js';
import { sendEvents } from '../../adapters/http/sendEvents.js';
import { parseJobId } from '../../protocol/ids.js';
import { streamJobEvents } from '../jobs/streamJobEvents.js';
import { type CoordinatorContext, requireSession } from './CoordinatorContext.js';
import { EventStreamSchema, JobIdSchema, LastEventIdSchema } from './schemas.js';

/** GET /v1/jobs/:jobId/events: the job's events as server-sent events; see streamJobEvents. */
export function getJobEvents(server: HttpServer, context: CoordinatorContext): void {
  server.get(
    '/v1/jobs/:jobId/events',
    {
      schema: {
        operationId: 'getJobEvents',
        summary: 'Events of a job as server-sent events, resumed by Last-Event-ID',
        description:
          'Each event of the contract under its name, `progress` with the job after what came together, and `rollback` when blocks that were sent never happened; `ending`, without an id, when the coordinator ends.',
        params: Type.Object({ jobId: JobIdSchema }),
        headers: LastEventIdSchema,
        response: { 200: EventStreamSchema, ...ERRORS },
      },
    },
    async (request, reply) => {
      const jobId = parseJobId(request.params.jobId);
      if (!requireSession(context).state.ledger.jobs.has(jobId))
        throw new NotFoundError({ what: `job ${jobId}`, facts: { jobId } });
      await sendEvents(
        request,
        reply,
        (lastEventId, signal) => streamJobEvents(context.following, { jobId, lastEventId, signal }),
        context.ending,
      );
    },
  );
}
