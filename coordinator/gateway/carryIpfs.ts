import type { FastifyReply, FastifyRequest } from 'fastify';
import { askerOf } from '../../adapters/http/askerOf.js';
import { endSlowBody, type HttpServer } from '../../adapters/http/createHttpServer.js';
import { createRateLimit } from '../../adapters/http/rateLimit.js';
import { httpErrorOf } from '../../adapters/http/httpError.js';
import { verifySigned } from '../../adapters/http/verifySigned.js';
import type { NetworkDescription } from '../../protocol/network.js';
import { audiencesOf, type Outside } from './describeOutside.js';
import { RushesError } from '../../protocol/errors.js';
import { OUTSIDE_PATHS } from '../../protocol/outsideNetwork.js';
import { connectKubo, type Kubo } from './connectKubo.js';
import { carriedQuery, IPFS_CALLS } from './ipfsCalls.js';

/** Calls of one address: reading a scene asks for a block a megabyte, a daemon for some blocks a second. */
const CALLS_PER_SECOND = 400;
const CALLS_BURST = 2_000;
/** Answers that one address may be reading at once; a file is read sixteen blocks at a time. */
const MOST_OPEN_ANSWERS = 96;
/** What of an answer's head is passed on. */
const PASSED_HEADERS = ['content-type', 'content-length', 'x-chunked-output', 'x-content-length', 'x-stream-output'];

/**
 * POST /api/v0/...: the network's IPFS endpoint for machines that do not reach it, in Kubo's words, and only the calls
 * of IPFS_CALLS. Whoever asks gets errors of Kubo's form, which IPFS clients show as a sentence.
 */
export function carryIpfs(
  server: HttpServer,
  { network, outside }: { network: NetworkDescription; outside: Outside },
): void {
  const limit = createRateLimit({ perSecond: CALLS_PER_SECOND, burst: CALLS_BURST });
  const open = countPerAddress(MOST_OPEN_ANSWERS);
  const kubo = connectKubo(network.ipfsApiUrl);
  server.addHook('onClose', () => kubo.close());
  void server.register((scope, _options, done) => {
    // Bodies are passed on as they come, whatever they are.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, parsed) => parsed(null, payload));
    scope.route({
      method: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'],
      url: `${OUTSIDE_PATHS.ipfsApi}/*`,
      config: { hasOwnLimits: true },
      schema: { hide: true },
      onRequest: async (request, reply) => {
        if (request.method !== 'POST')
          return await reply.code(405).header('allow', 'POST').send('405 - Method Not Allowed');
        if (!limit.take(request.ip)) return await refuse(reply, 429, 'too many requests from this address');
      },
      handler: async (request, reply) => {
        const name = (request.params as { '*': string })['*'];
        const call = Object.hasOwn(IPFS_CALLS, name) ? IPFS_CALLS[name] : undefined;
        if (call === undefined)
          return await refuse(reply, 403, `${name.slice(0, 60)} is not passed on to the IPFS node of this network`);
        if (call.for === 'anybody') endSlowBody(request.raw);
        const done = open.enter(request.ip);
        if (done === undefined) return await refuse(reply, 429, 'too many open answers to this address');
        reply.raw.once('close', done);
        if (call.for === 'account')
          verifySigned({
            header: request.headers.authorization,
            network,
            purpose: 'ipfs-write',
            audiences: audiencesOf(outside, request.socket),
            nowSeconds: Math.floor(Date.now() / 1000),
          });
        const asked = new URL(request.url, 'http://gateway').searchParams;
        return await passOn({ kubo, name, query: carriedQuery(call, asked), request, reply });
      },
    });
    scope.setErrorHandler(async (error, request, reply) => {
      if (error instanceof RushesError) return await refuse(reply, httpErrorOf(error).status, sentenceOf(error));
      request.log.warn(
        { url: request.url, reason: error instanceof Error ? error.message : String(error) },
        'no answer',
      );
      return await refuse(reply, 502, 'the IPFS node of this network does not answer');
    });
    done();
  });
}

/** Makes a call and sends what the node answers as it comes. */
async function passOn(options: {
  kubo: Kubo;
  name: string;
  query: URLSearchParams;
  request: FastifyRequest;
  reply: FastifyReply;
}): Promise<FastifyReply> {
  const { kubo, name, query, request, reply } = options;
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  const contentType = request.headers['content-type'];
  const { statusCode, headers, body } = await kubo.call(name, query, {
    signal: gone.signal,
    ...(IPFS_CALLS[name]?.for === 'account' ? { body: request.raw } : {}),
    ...(contentType === undefined ? {} : { contentType }),
  });
  // Where a node of Kubo's listens is nobody's business.
  if (name === 'id' && statusCode === 200)
    return await reply.send({ ...((await body.json()) as Record<string, unknown>), Addresses: [] });
  for (const header of PASSED_HEADERS) {
    const value = headers[header];
    if (value !== undefined) reply.header(header, value);
  }
  return await reply.code(statusCode).send(body);
}

function sentenceOf({ message, advice }: RushesError): string {
  return advice === undefined ? message : `${message}. ${advice}`;
}

/** Refuses in Kubo's form. */
async function refuse(reply: FastifyReply, status: number, message: string): Promise<FastifyReply> {
  return await reply.code(status).send({ Message: message, Code: 0, Type: 'error' });
}

/** Counts what goes on per address; `enter` gives what ends it, or undefined when there is too much. */
function countPerAddress(most: number): { enter(address: string): (() => void) | undefined } {
  const counts = new Map<string, number>();
  return {
    enter(address) {
      const key = askerOf(address);
      const count = counts.get(key) ?? 0;
      if (count >= most) return undefined;
      counts.set(key, count + 1);
      return () => {
        const left = (counts.get(key) ?? 1) - 1;
        if (left === 0) counts.delete(key);
        else counts.set(key, left);
      };
    },
  };
}
