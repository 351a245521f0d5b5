import { sql } from 'kysely';
import Type from 'typebox';
import type { HttpServer } from '../../adapters/http/createHttpServer.js';
import type { CoordinatorContext } from './CoordinatorContext.js';

const HealthSchema = Type.Object({
  status: Type.Union([Type.Literal('ok'), Type.Literal('degraded')]),
  database: Type.Union([Type.Literal('ok'), Type.Literal('lost')]),
  trouble: Type.Union([Type.String(), Type.Null()], { description: 'what is wrong, in a sentence' }),
  head: Type.Union([Type.Object({ blockNumber: Type.Integer(), timestampSeconds: Type.Integer() }), Type.Null()], {
    description: 'the newest block read',
  }),
  behindSeconds: Type.Union([Type.Number(), Type.Null()], { description: 'age of that block' }),
  jobs: Type.Integer(),
  openLeases: Type.Integer(),
});

/** GET /v1/health: 200 when suggestions can be given, 503 with the reason when not. */
export function getHealth(server: HttpServer, context: CoordinatorContext): void {
  server.get(
    '/v1/health',
    {
      schema: {
        operationId: 'getHealth',
        summary: 'Whether the coordinator works',
        response: { 200: HealthSchema, 503: HealthSchema },
      },
    },
    async (_request, reply) => {
      const session = context.following.session();
      const answers =
        session !== undefined &&
        (await sql`SELECT 1`.execute(session.database.db).then(
          () => true,
          () => false,
        ));
      const head = session?.state.head;
      const isOk = answers && session.caughtUp;
      const trouble = isOk
        ? null
        : session === undefined
          ? (context.following.trouble() ?? 'no database')
          : answers
            ? 'still reading the chain'
            : 'the database does not answer';
      return await reply.code(isOk ? 200 : 503).send({
        status: isOk ? 'ok' : 'degraded',
        database: answers ? 'ok' : 'lost',
        trouble,
        head: head === undefined ? null : { blockNumber: head.blockNumber, timestampSeconds: head.timestampSeconds },
        behindSeconds: head === undefined ? null : Math.max(0, Date.now() / 1000 - head.timestampSeconds),
        jobs: session?.state.ledger.jobs.size ?? 0,
        openLeases: session?.state.ledger.openLeaseIds.size ?? 0,
      });
    },
  );
}
