import type { FastifyReply, FastifyRequest } from 'fastify';
import { Pool } from 'undici';
import { ASKER_HEADER } from '../../adapters/http/askFaucet.js';
import type { HttpServer } from '../../adapters/http/createHttpServer.js';
import { GET_FAUCET, POST_FAUCET } from '../../adapters/http/faucetSchemas.js';
import { OUTSIDE_PATHS } from '../../protocol/outsideNetwork.js';

/** Few ask a faucet, and each of them waits for a transaction. */
const CONNECTIONS = 16;
const FAUCET_ANSWERS_MS = 150_000;

/**
 * GET and POST /v1/faucet: the faucet of a test network, for machines that do not reach it. It is told who asks, since
 * it gives so many starts to one address; nobody can tell it by himself.
 */
export function carryFaucet(server: HttpServer, { faucetUrl }: { faucetUrl: string }): void {
  const url = new URL(faucetUrl);
  const faucet = new Pool(url.origin, {
    connections: CONNECTIONS,
    headersTimeout: FAUCET_ANSWERS_MS,
    bodyTimeout: FAUCET_ANSWERS_MS,
  });
  server.addHook('onClose', () => faucet.destroy());
  const passOn = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const isPost = request.method === 'POST';
    const asked = await faucet
      .request({
        method: isPost ? 'POST' : 'GET',
        path: url.pathname,
        headers: { 'content-type': 'application/json', [ASKER_HEADER]: request.ip },
        ...(isPost ? { body: JSON.stringify(request.body) } : {}),
      })
      .catch(() => undefined);
    if (asked === undefined)
      await reply.code(502).send({
        error: { code: 'faucet-unreachable', message: 'the faucet of this network does not answer', facts: {} },
      });
    else await reply.code(asked.statusCode).type('application/json').send(asked.body);
  };
  server.get(OUTSIDE_PATHS.faucet, { schema: GET_FAUCET }, passOn);
  server.post(OUTSIDE_PATHS.faucet, { schema: POST_FAUCET }, passOn);
}
