import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RushesError } from '../../protocol/errors.js';
import { foreignRequest } from '../http/foreignRequest.js';
import { answerRpc, RPC_CODES, rpcError, rpcFailure } from './answerRpc.js';
import type { RpcAnswer } from './connectIpc.js';
import { FUND_GAS_METHOD } from './gasMoney.js';

/** A chain's address for everybody. */
export interface ChainGuard {
  /** JSON-RPC endpoint, on the loopback interface. */
  rpcUrl: string;
  close(): Promise<void>;
}

/** The same as anvil's own limit. */
const MOST_BODY_BYTES = 2 * 1024 * 1024;
const MOST_CONNECTIONS = 512;
const REQUEST_MS = 30_000;
const HEADERS_MS = 5_000;
/** How often the two are looked after. */
const CHECK_MS = 2_000;

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
  const answer = (body: unknown): Promise<unknown> =>
    answerRpc(body, {
      chain: 'the local chain',
      exchange: options.exchange,
      own: (method, params) => (method === FUND_GAS_METHOD ? answerFundGas(params, options.fundGas) : undefined),
    });
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
    send(response, status, rpcFailure(null, code, message), { connection: 'close' });
  };
  const foreign = foreignRequest(request);
  if (foreign !== undefined)
    return refuse(
      403,
      RPC_CODES.invalidRequest,
      `the local chain does not answer requests of other origins: ${foreign}`,
    );
  if (request.method !== 'POST') return refuse(405, RPC_CODES.invalidRequest, 'the local chain answers POST only');
  // What a form of a web page can send without being asked about.
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? ''))
    return refuse(415, RPC_CODES.invalidRequest, 'the local chain reads application/json only');
  const text = await readBody(request);
  if (text === undefined)
    return refuse(413, RPC_CODES.invalidRequest, `a request may have at most ${MOST_BODY_BYTES} bytes`);
  const body = parseJson(text);
  if (body === undefined) return send(response, 200, rpcFailure(null, RPC_CODES.parseError, 'the request is not JSON'));
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

async function answerFundGas(params: unknown, fundGas: (account: string) => Promise<void>): Promise<RpcAnswer> {
  const account: unknown = Array.isArray(params) ? params[0] : undefined;
  if (typeof account !== 'string' || !/^0x[0-9a-fA-F]{40}$/.test(account))
    return rpcError(RPC_CODES.invalidParams, `${FUND_GAS_METHOD} takes one address`);
  await fundGas(account);
  return { result: null };
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
