import { Pool } from 'undici';
import { answerRpc } from '../../adapters/chain/answerRpc.js';
import type { RpcAnswer } from '../../adapters/chain/connectIpc.js';
import { refuseExcess } from '../../adapters/chain/refuseExcess.js';
import type { HttpServer } from '../../adapters/http/createHttpServer.js';
import { endSlowBody } from '../../adapters/http/createHttpServer.js';
import { createRateLimit } from '../../adapters/http/rateLimit.js';
import { OUTSIDE_PATHS } from '../../protocol/outsideNetwork.js';

const MAX_BODY_BYTES = 2 << 20;
const MAX_ANSWER_BYTES = 64 << 20;
/** Connections to the node; more requests wait for their turn. */
const CONNECTIONS = 64;
const NODE_ANSWERS_MS = 30_000;
/** Calls of one address: a machine with a few daemons makes some tens a second, catching up a few hundred. */
const CALLS_PER_SECOND = 400;
const CALLS_BURST = 2_000;

/**
 * POST /rpc: the network's chain for machines that do not reach its node. Reads and signed transactions only, each
 * within bounds; whatever node is behind it, nothing is passed on that could administer it. The node's own address,
 * which may hold a secret, is told to nobody.
 */
export function carryChain(server: HttpServer, { rpcUrl }: { rpcUrl: string }): void {
  const limit = createRateLimit({ perSecond: CALLS_PER_SECOND, burst: CALLS_BURST });
  const node = connectNode(rpcUrl);
  server.addHook('onClose', () => node.close());
  void server.register((scope, _options, done) => {
    // What a form of a web page can send without being asked about.
    scope.removeContentTypeParser('text/plain');
    scope.post(
      OUTSIDE_PATHS.rpc,
      { bodyLimit: MAX_BODY_BYTES, config: { hasOwnLimits: true }, schema: { hide: true } },
      async (request, reply) => {
        const count = Array.isArray(request.body) ? Math.max(1, request.body.length) : 1;
        if (!limit.take(request.ip, Math.min(count, CALLS_BURST)))
          return await reply
            .code(429)
            .header('retry-after', '1')
            .type('text/plain')
            .send('too many requests from this address');
        let isGone = false;
        const answer = await answerRpc(request.body, {
          chain: 'this address',
          exchange: async (method, params) => {
            try {
              const readHead = async (): Promise<number> =>
                Number((await node.exchange('eth_blockNumber', [])).result ?? Number.NaN);
              return (await refuseExcess(method, params, readHead)) ?? (await node.exchange(method, params));
            } catch (error) {
              isGone = true;
              request.log.warn({ method, reason: error instanceof Error ? error.message : String(error) }, 'no answer');
              throw new Error('the node of the chain does not answer');
            }
          },
        });
        // No answer of JSON-RPC: who asks tries again, as when the connection broke.
        if (isGone) return await reply.code(502).type('text/plain').send('the node of the chain does not answer');
        if (answer === undefined) return await reply.code(204).send();
        return await reply.send(answer);
      },
    );
    scope.addHook('onRequest', async (request) => endSlowBody(request.raw));
    done();
  });
}

/** JSON-RPC to a node over a bounded number of connections, one request each. */
function connectNode(rpcUrl: string): {
  exchange(method: string, params: unknown): Promise<RpcAnswer & { result?: unknown }>;
  close(): Promise<void>;
} {
  const url = new URL(rpcUrl);
  const pool = new Pool(url.origin, {
    connections: CONNECTIONS,
    headersTimeout: NODE_ANSWERS_MS,
    bodyTimeout: NODE_ANSWERS_MS,
    maxResponseSize: MAX_ANSWER_BYTES,
  });
  return {
    async exchange(method, params) {
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: `${url.pathname}${url.search}`,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
      });
      const answer = (await body.json()) as { result?: unknown; error?: { code?: unknown; message?: unknown } };
      if (answer.error !== undefined && typeof answer.error.code === 'number')
        return { error: answer.error as { code: number; message: string } };
      if (!('result' in answer)) throw new Error(`the node answered ${statusCode} without a result`);
      return { result: answer.result };
    },
    close: () => pool.destroy(),
  };
}
