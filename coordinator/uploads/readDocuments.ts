import { type Kysely, sql } from 'kysely';
import type { DatabaseSchema } from '../../adapters/database/schema.js';
import { inParallel } from '../../adapters/inParallel.js';
import { onAbort } from '../../adapters/onAbort.js';
import { parseFinding } from '../../protocol/audit/finding.js';
import { type Bytes32, bytes32Of, type Cid, rawCidOfDigest } from '../../protocol/ids.js';
import { parseManifest } from '../../protocol/manifest.js';
import { parseOpeningIndex } from '../../protocol/opening.js';
import { parseOutputs } from '../../protocol/outputs.js';
import { sha256 } from '../../protocol/sha256.js';
import { parseTerms } from '../../protocol/terms.js';
import { RushesError } from '../../protocol/errors.js';
import type { Kubo } from '../gateway/connectKubo.js';

const AT_ONCE = 8;
/** The largest document: indexes have at most 1 MiB. */
const MAX_BYTES = 2 << 20;

/**
 * Reads the documents behind these digests that were not read before, and notes the CIDs that they name. One that the
 * node does not hold names nothing for now; one that is none of ours names nothing for good. Throws when the node does
 * not answer: what is named is not known then.
 */
export async function readDocuments(options: {
  db: Kysely<DatabaseSchema>;
  kubo: Kubo;
  digests: ReadonlySet<Bytes32>;
  /**
   * Those of which somebody found before that they were read, added to. Default: none, the database alone says it. For
   * who may be wrong when its rows are taken away meanwhile.
   */
  known?: Set<Bytes32>;
  signal: AbortSignal;
}): Promise<void> {
  const { db, kubo, known = new Set<Bytes32>() } = options;
  for (const digest of await readAmong(
    db,
    [...options.digests].filter((digest) => !known.has(digest)),
  ))
    known.add(digest);
  // The newest first: it is what somebody waits for.
  const open = [...options.digests].filter((digest) => !known.has(digest)).reverse();
  // Of its own: each call listens to it, and where one fails the others are for nothing.
  const stopping = new AbortController();
  const stopWaiting = onAbort(options.signal, () => stopping.abort(options.signal.reason));
  try {
    await inParallel(open, AT_ONCE, async (digest) => {
      stopping.signal.throwIfAborted();
      const bytes = await readKept(kubo, digest, stopping.signal);
      if (bytes === undefined) return;
      await noteDocument(db, digest, cidsNamedIn(bytes));
      known.add(digest);
    });
  } finally {
    stopWaiting();
    stopping.abort();
  }
}

async function readAmong(db: Kysely<DatabaseSchema>, digests: readonly Bytes32[]): Promise<Bytes32[]> {
  if (digests.length === 0) return [];
  const { rows } = await sql<{
    digest: Bytes32;
  }>`SELECT digest FROM read_documents WHERE digest = ANY(${digests})`.execute(db);
  return rows.map(({ digest }) => digest);
}

async function noteDocument(db: Kysely<DatabaseSchema>, digest: Bytes32, cids: readonly Cid[]): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await tx
      .insertInto('read_documents')
      .values({ digest })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    for (const cid of new Set(cids))
      await tx
        .insertInto('document_cids')
        .values({ cid, digest })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
  });
}

/** Digests of the documents that name some of these CIDs, as far as they were read, each with the CID it names. */
export async function documentsNaming(
  db: Kysely<DatabaseSchema>,
  cids: readonly string[],
): Promise<{ cid: string; digest: Bytes32 }[]> {
  const { rows } = await sql<{
    cid: string;
    digest: Bytes32;
  }>`SELECT cid, digest FROM document_cids WHERE cid = ANY(${[...cids]})`.execute(db);
  return rows;
}

/** The block of a digest from the node's own store; undefined when it is not there, or not it. */
async function readKept(kubo: Kubo, digest: Bytes32, signal: AbortSignal): Promise<Uint8Array | undefined> {
  const query = new URLSearchParams({ arg: rawCidOfDigest(digest), offline: 'true' });
  const { statusCode, body } = await kubo.call('block/get', query, { signal });
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body as AsyncIterable<Uint8Array>) {
    size += piece.length;
    if (size > MAX_BYTES) return undefined;
    pieces.push(piece);
  }
  if (statusCode !== 200) return undefined;
  const bytes = Buffer.concat(pieces);
  return bytes32Of(sha256(bytes)) === digest ? new Uint8Array(bytes) : undefined;
}

/** What a document names besides itself; nothing where it is none of ours. */
export function cidsNamedIn(bytes: Uint8Array): Cid[] {
  const readers: ((bytes: Uint8Array) => (Cid | undefined)[])[] = [
    (document) => {
      const { scene, environment } = parseManifest(document);
      return [scene.cid, environment?.cid];
    },
    (document) => {
      const { weights } = parseTerms(document);
      return [typeof weights === 'number' ? undefined : weights];
    },
    (document) => parseOutputs(document).chunks.map((chunk) => chunk.cid),
    (document) => parseOpeningIndex(document).chunks.map((chunk) => chunk.cid),
    (document) => [parseFinding(document).evidence ?? undefined],
  ];
  for (const read of readers) {
    try {
      return read(bytes).filter((cid) => cid !== undefined);
    } catch (error) {
      if (!(error instanceof RushesError)) throw error;
    }
  }
  return [];
}
