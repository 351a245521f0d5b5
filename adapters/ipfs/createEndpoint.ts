// A Kubo RPC endpoint: the part of Kubo's HTTP API that ipfs-http-client and Rushes use, over blockstore-fs and the UnixFS packages of the IPFS project.
// It speaks to nobody but its clients: there is no libp2p in it, and a block that is not in the folder is not found.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { exporter } from 'ipfs-unixfs-exporter';
import { CID } from 'multiformats/cid';
import { create as createDigest } from 'multiformats/hashes/digest';
import { BadInputError, RushesError } from '../../protocol/errors.js';
import { sha256 } from '../../protocol/sha256.js';
import { addFiles, readOnePart } from './addFiles.js';
import { BlockFolder } from './BlockFolder.js';
import { MAX_BLOCK_BYTES, parseImportSettings } from './importSettings.js';
import { PinJournal } from './PinJournal.js';
import { lockFolder } from '../lockFolder.js';
import { requireWholeDag } from './walkDag.js';

const RAW_CODEC = 0x55;
const DAG_PB_CODEC = 0x70;
const SHA2_256 = 0x12;
/** Files are read in windows of this many bytes: the exporter reads ahead as far as it is let. */
const WINDOW_BYTES = 8 << 20;
/** How much of a refused request is still read, so that the client hears the answer instead of a broken connection. */
const DRAIN_BYTES = 64 << 20;

/** Bounds of an endpoint. */
export interface EndpointLimits {
  /** Parts of one `add`. */
  maxParts: number;
  /** Connections at once. */
  maxConnections: number;
  /** A connection on which nothing moves for this long is closed. */
  idleMs: number;
  /** A request must be over by then. */
  requestMs: number;
}

export const ENDPOINT_LIMITS: EndpointLimits = { maxParts: 100_000, maxConnections: 1024, idleMs: 60_000, requestMs: 3_600_000 };

/** A running endpoint. */
export interface Endpoint {
  host: string;
  port: number;
  close(): Promise<void>;
}

type Handler = (call: { query: URLSearchParams; request: IncomingMessage; response: ServerResponse; blocks: BlockFolder; pins: PinJournal; limits: EndpointLimits }) => Promise<unknown>;

/**
 * Serves a folder over Kubo's RPC. The folder is locked: FolderInUseError when another process serves it. Only loopback addresses are served unless
 * `host` says otherwise: whoever reaches the API may write and delete.
 */
