import type { Kysely } from 'kysely';
import type { DatabaseSchema } from '../../adapters/database/schema.js';
import { RushesError } from '../../protocol/errors.js';
import { type Bytes32, digestOfCid, parseCid } from '../../protocol/ids.js';
import { documentsNaming } from './readDocuments.js';

/**
 * Whether an order, a lease or an audit names a CID: one of their documents is it, or names it and was read. What is
 * pinned for who asks, and what is kept, follow this one rule.
 */
export async function isNamed(options: {
  db: Kysely<DatabaseSchema>;
  /** What the chain names: namedDigests. */
  digests: ReadonlySet<Bytes32>;
  cid: string;
}): Promise<boolean> {
  const { db, digests, cid } = options;
  const digest = rawDigestOf(cid);
  if (digest !== undefined && digests.has(digest)) return true;
  return (await documentsNaming(db, cid)).some((one) => digests.has(one));
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
