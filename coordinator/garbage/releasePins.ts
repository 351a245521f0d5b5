import type { Kysely } from 'kysely';
import type { DatabaseSchema } from '../../adapters/database/schema.js';
import { RushesError } from '../../protocol/errors.js';
import type { Kubo } from '../gateway/connectKubo.js';
import { pinsOf } from '../gateway/pinsOf.js';
import type { ChainState } from '../store/ChainState.js';
import { KEPT_UNNAMED_SECONDS, lockCid } from '../uploads/bookUpload.js';
import { namedAmong } from '../uploads/namedAmong.js';
import { namedDigests } from '../uploads/namedDigests.js';
import { readDocuments } from '../uploads/readDocuments.js';
import { unpin } from '../uploads/unpin.js';
import { oldestUncommittedSeconds } from './uncommittedLeases.js';
import { readPins } from './readPins.js';

const ROWS = 500;

interface Releasing {
  db: Kysely<DatabaseSchema>;
  state: ChainState;
  kubo: Kubo;
  nowSeconds: number;
  /** What a job names is kept for so long after its end. */
  keepSeconds: number;
  signal: AbortSignal;
}

/**
 * Goes through the pins of a node that keeps this network's things alone, whoever pinned them: what no order, lease or
 * audit has named for an hour, and nobody uploaded, is unpinned. So goes what ended jobs named, and what was stored for
 * an order or a lease that never came. While a commitment may come nothing goes that was found since its lease was
 * taken: the worker stores what only its commitment names. Gives how many were let go of.
 */
export async function releasePins(of: Releasing): Promise<number> {
  const { db, state, kubo, nowSeconds, signal } = of;
  const isNamed = await readNames(of);
  const beforeSeconds = Math.min(nowSeconds - KEPT_UNNAMED_SECONDS, oldestUncommittedSeconds(state) - 1);
  let released = 0;
  for await (const cids of readPins(kubo, { most: ROWS, signal })) {
    const named = await isNamed(cids);
    const uploads = await db.selectFrom('uploads').select('cid').where('cid', 'in', cids).execute();
    for (const { cid } of uploads) if (cid !== null) named.add(cid);
    const unnamed = cids.filter((cid) => !named.has(cid));
    if (named.size > 0)
      await db
        .deleteFrom('unnamed_pins')
        .where('cid', 'in', [...named])
        .execute();
    if (unnamed.length === 0) continue;
    await db
      .insertInto('unnamed_pins')
      .values(unnamed.map((cid) => ({ cid, since_seconds: nowSeconds, released_at_seconds: null })))
      // What was let go of and is pinned again begins anew.
      .onConflict((conflict) =>
        conflict
          .column('cid')
          .doUpdateSet({ since_seconds: nowSeconds, released_at_seconds: null })
          .where('unnamed_pins.released_at_seconds', 'is not', null),
      )
      .execute();
    const due = await db
      .selectFrom('unnamed_pins')
      .select('cid')
      .where('cid', 'in', unnamed)
      .where('since_seconds', '<=', beforeSeconds)
      .execute();
    for (const { cid } of due) if (await releaseOne(of, cid)) released++;
  }
  return released;
}

/** Pins again what was let go of and is named by now, and forgets the rest: its blocks may go. */
export async function takeBackNamed(of: Releasing): Promise<void> {
  const { db, kubo } = of;
  const isNamed = await readNames(of);
  for (;;) {
    const rows = await db
      .selectFrom('unnamed_pins')
      .select('cid')
      .where('released_at_seconds', 'is not', null)
      .limit(ROWS)
      .execute();
    if (rows.length === 0) return;
    const cids = rows.map(({ cid }) => cid);
    for (const cid of await isNamed(cids))
      await pinsOf(kubo)
        .add(cid)
        .catch((error: unknown) => {
          // Its blocks are gone, whoever removed them: nothing can be kept of it.
          if (!(error instanceof RushesError)) throw error;
        });
    await db.deleteFrom('unnamed_pins').where('cid', 'in', cids).execute();
  }
}

/** Whether it was let go of: somebody may have uploaded it meanwhile. */
async function releaseOne({ db, kubo, nowSeconds, signal }: Releasing, cid: string): Promise<boolean> {
  signal.throwIfAborted();
  return await db.transaction().execute(async (tx) => {
    await lockCid(tx, cid);
    const upload = await tx.selectFrom('uploads').select('upload_id').where('cid', '=', cid).executeTakeFirst();
    if (upload !== undefined) return false;
    await tx.updateTable('unnamed_pins').set({ released_at_seconds: nowSeconds }).where('cid', '=', cid).execute();
    await unpin(kubo, cid, signal);
    return true;
  });
}

/** Which of some CIDs are named by what the chain says now. */
async function readNames(of: Releasing): Promise<(cids: readonly string[]) => Promise<Set<string>>> {
  const { db, state, kubo, keepSeconds, signal } = of;
  const digests = namedDigests(state, keepSeconds);
  await readDocuments({ db, kubo, digests, signal });
  return (cids) => namedAmong({ db, digests, cids });
}
