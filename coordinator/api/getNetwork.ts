import Type from 'typebox';
import type { HttpServer } from '../../adapters/http/createHttpServer.js';
import { ERRORS } from '../../adapters/http/errorSchema.js';
import { describeOutside } from '../gateway/describeOutside.js';
import type { CoordinatorContext } from './CoordinatorContext.js';

const NetworkSchema = Type.Object(
  {
    protocolVersion: Type.Literal(1),
    name: Type.String(),
    chainId: Type.Integer(),
    rpcUrl: Type.String(),
    contract: Type.String(),
    token: Type.String(),
    policy: Type.String(),
    deploymentBlock: Type.Integer(),
    ipfsApiUrl: Type.String(),
    coordinatorUrl: Type.Optional(Type.String()),
    faucetUrl: Type.Optional(Type.String()),
    contact: Type.Optional(Type.String()),
    testMoney: Type.Boolean(),
  },
  { description: 'with addresses that the asker can use' },
);

/**
 * GET /v1/network: the network's public description, with addresses that the asker can use. A client compares it with
 * its own; it is no authority.
 */
export function getNetwork(server: HttpServer, context: CoordinatorContext): void {
  server.get(
    '/v1/network',
    {
      schema: {
        operationId: 'getNetwork',
        summary: 'Public description of the network',
        response: { 200: NetworkSchema, ...ERRORS },
      },
    },
    // It may depend on how the asker came here: nobody else is to be given it.
    async (request, reply) =>
      await reply.header('cache-control', 'no-store').send(
        describeOutside(context.network, context.outside, {
          host: request.headers.host ?? '',
          port: request.socket.localPort ?? 0,
        }),
      ),
  );
}
