import { sql } from 'kysely';
import Type from 'typebox';
import type { HttpServer } from '../../adapters/http/createHttpServer.js';
import { ERRORS } from '../../adapters/http/errorSchema.js';
import { RushesError } from '../../protocol/errors.js';
import type { Address } from '../../protocol/ids.js';
import { type CoordinatorContext, withDatabase } from './CoordinatorContext.js';
import { AddressSchema } from './schemas.js';

/**
 * POST /v1/workers/:address/heartbeat: a worker or verifier is there. Advisory: whoever waits for a job is told from it
 * that nobody is. Nothing is given or taken for it, and anybody can say it of anybody who is registered.
 */
export function postHeartbeat(server: HttpServer, context: CoordinatorContext): void {
  server.post(
    '/v1/workers/:address/heartbeat',
    {
      schema: {
        operationId: 'postHeartbeat',
        summary: 'A worker or verifier is there',
        params: Type.Object({ address: AddressSchema }),
        response: { 204: Type.Null({ description: 'noted' }), ...ERRORS },
      },
    },
    async (request, reply) => {
      await withDatabase(context, async ({ state, database }) => {
        const account = request.params.address.toLowerCase() as Address;
        // Only who has a stake is remembered: strangers cannot fill the table.
        if (state.ledger.accounts.get(account)?.role === undefined)
          throw new RushesError({
            code: 'not-registered',
            message: `${account} is not registered`,
            facts: { account },
            advice: 'Register on the contract first.',
          });
        await sql`
          INSERT INTO heartbeats (worker, seen_at, max_chunks, suggestions) VALUES (${account}, now(), 0, 0)
          ON CONFLICT (worker) DO UPDATE SET seen_at = now()`.execute(database.db);
      });
      return await reply.code(204).send(null);
    },
  );
}
