// When the pins of the network's own IPFS node are gone through and its garbage is collected, kept in the database, so
// that of several coordinators one does it, and none too early after a restart. States of a round: let go (what nothing
// names is unpinned) -> waiting (what is named after all is pinned again; its blocks are still there) -> collected.
import { type Kysely } from 'kysely';
import type { DatabaseSchema } from '../../adapters/database/schema.js';

/** Pins are gone through this often. */
const RELEASE_EVERY_SECONDS = 3_600;
/** So long after that the garbage is collected: an order of something that was just let go of is read by then. */
const COLLECT_AFTER_SECONDS = 600;
/** Where nothing was unpinned, garbage is what broke off while it was stored: once a day is enough. */
const COLLECT_ANYWAY_SECONDS = 86_400;

type Round = 'release' | 'collect';

/** Claims the round that is due, for this coordinator; undefined where none is. */
export async function claimRound(db: Kysely<DatabaseSchema>, nowSeconds: number): Promise<Round | undefined> {
  await db
    .insertInto('garbage_rounds')
    // A network that is new has nothing to let go of.
    .values({ released_at_seconds: nowSeconds, collected_at_seconds: nowSeconds, is_wanted: false })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const collected = await db
    .updateTable('garbage_rounds')
    .set({ collected_at_seconds: nowSeconds, is_wanted: false })
    .whereRef('collected_at_seconds', '<=', 'released_at_seconds')
    .where('released_at_seconds', '<=', nowSeconds - COLLECT_AFTER_SECONDS)
    .where((is) =>
      is.or([is('is_wanted', '=', true), is('collected_at_seconds', '<=', nowSeconds - COLLECT_ANYWAY_SECONDS)]),
    )
    .executeTakeFirst();
  if (collected.numUpdatedRows > 0n) return 'collect';
  const released = await db
    .updateTable('garbage_rounds')
    .set({ released_at_seconds: nowSeconds })
    .where('released_at_seconds', '<=', nowSeconds - RELEASE_EVERY_SECONDS)
    .executeTakeFirst();
  return released.numUpdatedRows > 0n ? 'release' : undefined;
}

/** Something was unpinned, or a collection broke off: the next round collects. */
export async function wantCollection(db: Kysely<DatabaseSchema>): Promise<void> {
  await db.updateTable('garbage_rounds').set({ is_wanted: true }).execute();
}
