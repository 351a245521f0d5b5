import type { FastifyReply, FastifyRequest } from 'fastify';
import { BadInputError } from '../../protocol/errors.js';
import type { RefusedList } from '../refused/parseRefusedList.js';
import { refuseCid } from '../refused/refuseCalls.js';
import type { Upload } from '../uploads/bookUpload.js';
import type { Kubo } from './connectKubo.js';

/** Answers to `add` have a line per file. */
const MAX_ANSWER_BYTES = 64 << 20;
/** A body that comes slower than this, after its first seconds, is hung up on. */
const LEAST_BYTES_PER_SECOND = 8_192;
const LOOK_MS = 10_000;
const GRACE_MS = 30_000;

/**
 * Passes `add` or `block/put` on while its bytes are counted, pins what came of it for the account, and only then
 * answers: whoever is told a CID has it pinned. Nothing is kept of what is refused, broken off or too slow.
 */
export async function receiveUpload(options: {
  kubo: Kubo;
  name: string;
  query: URLSearchParams;
  upload: Upload;
  refused: RefusedList;
  request: FastifyRequest;
  reply: FastifyReply;
  signal: AbortSignal;
}): Promise<FastifyReply> {
  const { kubo, name, query, upload, refused, request, reply, signal } = options;
  const contentType = request.headers['content-type'];
  const slow = endSlowUpload(request);
  try {
    const counted = countBytes(request, upload);
    let answer: { statusCode: number; text: string; type: string };
    try {
      const { statusCode, headers, body } = await kubo.call(name, query, {
        body: counted.bytes,
        ...(contentType === undefined ? {} : { contentType }),
        signal,
      });
      answer = { statusCode, text: await readBounded(body), type: String(headers['content-type'] ?? 'text/plain') };
    } catch (error) {
      // What is wrong with the body says more than that the node was left without its end.
      throw counted.refusal() ?? error;
    }
    if (answer.statusCode === 200) {
      const cid = rootIn(answer.text, name, query);
      for (const stored of cidsIn(answer.text)) refuseCid(refused, stored);
      await upload.keep(cid);
    } else await upload.abandon();
    return await reply.code(answer.statusCode).type(answer.type).send(answer.text);
  } catch (error) {
    await upload.abandon().catch(() => undefined);
    throw error;
  } finally {
    slow.end();
  }
}

/** Counts a body's bytes before they go on. */
function countBytes(
  request: FastifyRequest,
  upload: Upload,
): { bytes: AsyncIterable<Uint8Array>; refusal: () => unknown } {
  let refusal: unknown;
  return {
    refusal: () => refusal,
    bytes: (async function* () {
      // Not destroyed when counting ends early: the refusal goes over the same connection.
      for await (const piece of request.raw.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
        try {
          await upload.take(piece.length);
        } catch (error) {
          refusal = error;
          throw error;
        }
        yield piece;
      }
    })(),
  };
}

/** Every CID that an answer says was stored. */
function cidsIn(answer: string): string[] {
  return linesOf(answer).flatMap(({ Hash: hash, Key: key }) => hash ?? key ?? []);
}

function linesOf(answer: string): { Name?: string; Hash?: string; Key?: string }[] {
  return answer
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { Name?: string; Hash?: string; Key?: string });
}

/** The CID of what was stored. Throws BadInputError where it is several: what is kept is kept as one. */
function rootIn(answer: string, name: string, query: URLSearchParams): string {
  const lines = linesOf(answer);
  const last = lines.at(-1);
  const cid = name === 'block/put' ? last?.Key : last?.Hash;
  if (cid === undefined) throw new BadInputError({ message: 'the request stores nothing' });
  const roots = lines.filter((line) => line.Hash !== undefined && !(line.Name ?? '').includes('/'));
  if (name === 'add' && query.get('wrap-with-directory') !== 'true' && roots.length > 1)
    throw new BadInputError({ message: 'several files are stored here as one directory: wrap-with-directory=true' });
  return cid;
}

async function readBounded(body: AsyncIterable<unknown>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body as AsyncIterable<Uint8Array>) {
    size += piece.length;
    if (size > MAX_ANSWER_BYTES) throw new BadInputError({ message: 'the request stores too many files' });
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** Hangs up on a body that comes too slowly. */
function endSlowUpload(request: FastifyRequest): { end(): void } {
  const { raw } = request;
  const startedAtMs = performance.now();
  const before = raw.socket.bytesRead;
  const look = setInterval(() => {
    const seconds = (performance.now() - startedAtMs) / 1000;
    if (raw.complete || seconds * 1000 < GRACE_MS) return;
    if (raw.socket.bytesRead - before < seconds * LEAST_BYTES_PER_SECOND) raw.destroy();
  }, LOOK_MS);
  return { end: () => clearInterval(look) };
}
