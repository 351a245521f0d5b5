import type { FastifyReply, FastifyRequest } from 'fastify';
import { endSlowBody, type HttpServer } from '../../adapters/http/createHttpServer.js';
import { askerOf } from '../../adapters/http/askerOf.js';
import { drainBody } from '../../adapters/http/drainBody.js';
import { httpErrorOf } from '../../adapters/http/httpError.js';
import { createRateLimit } from '../../adapters/http/rateLimit.js';
import { rememberHeaders, verifySigned } from '../../adapters/http/verifySigned.js';
import { RushesError } from '../../protocol/errors.js';
import type { Address } from '../../protocol/ids.js';
import type { NetworkDescription } from '../../protocol/network.js';
import { OUTSIDE_PATHS } from '../../protocol/outsideNetwork.js';
import type { RefusedList } from '../refused/parseRefusedList.js';
import { refuseAccount, refuseCid, refusePath } from '../refused/refuseCalls.js';
import type { Upload } from '../uploads/bookUpload.js';
import type { Kubo } from './connectKubo.js';
import { countAtOnce } from './countAtOnce.js';
import { audiencesOf, type Outside } from './describeOutside.js';
import { carriedQuery, IPFS_CALLS } from './ipfsCalls.js';
import { receiveUpload } from './receiveUpload.js';

/** Calls of one address: reading a scene asks for a block a megabyte, a daemon for some blocks a second. */
const CALLS_PER_SECOND = 400;
const CALLS_BURST = 2_000;
/** Answers that one address may be reading at once; a file is read sixteen blocks at a time. */
const MOST_OPEN_ANSWERS = 96;
/** Uploads at once: of one account, from one address (accounts cost nothing), and of all. */
const MOST_UPLOADS_OF_ONE = 16;
const MOST_UPLOADS_FROM_ONE = 32;
const MOST_UPLOADS = 128;
/** Requests of one address that show no good signature: checking one costs milliseconds. */
const UNSIGNED_PER_SECOND = 5;
const UNSIGNED_BURST = 30;
/** Good headers remembered; an account has a new one every few minutes. */
const MOST_HEADERS = 10_000;
/** How much of a refused body is still read. */
const DRAIN_BYTES = 16 << 20;
/** What of an answer's head is passed on. */
const PASSED_HEADERS = ['content-type', 'content-length', 'x-chunked-output', 'x-content-length', 'x-stream-output'];

/** What the port for IPFS needs. */
export interface CarriedIpfs {
  network: NetworkDescription;
  outside: Outside;
  kubo: Kubo;
  nowSeconds: () => number;
  /** What is neither served nor taken, as its operator's list says now. */
  refused(): RefusedList;
  /** The clock of the limit on bad signatures, milliseconds; for tests. */
  nowMs?: () => number;
  /** Books an upload of an account; throws what is to be told to who asks. */
  book(account: Address, asker: string): Promise<Upload>;
  /** Pins for an account what an order names; throws what is to be told to who asks. */
  pin(cid: string, account: Address, asker: string): Promise<void>;
}

/**
 * POST /api/v0/...: the network's IPFS endpoint for machines that do not reach it, in Kubo's words, and only the calls
 * of IPFS_CALLS. Whoever asks gets errors of Kubo's form, which IPFS clients show as a sentence.
 */
