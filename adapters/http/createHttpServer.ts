import type { IncomingMessage } from 'node:http';
import swagger from '@fastify/swagger';
import { TypeBoxValidatorCompiler, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import {
  fastify,
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerDefault,
} from 'fastify';
import type { Logger } from 'pino';
import { ERROR_SCHEMA } from './errorSchema.js';
import { foreignRequest } from './foreignRequest.js';
import { httpErrorOf } from './httpError.js';
import { createRateLimit } from './rateLimit.js';

/** A fastify server whose routes are typed by their typebox schemas. */
export type HttpServer = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

export interface HttpServerOptions {
  title: string;
  version: string;
  description: string;
  log: Logger;
  /** Bytes of a request's body, default 64 KiB. */
  maxBodyBytes?: number;
  /** Requests per second of one address, on average; and how many it may save up. Default 200 and 400. */
  requestsPerSecond?: number;
  burst?: number;
  /** Names under which a proxy or a router in front is reached, besides addresses; lower case. */
  names?: readonly string[];
  /** Addresses (or networks, as 10.0.0.0/8) of proxies whose X-Forwarded-For is believed. Default: nobody's. */
  trustedProxies?: readonly string[];
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route has limits of its own: on rates, and on how long a body may take. */
    hasOwnLimits?: boolean;
  }
}

const HEADERS_MS = 10_000;
const MOST_CONNECTIONS = 4_096;
/** Longest time for a request's body, where a route has no limit of its own. */
const BODY_MS = 30_000;

/**
 * A server with what every API of Rushes has: validation by typebox schemas, the OpenAPI document at /openapi.json,
 * errors in one form, limits on bodies, rates and waiting, and no answer for web pages of other origins. Add routes,
 * then call `listen`.
 */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const server = fastify({
    loggerInstance: options.log as FastifyBaseLogger,
    // Progress is asked for many times a second; what fails is logged by the error handler.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: options.maxBodyBytes ?? 65_536,
    connectionTimeout: 60_000,
    // For bodies of routes with limits of their own; every other is ended sooner, below.
    requestTimeout: 3_600_000,
    trustProxy: options.trustedProxies === undefined ? false : [...options.trustedProxies],
    keepAliveTimeout: 30_000,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
  })
    .setValidatorCompiler(TypeBoxValidatorCompiler)
    .withTypeProvider<TypeBoxTypeProvider>();

  server.server.headersTimeout = HEADERS_MS;
  server.server.maxConnections = MOST_CONNECTIONS;

  server.addSchema(ERROR_SCHEMA);
  await server.register(swagger, {
    refResolver: { buildLocalReference: (json) => String(json.$id) },
    openapi: {
      openapi: '3.1.0',
      info: {
        title: options.title,
        version: options.version,
        description: options.description,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
    },
  });
  server.get('/openapi.json', { schema: { hide: true } }, () => server.swagger());

  const limit = createRateLimit({ perSecond: options.requestsPerSecond ?? 200, burst: options.burst ?? 400 });
  server.addHook('onRequest', async (request, reply) => {
    const why = foreignRequest(request.raw, { names: options.names ?? [] });
    if (why === undefined) return;
    await reply.code(403).send({
      error: {
        code: 'foreign-request',
        message: `requests of other origins are not answered: ${why}`,
        facts: {},
        advice:
          'Use an address that the server listens on, from a program or from its own pages; a name of it has to be its public URL.',
      },
    });
  });
  server.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.hasOwnLimits === true) return;
    endSlowBody(request.raw);
    if (limit.take(request.ip)) return;
    await reply
      .code(429)
      .header('retry-after', '1')
      .send({ error: { code: 'too-many-requests', message: 'too many requests from this address', facts: {} } });
  });
  server.setErrorHandler(async (error, request, reply) => {
    const { status, body } = httpErrorOf(error);
    if (status >= 500) request.log.error({ err: error, url: request.url }, 'request failed');
    await reply.code(status).send(body);
  });
  server.setNotFoundHandler(async (request, reply) => {
    await reply.code(404).send({
      error: {
        code: 'not-found',
        message: `there is no ${request.method} ${request.url.slice(0, 200)}`,
        facts: {},
        advice: 'See /openapi.json.',
      },
    });
  });
  return server;
}

/** Hangs up on a request whose body takes too long. */
export function endSlowBody(request: IncomingMessage, withinMs = BODY_MS): void {
  if (request.complete) return;
  const late = setTimeout(() => request.destroy(), withinMs);
  for (const event of ['end', 'close'] as const) request.once(event, () => clearTimeout(late));
}