export async function createEndpoint(options: { folder: string; host?: string; port?: number; limits?: Partial<EndpointLimits> }): Promise<Endpoint> {
  const limits = { ...ENDPOINT_LIMITS, ...options.limits };
  const host = options.host ?? '127.0.0.1';
  const lock = await lockFolder(options.folder, 'the IPFS blocks');
  try {
    const blocks = new BlockFolder(options.folder);
    await blocks.open();
    const pins = await PinJournal.open(options.folder);
    const server = createServer({ requestTimeout: limits.requestMs, headersTimeout: 20_000, keepAliveTimeout: 30_000 }, (request, response) => {
      void answer({ request, response, blocks, pins, limits, host });
    });
    server.maxConnections = limits.maxConnections;
    server.setTimeout(limits.idleMs);
    await listen(server, host, options.port ?? 0);
    const address = server.address();
    if (address === null || typeof address === 'string') throw new RushesError({ code: 'endpoint', message: 'the IPFS endpoint has no port' });
    return {
      host,
      port: address.port,
      async close() {
        const closed = once(server, 'close');
        server.close();
        server.closeIdleConnections();
        const hurry = setTimeout(() => server.closeAllConnections(), 2000);
        await closed;
        clearTimeout(hurry);
        await pins.close();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

const HANDLERS: Record<string, Handler> = {
  // An endpoint without a network has no peers; the id is there because clients ask for one.
  id: async () => ({ ID: '12D3KooWD14oinUozuArnCG1nmEwuJSQ5vGPr9rKG6WFGJE7gB2p', Addresses: [], AgentVersion: 'rushes-endpoint/1', ProtocolVersion: '', Protocols: [], PublicKey: '' }),
  version: async () => ({ Version: '0.1.0-rushes', Commit: '', Repo: '16', System: `${process.arch}/${process.platform}`, Golang: '' }),

  add: async ({ query, request, response, blocks, pins, limits }) => {
    const entries = await addFiles(request, { blocks, settings: parseImportSettings(query), maxParts: limits.maxParts });
    // With several roots (files added without a directory around them) each is pinned, as in Kubo.
    if (query.get('pin') !== 'false') await pins.add(rootsOf(entries, query.get('wrap-with-directory') === 'true'));
    sendLines(response, entries);
  },

  cat: async ({ query, response, blocks }) => {
    const entry = await exporter(ipfsPathOf(query), blocks);
    if (entry.type !== 'file' && entry.type !== 'raw') throw new BadInputError({ message: 'this dag node is a directory' });
    const size = Number(entry.size);
    const begin = Math.min(readCount(query, 'offset') ?? 0, size);
    const end = Math.min(begin + (readCount(query, 'length') ?? size), size);
    response.writeHead(200, { 'content-type': 'text/plain', 'x-stream-output': '1', 'x-content-length': String(end - begin) });
    for (let offset = begin; offset < end; offset += WINDOW_BYTES) {
      for await (const piece of entry.content({ offset, length: Math.min(WINDOW_BYTES, end - offset), blockReadConcurrency: 4 })) {
        if (response.destroyed) return;
        if (!response.write(piece)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
      }
    }
    response.end();
  },

  ls: async ({ query, response, blocks }) => {
    const path = ipfsPathOf(query);
    const entry = await exporter(path, blocks);
    const links: unknown[] = [];
    if (entry.type === 'directory') {
      for await (const child of entry.entries()) {
        const target = await exporter(child.cid, blocks);
        links.push({ Name: child.name, Hash: child.cid.toString(), Size: target.type === 'directory' ? 0 : Number(target.size), Type: target.type === 'directory' ? 1 : 2, Target: '' });
      }
    }
    sendLines(response, [{ Objects: [{ Hash: entry.cid.toString(), Links: links }] }]);
  },

  'block/put': async ({ query, request, blocks, pins }) => {
    const bytes = await readOnePart(request, MAX_BLOCK_BYTES);
    const cid = blockCidOf(query, bytes);
    await blocks.put(cid, bytes);
    if (query.get('pin') === 'true') await pins.add([cid.toString()]);
    return { Key: cid.toString(), Size: bytes.length };
  },

  'block/get': async ({ query, response, blocks }) => {
    const cid = cidOf(query);
    const bytes = await blocks.read(cid);
    if (bytes === undefined) throw notFound(cid);
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': bytes.length });
    response.end(bytes);
  },

  'block/stat': async ({ query, blocks }) => {
    const cid = cidOf(query);
    const size = await blocks.sizeOf(cid);
    if (size === undefined) throw notFound(cid);
    return { Key: cid.toString(), Size: size };
  },

  'pin/add': async ({ query, blocks, pins }) => {
    const cids = cidsOf(query);
    if (query.get('recursive') === 'false') throw new BadInputError({ message: 'only recursive pins are supported' });
    for (const cid of cids) await requireWholeDag(cid, blocks);
    await pins.add(cids.map(String));
    return { Pins: cids.map(String) };
  },

  'pin/rm': async ({ query, pins }) => {
    const cids = cidsOf(query);
    for (const cid of cids) if (!await pins.remove(cid.toString())) throw new BadInputError({ message: 'not pinned or pinned indirectly', facts: { cid: cid.toString() } });
    return { Pins: cids.map(String) };
  },

  'pin/ls': async ({ query, response, pins }) => {
    const wanted = query.has('arg') ? cidsOf(query).map(String) : undefined;
    for (const cid of wanted ?? []) if (!pins.has(cid)) throw new BadInputError({ message: `path '${cid}' is not pinned`, facts: { cid } });
    const type = query.get('type') ?? 'all';
    const found = type === 'all' || type === 'recursive' ? wanted ?? pins.all() : [];
    if (query.get('stream') === 'true') sendLines(response, found.map((cid) => ({ Cid: cid, Type: 'recursive' })));
    else return { Keys: Object.fromEntries(found.map((cid) => [cid, { Type: 'recursive' }])) };
    return undefined;
  },
};

async function answer(call: { request: IncomingMessage; response: ServerResponse; blocks: BlockFolder; pins: PinJournal; limits: EndpointLimits; host: string }): Promise<void> {
  const { request, response } = call;
  try {
    const refusal = refuse(request, call.host);
    if (refusal !== undefined) return await sendText(request, response, refusal.status, refusal.text);
    const url = new URL(request.url ?? '/', 'http://endpoint');
    const handler = url.pathname.startsWith('/api/v0/') ? HANDLERS[url.pathname.slice('/api/v0/'.length)] : undefined;
    if (handler === undefined) return await sendText(request, response, 404, '404 page not found');
    const result = await handler({ ...call, query: url.searchParams });
    if (result !== undefined) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(result));
    }
  } catch (error) {
    await sendError(request, response, error);
  }
}

/** Kubo's guards against web pages: only POST, no page's Origin or Referer, no browser; and only a Host that is this endpoint, against DNS rebinding. */
function refuse(request: IncomingMessage, host: string): { status: number; text: string } | undefined {
  const forbidden = { status: 403, text: '403 - Forbidden' };
  const name = /^(\[[^\]]*\]|[^:]*)(?::[0-9]+)?$/.exec((request.headers.host ?? '').toLowerCase())?.[1];
  if (name === undefined || ![host.toLowerCase(), 'localhost', '127.0.0.1', '[::1]'].includes(name)) return forbidden;
  if (request.headers.origin !== undefined || request.headers.referer !== undefined) return forbidden;
  if ((request.headers['user-agent'] ?? '').startsWith('Mozilla')) return forbidden;
  if (request.method !== 'POST') return { status: 405, text: '405 - Method Not Allowed' };
  return undefined;
}

async function sendError(request: IncomingMessage, response: ServerResponse, error: unknown): Promise<void> {
  // Once a body has begun, breaking the connection is the only way left to say that it is not whole.
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const message = error instanceof RushesError && error.advice !== undefined ? `${error.message}. ${error.advice}` : error instanceof Error ? error.message : String(error);
  await drain(request);
  response.writeHead(500, { 'content-type': 'application/json', ...(request.complete ? {} : { connection: 'close' }) });
  response.end(JSON.stringify({ Message: message, Code: error instanceof BadInputError ? 1 : 0, Type: 'error', ...(error instanceof RushesError ? { RushesCode: error.code } : {}) }));
}

async function sendText(request: IncomingMessage, response: ServerResponse, status: number, text: string): Promise<void> {
  await drain(request);
  response.writeHead(status, { 'content-type': 'text/plain', ...(status === 405 ? { allow: 'POST' } : {}), ...(request.complete ? {} : { connection: 'close' }) });
  response.end(text);
}

async function drain(request: IncomingMessage): Promise<void> {
  if (request.complete || request.destroyed) return;
  let size = 0;
  await new Promise<void>((resolve) => {
    const deadline = setTimeout(resolve, 5000);
    const done = (): void => {
      clearTimeout(deadline);
      resolve();
    };
    request.on('data', (piece: Uint8Array) => {
      size += piece.length;
      if (size > DRAIN_BYTES) done();
    });
    request.once('end', done);
    request.once('close', done);
    request.once('error', done);
    request.resume();
  });
}

function sendLines(response: ServerResponse, lines: unknown[]): void {
  response.writeHead(200, { 'content-type': 'application/json', 'x-chunked-output': '1' });
  response.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

/** Entries that lie in no other entry of the same request. */
function rootsOf(entries: { Name: string; Hash: string }[], wrapped: boolean): string[] {
  if (wrapped) return entries.slice(-1).map((entry) => entry.Hash);
  return [...new Set(entries.filter((entry) => !entry.Name.includes('/')).map((entry) => entry.Hash))];
}

function blockCidOf(query: URLSearchParams, bytes: Uint8Array): CID {
  const hash = query.get('mhtype');
  if (hash !== null && hash !== 'sha2-256') throw new BadInputError({ message: `block/put supports only mhtype=sha2-256, not ${hash}` });
  const codec = query.get('cid-codec') ?? query.get('format') ?? 'raw';
  if (codec !== 'raw' && codec !== 'dag-pb') throw new BadInputError({ message: `block/put supports the codecs raw and dag-pb, not ${codec}` });
  return CID.createV1(codec === 'raw' ? RAW_CODEC : DAG_PB_CODEC, createDigest(SHA2_256, sha256(bytes)));
}

function cidsOf(query: URLSearchParams): CID[] {
  const texts = query.getAll('arg');
  if (texts.length === 0) throw new BadInputError({ message: 'argument "ipfs-path" is required' });
  return texts.map((text) => parsePathCid(text.replace(/^\/?ipfs\//, '')));
}

function cidOf(query: URLSearchParams): CID {
  return cidsOf(query)[0] as CID;
}

function parsePathCid(text: string): CID {
  try {
    return CID.parse(text);
  } catch (cause) {
    throw new BadInputError({ message: `invalid path "${text.slice(0, 200)}": not a CID`, cause });
  }
}

function ipfsPathOf(query: URLSearchParams): string {
  const path = (query.get('arg') ?? '').replace(/^\/?ipfs\//, '');
  parsePathCid(path.split('/')[0] ?? '');
  return path;
}

function readCount(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new BadInputError({ message: `${name} must be a count of bytes, not ${text.slice(0, 40)}` });
  return value;
}

function notFound(cid: CID): RushesError {
  return new RushesError({ code: 'block-not-found', message: `block was not found locally (offline): ipld: could not find ${cid.toString()}`, facts: { cid: cid.toString() } });
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EADDRINUSE') throw new RushesError({ code: 'port-in-use', message: `port ${port} on ${host} is in use by another program`, facts: { host, port }, advice: 'Choose another port, or 0 for a free one.', cause: error });
    throw error;
  }
}
