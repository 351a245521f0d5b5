import { sql } from 'kysely';
import Type from 'typebox';
import type { HttpServer } from '../../adapters/http/createHttpServer.js';
import { ERRORS } from '../../adapters/http/errorSchema.js';
import { type CoordinatorContext, NotReadyError } from './CoordinatorContext.js';

const HealthSchema = Type.Object(
  {
    head: Type.Object(
      { blockNumber: Type.Integer(), timestampSeconds: Type.Integer({ description: 'unix seconds' }) },
      { description: 'the newest block read' },
    ),
    behindSeconds: Type.Number({ description: 'age of that block by the clock of the coordinator' }),
    jobs: Type.Integer(),
    openLeases: Type.Integer(),
  },
  { description: 'it works' },
);

/** GET /v1/health: 200 when suggestions can be given, 503 with the reason when not. */
export function getHealth(server: HttpServer, context: CoordinatorContext): void {
  server.get(
    '/v1/health',
    {
      schema: {
        operationId: 'getHealth',
        summary: 'Whether the coordinator works',
        description: '503 `not-ready` with the reason while it has no database or is still reading the chain.',
        response: { 200: HealthSchema, ...ERRORS },
      },
    },
    async () => {
      const session = context.following.session();
      if (session === undefined) throw new NotReadyError(context.following.trouble() ?? 'no database');
      try {
        await sql`SELECT 1`.execute(session.database.db);
      } catch {
        throw new NotReadyError('the database does not answer');
      }
      const { head, ledger } = session.state;
      if (!session.caughtUp || head === undefined) throw new NotReadyError('it is still reading the chain');
      return {
        head: { blockNumber: head.blockNumber, timestampSeconds: head.timestampSeconds },
        behindSeconds: Math.max(0, Date.now() / 1000 - head.timestampSeconds),
        jobs: ledger.jobs.size,
        openLeases: ledger.openLeaseIds.size,
      };
    },
  );
}
