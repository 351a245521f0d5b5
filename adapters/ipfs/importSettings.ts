// How a file becomes blocks. A CID depends on every one of these, and implementations differ in their defaults:
// everything is always stated.
import { fixedSize } from 'ipfs-unixfs-importer/chunker';
import { balanced } from 'ipfs-unixfs-importer/layout';
import type { ImporterOptions } from 'ipfs-unixfs-importer';
import { BadInputError } from '../../protocol/errors.js';
import { importRawLeaves } from './importLeaves.js';

/** Bytes of a leaf block of the files that Rushes adds: 1 MiB, the largest that every IPFS implementation passes on. */
export const CHUNK_BYTES = 1 << 20;
/** The largest block that is taken or given: what Bitswap carries. */
export const MAX_BLOCK_BYTES = 2 << 20;
/** Links of an inner node of a file, Kubo's default, which its RPC does not let a client choose in every version. */
const MAX_LINKS = 174;

/** What decides the CID of an added file or directory. */
export interface ImportSettings {
  cidVersion: 0 | 1;
  rawLeaves: boolean;
  /** Bytes of a leaf. */
  chunkBytes: number;
  wrapWithDirectory: boolean;
}

/** The settings of everything that Rushes adds. */
export const RUSHES_IMPORT: ImportSettings = {
  cidVersion: 1,
  rawLeaves: true,
  chunkBytes: CHUNK_BYTES,
  wrapWithDirectory: false,
};

/** Query parameters of `add` that change nothing here, or that are read below. */
const KNOWN = new Set([
  'cid-version',
  'raw-leaves',
  'chunker',
  'wrap-with-directory',
  'hash',
  'pin',
  'progress',
  'stream-channels',
  'quiet',
  'quieter',
  'silent',
  'timeout',
  'encoding',
  'recursive',
  'preload',
  'file-import-concurrency',
  'block-write-concurrency',
  'shard-split-threshold',
  'to-files',
  'r',
  'q',
]);

/**
 * Reads the settings of an `add` request with Kubo's names and defaults. Refuses by name whatever would change the CID
 * and is not built.
 */
export function parseImportSettings(query: URLSearchParams): ImportSettings {
  for (const [name, value] of query) {
    if (!KNOWN.has(name) && value !== 'false' && value !== '')
      throw new BadInputError({ message: `add does not support ${name}=${value}`, facts: { option: name, value } });
  }
  const hash = query.get('hash');
  if (hash !== null && hash !== 'sha2-256')
    throw new BadInputError({ message: `add supports only hash=sha2-256, not ${hash}`, facts: { hash } });
  const version = query.get('cid-version') ?? '0';
  if (version !== '0' && version !== '1')
    throw new BadInputError({ message: `cid-version must be 0 or 1, not ${version}`, facts: { version } });
  const chunker = query.get('chunker') ?? 'size-262144';
  const chunkBytes = Number(/^size-([1-9][0-9]{0,7})$/.exec(chunker)?.[1] ?? NaN);
  if (!(chunkBytes >= 1 && chunkBytes <= CHUNK_BYTES))
    throw new BadInputError({
      message: `chunker must be size-N with N from 1 to ${CHUNK_BYTES}, not ${chunker}`,
      facts: { chunker },
    });
  const rawLeaves = query.get('raw-leaves') ?? (version === '1' ? 'true' : 'false');
  return {
    cidVersion: version === '1' ? 1 : 0,
    rawLeaves: rawLeaves === 'true',
    chunkBytes,
    wrapWithDirectory: query.get('wrap-with-directory') === 'true',
  };
}

/**
 * The settings as options of ipfs-unixfs-importer. One file at a time: streamed multipart parts come one after the
 * other, and waiting for the next while one is read deadlocks.
 */
export function importerOptions(settings: ImportSettings): ImporterOptions {
  return {
    cidVersion: settings.cidVersion,
    rawLeaves: settings.rawLeaves,
    ...(settings.rawLeaves ? { bufferImporter: importRawLeaves } : {}),
    leafType: 'file',
    reduceSingleLeafToSelf: true,
    wrapWithDirectory: settings.wrapWithDirectory,
    chunker: fixedSize({ chunkSize: settings.chunkBytes }),
    layout: balanced({ maxChildrenPerNode: MAX_LINKS }),
    shardSplitThresholdBytes: 262144,
    shardSplitStrategy: 'links-bytes',
    shardFanoutBits: 8,
    fieldOrder: 'links-first',
    fileImportConcurrency: 1,
    blockWriteConcurrency: 8,
  };
}
