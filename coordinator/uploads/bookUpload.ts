// An upload in the database: booked -> arriving (its bytes counted as they come, before they go on) -> kept (its CID
// noted, then pinned) -> forgotten. A coordinator that dies leaves it arriving; it is forgotten when its time is over.
// The sums of its holders change with it in one transaction.
import { type Kysely, sql, type Transaction } from 'kysely';
import type { DatabaseSchema } from '../../adapters/database/schema.js';
import { RushesError } from '../../protocol/errors.js';
import type { Address } from '../../protocol/ids.js';
import type { UploadBounds } from './UploadBounds.js';

/** What a block takes on a disk at least, and what keeps a row of the database from being had for nothing. */
const LEAST_BYTES = 16_384;
/** Bytes booked ahead, so that not every piece of a body asks the database. */
const STEP_BYTES = 16 << 20;
/** What no order names after so long is let go. */
export const KEPT_UNNAMED_SECONDS = 3_600;

/** There would be more than may be. */
export class UploadLimitError extends RushesError {
  constructor(options: { account: Address; whose: string; mostBytes: number; advice: string }) {
    super({
      code: 'upload-limit',
      message: `${options.whose} may have at most ${options.mostBytes} bytes on this network's IPFS node at once`,
      facts: { account: options.account, mostBytes: options.mostBytes },
      advice: options.advice,
    });
  }
}

/** The pins of the node that uploads are kept on. */
export interface Pins {
  has(cid: string): Promise<boolean>;
  /** Pins what has all its blocks there; again is the same as once. */
  add(cid: string): Promise<void>;
}

/** One upload that arrives. */
export interface Upload {
  /** Counts bytes that came. Throws UploadLimitError when they are too many. */
  take(byteLength: number): Promise<void>;
  /**
   * The upload is stored as `cid` and gets pinned. What somebody else had pinned before is not counted, and never
   * unpinned for this upload.
   */
  keep(cid: string): Promise<void>;
  /** It broke off. What has its CID already is let go in its time. */
  abandon(): Promise<void>;
}

/** Books an upload of an account. Throws UploadLimitError where nothing more fits. */
export async function bookUpload(options: {
  db: Kysely<DatabaseSchema>;
  pins: Pins;
  account: Address;
  /** The address it comes from, as one asker counts. */
  asker: string;
  /** Whether the account has neither stake nor a funded job. */
  isStranger: boolean;
  bounds: UploadBounds;
  nowSeconds: () => number;
}): Promise<Upload> {
  const { db, pins, account, bounds, nowSeconds } = options;
  const holders = holdersOf(options);
  const checkAtSeconds = (): number => nowSeconds() + KEPT_UNNAMED_SECONDS;
  let bookedBytes = LEAST_BYTES;
  let takenBytes = 0;
  let hasCid = false;
  let stepBytes = STEP_BYTES;
  const uploadId = await db.transaction().execute(async (tx) => {
    await addToTotals(tx, holders, LEAST_BYTES, { account, bounds });
    const row = { account, holders, bytes: LEAST_BYTES, cid: null, check_at_seconds: checkAtSeconds() };
    return (await tx.insertInto('uploads').values(row).returning('upload_id').executeTakeFirstOrThrow()).upload_id;
  });

  async function book(more: number): Promise<void> {
    await db.transaction().execute(async (tx) => {
      // The upload before its sums, as everywhere: otherwise two that change both would wait for each other.
      await setUpload(tx, { bytes: bookedBytes + more, check_at_seconds: checkAtSeconds() });
      await addToTotals(tx, holders, more, { account, bounds });
    });
    bookedBytes += more;
  }

  async function setUpload(
    tx: Transaction<DatabaseSchema>,
    values: { cid?: string; bytes: number; check_at_seconds: number },
  ): Promise<void> {
    const { numUpdatedRows } = await tx
      .updateTable('uploads')
      .set(values)
      .where('upload_id', '=', uploadId)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw new Error('the upload took so long that it was let go');
  }

  return {
    async take(byteLength) {
      takenBytes += byteLength;
      const missing = takenBytes - bookedBytes;
      if (missing <= 0) return;
      // Where little is left, ever smaller steps are tried: exactly what is needed may still fit.
      for (;;) {
        try {
          return await book(Math.max(missing, stepBytes));
        } catch (error) {
          if (!(error instanceof UploadLimitError) || missing >= stepBytes) throw error;
          stepBytes /= 4;
        }
      }
    },
    async keep(cid) {
      const bytes = Math.max(LEAST_BYTES, takenBytes);
      const isNoted = await db.transaction().execute(async (tx) => {
        await lockCid(tx, cid);
        const ours = await tx.selectFrom('uploads').select('upload_id').where('cid', '=', cid).executeTakeFirst();
        if (ours === undefined && (await pins.has(cid))) {
          await removeUpload(tx, uploadId);
          return false;
        }
        await setUpload(tx, { cid, bytes, check_at_seconds: checkAtSeconds() });
        await takeFromTotals(tx, holders, bookedBytes - bytes);
        return true;
      });
      // Pinned only when the row says so: whoever dies in between leaves a row without a pin, which is let go in an
      // hour, and never a pin that nobody counts.
      hasCid = isNoted;
      if (isNoted) await pins.add(cid);
    },
    async abandon() {
      if (hasCid) return;
      await db.transaction().execute((tx) => removeUpload(tx, uploadId));
    },
  };
}

