import Type from 'typebox';
import type { HttpServer } from '../../adapters/http/createHttpServer.js';
import { ERRORS } from '../../adapters/http/errorSchema.js';
import { RushesError } from '../../protocol/errors.js';
import { parseAddress } from '../../protocol/ids.js';
import { suggestChunks } from '../leases/suggestChunks.js';
import { refuseAccount } from '../refused/refuseCalls.js';
import { refusedJobs } from '../refused/refusedJobs.js';
import { type CoordinatorContext, withDatabase } from './CoordinatorContext.js';
import { AddressSchema } from './schemas.js';

/**
 * POST /v1/workers/:address/suggestion: what a worker should take next. Advice only: the contract alone gives leases.
 * Also the worker's heartbeat.
 */
export function postSuggestion(server: HttpServer, context: CoordinatorContext): void {
  server.post(
    '/v1/workers/:address/suggestion',
    {
      schema: {
        operationId: 'postSuggestion',
        summary: 'What a worker should take next',
        description: 'Chunks of one frame that nobody else is told to take for a few seconds. 204: nothing now.',
        params: Type.Object({ address: AddressSchema }),
        body: Type.Object({ maxChunks: Type.Integer({ minimum: 1, maximum: 256 }) }),
        response: {
          200: Type.Object(
            {
              jobId: Type.String(),
              word: Type.Integer(),
              mask: Type.String({ description: 'bit b is chunk word x 256 + b; decimal' }),
            },
            { description: 'what to take' },
          ),
          204: Type.Null({ description: 'nothing to take now' }),
          ...ERRORS,
        },
      },
    },
    async (request, reply) => {
      const suggestion = await withDatabase(context, async ({ state, database }) => {
        const worker = parseAddress(request.params.address);
        const account = state.ledger.accounts.get(worker);
        // Whoever has no stake could otherwise keep chunks from those who have.
        if (account?.role !== 'worker' || account.withdrawableAtSeconds !== undefined)
          throw new RushesError({
            code: 'not-registered',
            message: `${worker} is not registered as a worker`,
            facts: { worker },
            advice: 'Register on the contract first.',
          });
        const refused = context.refused();
        refuseAccount(refused, worker);
        return await suggestChunks(database.db, {
          worker,
          maxChunks: request.body.maxChunks,
          holdMs: context.holdMs,
          nowSeconds: state.head?.timestampSeconds ?? 0,
          refused: { jobIds: refusedJobs(refused, state.ledger), cids: refused.cids },
        });
      });
      if (suggestion === undefined) return await reply.code(204).send(null);
      return { jobId: suggestion.jobId, word: suggestion.word, mask: suggestion.mask.toString() };
    },
  );
}
