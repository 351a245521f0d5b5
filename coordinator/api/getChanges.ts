import type { HttpServer } from '../../adapters/http/createHttpServer.js';
import { ERRORS } from '../../adapters/http/errorSchema.js';
import { sendEvents } from '../../adapters/http/sendEvents.js';
import { streamChanges } from '../jobs/streamChanges.js';
import type { CoordinatorContext } from './CoordinatorContext.js';
import { EventStreamSchema } from './schemas.js';

/** GET /v1/changes: that something moved, as server-sent events; see streamChanges. */
export function getChanges(server: HttpServer, context: CoordinatorContext): void {
  server.get(
    '/v1/changes',
    {
      schema: {
        operationId: 'getChanges',
        summary: 'That something moved on the network, as server-sent events',
        description:
          '`changed` with the newest block and the number of events, at once and at each change; `ending` when the coordinator ends. A reader that comes back needs nothing of what it missed: Last-Event-ID means nothing here.',
        response: { 200: EventStreamSchema, ...ERRORS },
      },
    },
    async (request, reply) => {
      await sendEvents(
        request,
        reply,
        (_lastEventId, signal) => streamChanges(context.following, signal),
        context.ending,
      );
    },
  );
}