/** Removes an upload and what it counted for. */
export async function removeUpload(tx: Transaction<DatabaseSchema>, uploadId: number): Promise<void> {
  const row = await tx
    .deleteFrom('uploads')
    .where('upload_id', '=', uploadId)
    .returning(['holders', 'bytes'])
    .executeTakeFirst();
  if (row !== undefined) await takeFromTotals(tx, row.holders, row.bytes);
}

/** Until the transaction ends, nobody else pins or unpins this CID for uploads. */
export async function lockCid(tx: Transaction<DatabaseSchema>, cid: string): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${cid}, 0))`.execute(tx);
}

/** In one order for all, so that no two transactions wait for each other. */
function holdersOf({ account, asker, isStranger }: { account: Address; asker: string; isStranger: boolean }): string[] {
  return isStranger ? [account, `from ${asker}`, 'strangers'] : [`known ${account}`];
}

async function addToTotals(
  tx: Transaction<DatabaseSchema>,
  holders: readonly string[],
  bytes: number,
  { account, bounds }: { account: Address; bounds: UploadBounds },
): Promise<void> {
  for (const holder of holders) {
    const total = await tx
      .insertInto('upload_totals')
      .values({ holder, bytes })
      .onConflict((conflict) => conflict.column('holder').doUpdateSet({ bytes: sql`upload_totals.bytes + ${bytes}` }))
      .returning('bytes')
      .executeTakeFirstOrThrow();
    const { whose, mostBytes, advice } = boundOf(holder, bounds);
    if (total.bytes > mostBytes) throw new UploadLimitError({ account, whose, mostBytes, advice });
  }
}

async function takeFromTotals(
  tx: Transaction<DatabaseSchema>,
  holders: readonly string[],
  bytes: number,
): Promise<void> {
  if (bytes === 0) return;
  for (const holder of holders) {
    await tx
      .updateTable('upload_totals')
      .set({ bytes: sql`bytes - ${bytes}` })
      .where('holder', '=', holder)
      .execute();
    await tx.deleteFrom('upload_totals').where('holder', '=', holder).where('bytes', '<=', 0).execute();
  }
}

function boundOf(holder: string, bounds: UploadBounds): { whose: string; mostBytes: number; advice: string } {
  const wait = 'What no order names is let go after an hour.';
  if (holder === 'strangers')
    return { whose: 'accounts without stake or funded job together', mostBytes: bounds.strangersBytes, advice: wait };
  if (holder.startsWith('from '))
    return {
      whose: 'accounts without stake or funded job at one address',
      mostBytes: bounds.addressBytes,
      advice: wait,
    };
  if (holder.startsWith('known '))
    return {
      whose: 'an account',
      mostBytes: bounds.knownBytes,
      advice: 'What ended jobs name is let go after a month.',
    };
  return {
    whose: 'an account without stake or funded job',
    mostBytes: bounds.strangerBytes,
    advice: `${wait} Register with a stake, or fund a job, for more.`,
  };
}
