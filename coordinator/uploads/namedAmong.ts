import type { Kysely } from 'kysely';
import type { DatabaseSchema } from '../../adapters/database/schema.js';
import { RushesError } from '../../protocol/errors.js';
import { type Bytes32, digestOfCid, parseCid } from '../../protocol/ids.js';
import { documentsNaming } from './readDocuments.js';

/**
 * Which of some CIDs an order, a lease or an audit names: one of their documents is it, or names it and was read. What
 * is pinned for who asks, and what is kept, follow this one rule.
 */
export async function namedAmong(options: {
  db: Kysely<DatabaseSchema>;
  /** What the chain names: namedDigests. */
  digests: ReadonlySet<Bytes32>;
  cids: readonly string[];
}): Promise<Set<string>> {
  const { db, digests, cids } = options;
  const named = cids.filter((cid) => {
    const digest = rawDigestOf(cid);
    return digest !== undefined && digests.has(digest);
  });
  const byDocuments = await documentsNaming(db, cids);
  return new Set([...named, ...byDocuments.filter(({ digest }) => digests.has(digest)).map(({ cid }) => cid)]);
}

/** Whether an order, a lease or an audit names one CID: see namedAmong. */
export async function isNamed(options: {
  db: Kysely<DatabaseSchema>;
  digests: ReadonlySet<Bytes32>;
  cid: string;
}): Promise<boolean> {
  const { db, digests, cid } = options;
  return (await namedAmong({ db, digests, cids: [cid] })).has(cid);
}

/** Documents are raw blocks; undefined for every other CID, and for what is none. */
function rawDigestOf(cid: string): Bytes32 | undefined {
  try {
    return digestOfCid(parseCid(cid));
  } catch (error) {
    if (error instanceof RushesError) return undefined;
    throw error;
  }
}
