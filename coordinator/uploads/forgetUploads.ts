import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { DatabaseSchema } from '../../adapters/database/schema.js';
import type { Address } from '../../protocol/ids.js';
import type { Following } from '../followChain.js';
import type { Kubo } from '../gateway/connectKubo.js';
import { lookAfter } from '../lookAfter.js';
import type { ChainState } from '../store/ChainState.js';
import { lockCid, removeUpload } from './bookUpload.js';
import { wantCollection } from '../garbage/garbageRounds.js';
import { workersRendering } from '../garbage/uncommittedLeases.js';
import { isNamed } from './namedAmong.js';
import { namedDigests } from './namedDigests.js';
import { readDocuments } from './readDocuments.js';
import { unpin } from './unpin.js';

/** What an order names is looked at again so much later: its job may be over for long then. */
const LOOK_AGAIN_SECONDS = 6 * 3_600;
const ROWS = 500;

/** Looks after uploads until the signal aborts, whenever the chain is read and the database is there. */
export async function forgetUploads(options: {
  following: Following;
  kubo: Kubo;
  nowSeconds: () => number;
  /** What a job names is kept for so long after its end. */
  keepSeconds: number;
  /** Milliseconds between looks. */
  lookMs: number;
  signal: AbortSignal;
  log: Logger;
}): Promise<void> {
  const { following, kubo, nowSeconds, keepSeconds, lookMs, signal, log } = options;
  await lookAfter({
    ...{ following, lookMs, signal, log },
    failed: 'uploads were not looked after',
    async look({ database: { db }, state }) {
      const forgotten = await forgetOnce({ db, state, kubo, nowSeconds, keepSeconds, signal });
      if (forgotten === 0) return;
      await wantCollection(db);
      log.info({ uploads: forgotten }, 'let go of what no order names');
    },
  });
}

/** Unpins what is due and named by no order or lease; gives how many uploads were let go. */
async function forgetOnce(options: {
  db: Kysely<DatabaseSchema>;
  state: ChainState;
  kubo: Kubo;
  nowSeconds: () => number;
  keepSeconds: number;
  signal: AbortSignal;
}): Promise<number> {
  const { db, kubo, signal } = options;
  const nowSeconds = options.nowSeconds();
  const due = await db
    .selectFrom('uploads')
    .select(['upload_id', 'cid', 'account'])
    .where('check_at_seconds', '<=', nowSeconds)
    .orderBy('check_at_seconds')
    .limit(ROWS)
    .execute();
  if (due.length === 0) return 0;
  const digests = namedDigests(options.state, options.keepSeconds);
  await readDocuments({ db, kubo, digests, signal });
  let forgotten = 0;
  const rendering = workersRendering(options.state);
  for (const { upload_id: uploadId, cid, account } of due) {
    signal.throwIfAborted();
    const isNeeded = cid !== null && (rendering.has(account as Address) || (await isNamed({ db, digests, cid })));
    if (await settleOne({ db, kubo, uploadId, isNeeded, nowSeconds, signal })) forgotten++;
  }
  return forgotten;
}

/** Whether the upload was let go. */
async function settleOne(options: {
  db: Kysely<DatabaseSchema>;
  kubo: Kubo;
  uploadId: number;
  /** Whether something names it, or will. */
  isNeeded: boolean;
  nowSeconds: number;
  signal: AbortSignal;
}): Promise<boolean> {
  const { db, kubo, uploadId, isNeeded, nowSeconds, signal } = options;
  return await db.transaction().execute(async (tx) => {
    const cid = (await tx.selectFrom('uploads').select('cid').where('upload_id', '=', uploadId).executeTakeFirst())
      ?.cid;
    if (typeof cid === 'string') await lockCid(tx, cid);
    // Another coordinator may have been here, or the upload may have ended, before this one had the lock.
    const row = await tx
      .selectFrom('uploads')
      .select('cid')
      .where('upload_id', '=', uploadId)
      .where('check_at_seconds', '<=', nowSeconds)
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined || row.cid !== (cid ?? null)) return false;
    if (isNeeded) {
      const again = { check_at_seconds: nowSeconds + LOOK_AGAIN_SECONDS };
      await tx.updateTable('uploads').set(again).where('upload_id', '=', uploadId).execute();
      return false;
    }
    if (row.cid !== null) {
      const others = await tx
        .selectFrom('uploads')
        .select('upload_id')
        .where('cid', '=', row.cid)
        .where('upload_id', '<>', uploadId)
        .executeTakeFirst();
      if (others === undefined) await unpin(kubo, row.cid, signal);
    }
    await removeUpload(tx, uploadId);
    return true;
  });
}
