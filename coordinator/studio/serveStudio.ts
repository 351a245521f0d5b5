import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { constants, brotliCompress, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HttpServer } from '../../adapters/http/createHttpServer.js';

/** Where the build lays the page: see build.js. */
const FOLDER = fileURLToPath(new URL('../../studio/page/', import.meta.url));
const INDEX = 'index.html';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};

/**
 * Nothing but what this server itself serves: no script or style inside the page, nobody else's, no frame around it.
 * Pictures are drawn from bytes that a script fetched.
 */
const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': CONTENT_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  vary: 'accept-encoding',
} as const;

/** A name that changes whenever the content does may be kept for ever. */
const HASHED = /-[A-Z0-9]{8}\.(js|css|svg)$/;

interface PageFile {
  type: string;
  bytes: Buffer;
  gzip: Buffer;
  brotli: Buffer;
  cacheControl: string;
}

/**
 * GET /: the page to watch the network on, and its files. They are read once, so that a build beside a running
 * coordinator takes nothing away from under it. A coordinator without a built page serves everything else.
 */
export async function serveStudio(server: HttpServer): Promise<void> {
  const names = await readdir(FOLDER).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (!names.includes(INDEX)) {
    server.log.warn({ folder: FOLDER }, 'the page was not built: it is not served');
    return;
  }
  const files = new Map(
    await Promise.all(names.map(async (name): Promise<[string, PageFile]> => [name, await readPageFile(name)])),
  );
  const send = async (name: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const file = files.get(name)!;
    const encoding = encodingFor(request.headers['accept-encoding']);
    if (encoding !== undefined) reply.header('content-encoding', encoding);
    return await reply
      .headers(HEADERS)
      .header('cache-control', file.cacheControl)
      .type(file.type)
      .send(encoding === 'br' ? file.brotli : encoding === 'gzip' ? file.gzip : file.bytes);
  };
  server.get('/', { schema: { hide: true } }, (request, reply) => send(INDEX, request, reply));
  for (const name of files.keys())
    if (name !== INDEX)
      server.get(`/page/${name}`, { schema: { hide: true } }, (request, reply) => send(name, request, reply));
}

async function readPageFile(name: string): Promise<PageFile> {
  const bytes = await readFile(join(FOLDER, name));
  const [small, smaller] = await Promise.all([
    promisify(gzip)(bytes, { level: 9 }),
    promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
  ]);
  return {
    type: TYPES[extname(name)] ?? 'application/octet-stream',
    bytes,
    gzip: small,
    brotli: smaller,
    cacheControl: HASHED.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
}

function encodingFor(accepted: string | string[] | undefined): 'br' | 'gzip' | undefined {
  const names = String(accepted ?? '')
    .split(',')
    .map((part) => part.trim().split(';')[0]);
  return names.includes('br') ? 'br' : names.includes('gzip') ? 'gzip' : undefined;
}
