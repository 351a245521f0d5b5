import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RushesError } from '../../protocol/errors.js';
import { foreignRequest } from '../http/foreignRequest.js';
import type { RpcAnswer } from './connectIpc.js';
import { FUND_GAS_METHOD } from './gasMoney.js';
import { isPublicMethod } from './publicMethods.js';

/** A chain's address for everybody. */
export interface ChainGuard {
  /** JSON-RPC endpoint, on the loopback interface. */
  rpcUrl: string;
  close(): Promise<void>;
}

/** The same as anvil's own limit. */
const MOST_BODY_BYTES = 2 * 1024 * 1024;
const MOST_IN_BATCH = 100;
const MOST_CONNECTIONS = 512;
const REQUEST_MS = 30_000;
const HEADERS_MS = 5_000;
/** How often the two are looked after. */
const CHECK_MS = 2_000;

/** JSON-RPC's own error codes. */
const PARSE_ERROR = -32_700;
const INVALID_REQUEST = -32_600;
const METHOD_NOT_FOUND = -32_601;
const INVALID_PARAMS = -32_602;
const INTERNAL_ERROR = -32_603;

/**
 * Serves a local chain on a port of the loopback interface: reads and signed transactions only, for programs of this
 * machine only. No web page of another origin is answered, and no method that administers the chain is passed on.
 * Throws `port-in-use`.
 */
export async function guardChain(options: {
  /** 0 takes a free one. */
  port: number;
  /** Asks the chain. */
  exchange: (method: string, params: unknown) => Promise<RpcAnswer>;
  /** Gives an account money for gas. */
  fundGas: (account: string) => Promise<void>;
}): Promise<ChainGuard> {
  const answer = (body: unknown): Promise<unknown> => answerBody(body, options);
  const server = createServer(
    {
      requestTimeout: REQUEST_MS,
      headersTimeout: HEADERS_MS,
      keepAliveTimeout: 30_000,
      connectionsCheckingInterval: CHECK_MS,
    },
    (request, response) => {
      void answerRequest(request, response, answer).catch(() => response.destroy());
    },
  );
  server.maxConnections = MOST_CONNECTIONS;
  await listen(server, options.port);
  return {
    rpcUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new RushesError({
      code: 'port-in-use',
      message: `port ${port} on 127.0.0.1 is in use by another program`,
      facts: { port },
      advice: 'Choose another port, or 0 for a free one.',
      cause: error,
    });
  }
}

/** One HTTP request, refused before its body is read where its head says enough. */
async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (body: unknown) => Promise<unknown>,
): Promise<void> {
  const refuse = (status: number, code: number, message: string): void => {
    // Not read to its end: the connection cannot be used again.
    send(response, status, failed(null, code, message), { connection: 'close' });
  };
  const foreign = foreignRequest(request);
  if (foreign !== undefined)
    return refuse(403, INVALID_REQUEST, `the local chain does not answer requests of other origins: ${foreign}`);
  if (request.method !== 'POST') return refuse(405, INVALID_REQUEST, 'the local chain answers POST only');
  // What a form of a web page can send without being asked about.
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? ''))
    return refuse(415, INVALID_REQUEST, 'the local chain reads application/json only');
  const text = await readBody(request);
  if (text === undefined) return refuse(413, INVALID_REQUEST, `a request may have at most ${MOST_BODY_BYTES} bytes`);
  const body = parseJson(text);
  if (body === undefined) return send(response, 200, failed(null, PARSE_ERROR, 'the request is not JSON'));
  const answered = await answer(body);
  // Notifications have no answer.
  if (answered === undefined) response.writeHead(204).end();
  else send(response, 200, answered);
}

/** Undefined when it is too long. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > MOST_BODY_BYTES) return undefined;
  const pieces: Buffer[] = [];
  let byteLength = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    byteLength += piece.length;
    if (byteLength > MOST_BODY_BYTES) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

interface Asking {
  exchange: (method: string, params: unknown) => Promise<RpcAnswer>;
  fundGas: (account: string) => Promise<void>;
}

async function answerBody(body: unknown, asking: Asking): Promise<unknown> {
  if (!Array.isArray(body)) return answerOne(body, asking);
  if (body.length === 0 || body.length > MOST_IN_BATCH)
    return failed(null, INVALID_REQUEST, `a batch has 1 to ${MOST_IN_BATCH} requests`);
  const answers = (await Promise.all(body.map((one) => answerOne(one, asking)))).filter((one) => one !== undefined);
  return answers.length === 0 ? undefined : answers;
}

async function answerOne(request: unknown, { exchange, fundGas }: Asking): Promise<unknown> {
  const {
    id,
    method,
    params = [],
  } = (typeof request === 'object' && request !== null ? request : {}) as {
    id?: unknown;
    method?: unknown;
    params?: unknown;
  };
  const hasGoodId = id === undefined || id === null || typeof id === 'string' || typeof id === 'number';
  if (typeof method !== 'string' || !hasGoodId) return failed(null, INVALID_REQUEST, 'this is no JSON-RPC request');
  const answerId = id ?? null;
  let answer: RpcAnswer;
  try {
    answer =
      method === FUND_GAS_METHOD
        ? await answerFundGas(params, fundGas)
        : isPublicMethod(method)
          ? await exchange(method, params)
          : errorOf(METHOD_NOT_FOUND, `the local chain passes on no ${method.slice(0, 60)}`);
  } catch (error) {
    answer = errorOf(INTERNAL_ERROR, error instanceof Error ? error.message : String(error));
  }
  return id === undefined ? undefined : { jsonrpc: '2.0', id: answerId, ...answer };
}

async function answerFundGas(params: unknown, fundGas: Asking['fundGas']): Promise<RpcAnswer> {
  const account: unknown = Array.isArray(params) ? params[0] : undefined;
  if (typeof account !== 'string' || !/^0x[0-9a-fA-F]{40}$/.test(account))
    return errorOf(INVALID_PARAMS, `${FUND_GAS_METHOD} takes one address`);
  await fundGas(account);
  return { result: null };
}

function errorOf(code: number, message: string): RpcAnswer {
  return { error: { code, message } };
}

function failed(id: unknown, code: number, message: string): unknown {
  return { jsonrpc: '2.0', id, ...errorOf(code, message) };
}

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
