import type { IncomingMessage } from 'node:http';
import { Busboy, type BusboyHeaders } from '@fastify/busboy';
import { importer, type DirectoryCandidate, type FileCandidate, type WritableStorage } from 'ipfs-unixfs-importer';
import { BadInputError } from '../../protocol/errors.js';
import type { BlockFolder } from './BlockFolder.js';
import type { Hold } from './BlockHolds.js';
import { importerOptions, type ImportSettings } from './importSettings.js';

/** One line of the answer to `add`, with Kubo's field names. */
export interface AddedEntry {
  Name: string;
  Hash: string;
  Size: string;
}

const MAX_PATH_LENGTH = 4096;

/**
 * Stores the files of a multipart request as UnixFS while they arrive and returns one entry per file and directory, in
 * the importer's order: the root comes last. Throws BadInputError for what is no multipart request or asks for what is
 * not built, StorageError when the disk refuses.
 */
export async function addFiles(
  request: IncomingMessage,
  options: { blocks: BlockFolder; hold: Hold; settings: ImportSettings; maxParts: number },
): Promise<AddedEntry[]> {
  const entries: AddedEntry[] = [];
  const batch = options.blocks.batch(options.hold);
  try {
    for await (const entry of importer(
      multipartFiles(request, options.maxParts),
      batch as unknown as WritableStorage,
      importerOptions(options.settings),
    )) {
      entries.push({
        Name: entry.path ?? entry.cid.toString(),
        Hash: entry.cid.toString(),
        Size: entry.size.toString(),
      });
    }
    await batch.commit();
  } catch (error) {
    await batch.discard();
    throw error;
  }
  return entries;
}

/**
 * The one part of a `block/put` request. Throws BadInputError when it is larger than `maxBytes` or there is not exactly
 * one.
 */
export async function readOnePart(request: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  let count = 0;
  for await (const file of multipartFiles(request, 1)) {
    count++;
    if (!('content' in file)) throw new BadInputError({ message: 'a block must be a file part, not a directory' });
    for await (const piece of file.content as AsyncIterable<Uint8Array>) {
      size += piece.length;
      if (size > maxBytes)
        throw new BadInputError({ message: `the block is larger than ${maxBytes} bytes`, facts: { maxBytes } });
      parts.push(piece);
    }
  }
  if (count !== 1) throw new BadInputError({ message: 'block/put needs exactly one block in its body' });
  return Buffer.concat(parts);
}

/**
 * The parts of a multipart request as candidates of the importer, one after the other: a part must be read before the
 * next one comes.
 */
async function* multipartFiles(
  request: IncomingMessage,
  maxParts: number,
): AsyncGenerator<FileCandidate | DirectoryCandidate> {
  const contentType = request.headers['content-type'] ?? '';
  if (!contentType.startsWith('multipart/form-data'))
    throw new BadInputError({
      message: `the body must be multipart/form-data, not ${contentType || 'without a content type'}`,
    });
  const queue: (FileCandidate | DirectoryCandidate)[] = [];
  let ended = false;
  let failure: unknown;
  let wake: () => void = () => undefined;
  const fail = (error: unknown): void => {
    failure ??= error;
    ended = true;
    wake();
  };

  const parser = new Busboy({
    headers: request.headers as BusboyHeaders,
    preservePath: true,
    isPartAFile: () => true,
    limits: { parts: maxParts, files: maxParts, headerPairs: 50, fieldNameSize: 1000 },
  });
  parser.on('file', (field, stream, name, _encoding, mimeType) => {
    stream.on('error', fail);
    const path = decodePath(name);
    if (/[?&](mode|mtime)/.test(field)) {
      stream.resume();
      fail(
        new BadInputError({
          message: 'file modes and modification times are not supported: they would change the CID',
        }),
      );
    } else if (path === undefined) {
      stream.resume();
      fail(
        new BadInputError({ message: `the name of a part cannot be used as a path: ${String(name).slice(0, 200)}` }),
      );
    } else if (mimeType === 'application/x-directory') {
      stream.resume();
      if (path !== '') queue.push({ path });
    } else {
      queue.push({ ...(path === '' ? {} : { path }), content: stream });
    }
    wake();
  });
  parser.on('partsLimit', () => fail(new BadInputError({ message: `more than ${maxParts} parts in one request` })));
  parser.on('filesLimit', () => fail(new BadInputError({ message: `more than ${maxParts} files in one request` })));
  parser.on('finish', () => {
    ended = true;
    wake();
  });
  parser.on('error', (error) =>
    fail(
      new BadInputError({
        message: `the multipart body cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      }),
    ),
  );
  request.once('aborted', () =>
    fail(new BadInputError({ message: 'the request was broken off before its body ended' })),
  );
  request.once('error', fail);
  request.pipe(parser);

  try {
    while (true) {
      if (failure !== undefined) throw failure;
      const next = queue.shift();
      if (next !== undefined) yield next;
      else if (ended) return;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    request.unpipe(parser);
  }
}

/**
 * The path of a part: percent-decoded, relative, without empty, `.` or `..` steps; undefined when it is none. The empty
 * string stands for "no name".
 */
function decodePath(name: string | undefined): string | undefined {
  if (name === undefined || name === '') return '';
  let path: string;
  try {
    path = decodeURIComponent(name);
  } catch {
    return undefined;
  }
  path = path.replace(/^\/+/, '');
  if (path.length > MAX_PATH_LENGTH || path.includes('\0')) return undefined;
  if (path.split('/').some((step) => step === '' || step === '.' || step === '..')) return undefined;
  return path;
}