export function carryIpfs(server: HttpServer, ipfs: CarriedIpfs): void {
  const limit = createRateLimit({ perSecond: CALLS_PER_SECOND, burst: CALLS_BURST });
  const unsigned = createRateLimit({
    ...{ perSecond: UNSIGNED_PER_SECOND, burst: UNSIGNED_BURST },
    ...(ipfs.nowMs === undefined ? {} : { nowMs: ipfs.nowMs }),
  });
  const good = rememberHeaders(MOST_HEADERS);
  const open = countAtOnce(MOST_OPEN_ANSWERS);
  const uploads = countAtOnce(MOST_UPLOADS_OF_ONE, MOST_UPLOADS);
  const uploadsFrom = countAtOnce(MOST_UPLOADS_FROM_ONE);

  /**
   * The account that signed. Who failed too often is refused before anything is recovered; others at the same address
   * go on with the headers that were found good before.
   */
  function accountOf(request: FastifyRequest): Address {
    const header = request.headers.authorization;
    const refusal = 'requests without a good signature from this address';
    if ((header === undefined || !good.has(header)) && !unsigned.has(request.ip)) throw tooMany(refusal);
    try {
      return verifySigned({
        header,
        network: ipfs.network,
        purpose: 'ipfs-write',
        audiences: audiencesOf(ipfs.outside, request.socket),
        nowSeconds: ipfs.nowSeconds(),
        good,
      });
    } catch (error) {
      if (!unsigned.take(request.ip)) throw tooMany(refusal);
      throw error;
    }
  }

  async function write(name: string, query: URLSearchParams, request: FastifyRequest, reply: FastifyReply) {
    const account = accountOf(request);
    const refused = ipfs.refused();
    refuseAccount(refused, account);
    const asker = askerOf(request.ip);
    const leave = uploads.enter(account);
    if (leave === undefined) throw tooMany(`uploads of ${account} at once`);
    const leaveAsker = uploadsFrom.enter(asker);
    if (leaveAsker === undefined) {
      leave();
      throw tooMany('uploads from this address at once');
    }
    reply.raw.once('close', () => {
      leave();
      leaveAsker();
    });
    if (name === 'pin/add') {
      endSlowBody(request.raw);
      const cid = query.get('arg') ?? '';
      refuseCid(refused, cid);
      await ipfs.pin(cid, account, asker);
      return await reply.send({ Pins: [cid] });
    }
    const upload = await ipfs.book(account, asker);
    const signal = goneSignal(reply);
    return await receiveUpload({ kubo: ipfs.kubo, name, query, upload, refused, request, reply, signal });
  }

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
        if (!limit.take(request.ip)) throw tooMany('requests from this address');
      },
      handler: async (request, reply) => {
        const name = (request.params as { '*': string })['*'];
        const call = Object.hasOwn(IPFS_CALLS, name) ? IPFS_CALLS[name] : undefined;
        if (call === undefined)
          return await refuse(reply, 403, `${name.slice(0, 60)} is not passed on to the IPFS node of this network`);
        const query = carriedQuery(call, new URL(request.url, 'http://gateway').searchParams);
        if (call.for === 'account') return await write(name, query, request, reply);
        endSlowBody(request.raw);
        const path = query.get('arg');
        if (path !== null) await refusePath(ipfs.refused(), { kubo: ipfs.kubo, name, path });
        const end = open.enter(askerOf(request.ip));
        if (end === undefined) throw tooMany('open answers to this address');
        reply.raw.once('close', end);
        return await passOn({ kubo: ipfs.kubo, name, query, reply });
      },
    });
    scope.setErrorHandler(async (error, request, reply) => {
      await drainBody(request.raw, DRAIN_BYTES);
      // What is not read of it would be taken for the next request.
      if (!request.raw.complete) reply.header('connection', 'close');
      if (error instanceof RushesError) return await refuse(reply, httpErrorOf(error).status, sentenceOf(error));
      const reason = error instanceof Error ? error.message : String(error);
      request.log.warn({ url: request.url, reason }, 'no answer');
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
  reply: FastifyReply;
}): Promise<FastifyReply> {
  const { kubo, name, query, reply } = options;
  const { statusCode, headers, body } = await kubo.call(name, query, { signal: goneSignal(reply) });
  // Where a node of Kubo's listens is nobody's business.
  if (name === 'id' && statusCode === 200)
    return await reply.send({ ...((await body.json()) as Record<string, unknown>), Addresses: [] });
  for (const header of PASSED_HEADERS) {
    const value = headers[header];
    if (value !== undefined) reply.header(header, value);
  }
  return await reply.code(statusCode).send(body);
}

/** Aborted when nobody waits for the answer any more. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return gone.signal;
}

function tooMany(what: string): RushesError {
  return new RushesError({ code: 'too-many-requests', message: `too many ${what}` });
}

function sentenceOf({ message, advice }: RushesError): string {
  return advice === undefined ? message : `${message}. ${advice}`;
}

/** Refuses in Kubo's form. */
async function refuse(reply: FastifyReply, status: number, message: string): Promise<FastifyReply> {
  return await reply.code(status).send({ Message: message, Code: 0, Type: 'error' });
}
