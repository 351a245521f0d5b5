import { createTurns } from '../../adapters/createTurns.js';
import type { Database } from '../../adapters/database/connectDatabase.js';
import { joinRuns } from '../../adapters/joinRuns.js';
import { RushesError } from '../../protocol/errors.js';
import type { Address, Bytes32 } from '../../protocol/ids.js';
import { type CoordinatorContext, withDatabase } from '../api/CoordinatorContext.js';
import type { Kubo } from '../gateway/connectKubo.js';
import { bookUpload, type Pins, type Upload } from './bookUpload.js';
import { hasStakeOrJob } from './hasStakeOrJob.js';
import { isNamed } from './namedAmong.js';
import { rememberNamedDigests } from './namedDigests.js';
import { readDocuments } from './readDocuments.js';
import type { UploadBounds } from './UploadBounds.js';

/** Pinning walks all blocks. */
const PINS_AT_ONCE = 4;
const READ_MS = 60_000;

/** What accounts store and pin over the coordinator's port. */
export function keepUploads(options: {
  context: CoordinatorContext;
  kubo: Kubo;
  pins: Pins;
  bounds: UploadBounds;
  nowSeconds: () => number;
  keepSeconds: number;
}): {
  book(account: Address, asker: string): Promise<Upload>;
  pin(cid: string, account: Address, asker: string): Promise<void>;
} {
  const { context, kubo, pins, bounds, nowSeconds, keepSeconds } = options;
  const inTurn = createTurns(PINS_AT_ONCE);
  const inTurnPins: Pins = { has: (cid) => pins.has(cid), add: (cid) => inTurn(() => pins.add(cid)) };

  async function book(account: Address, asker: string): Promise<Upload> {
    return await withDatabase(context, async ({ database: { db }, state }) => {
      const isStranger = !hasStakeOrJob(state.ledger, account);
      return await bookUpload({ db, pins: inTurnPins, account, asker, isStranger, bounds, nowSeconds });
    });
  }

  const digestsAt = rememberNamedDigests(keepSeconds);
  const known = new WeakMap<Database, Set<Bytes32>>();
  const readMore = joinRuns(() =>
    withDatabase(context, async ({ database, state }) => {
      const knownThere = known.get(database) ?? new Set<Bytes32>();
      known.set(database, knownThere);
      const signal = AbortSignal.timeout(READ_MS);
      await readDocuments({ db: database.db, kubo, digests: digestsAt(state), known: knownThere, signal });
    }),
  );

  /** Whether an order, a lease or an audit names a CID; reads for it what of their documents was not read yet. */
  async function isNamedNow(cid: string): Promise<boolean> {
    const isNamedSoFar = (): Promise<boolean> =>
      withDatabase(context, ({ database: { db }, state }) => isNamed({ db, digests: digestsAt(state), cid }));
    if (await isNamedSoFar()) return true;
    await readMore();
    return await isNamedSoFar();
  }

  return {
    book,
    // A pin keeps things from being let go; that is what orders and leases do here, and an account alone does not.
    async pin(cid, account, asker) {
      if (!(await isNamedNow(cid)))
        throw new RushesError({
          code: 'not-found',
          message: `no order and no lease names ${cid}, so it is not pinned here`,
          facts: { cid },
          advice: 'Add it: what is added stays for an hour, and for as long as an order or a lease names it.',
        });
      const upload = await book(account, asker);
      await upload.keep(cid).catch(async (error: unknown) => {
        await upload.abandon();
        throw error;
      });
    },
  };
}
