import type { Bytes32 } from '../../protocol/ids.js';
import { sql } from 'kysely';
import type { Kysely, Transaction } from 'kysely';
import type { DatabaseSchema } from '../../adapters/database/schema.js';
import { RushesError } from '../../protocol/errors.js';
import { eventToJson } from '../../protocol/eventJson.js';
import type { ContractEvent } from '../../protocol/events.js';
import type { ChainState, HashedHead, Touched } from './ChainState.js';
import { refuseOtherNetwork, type StoredNetwork } from './storedNetwork.js';
import { writeProjection } from './writeProjection.js';

const EVENTS_PER_STATEMENT = 2000;

/** All tables, and whether they are emptied when the chain says otherwise: those come back from the chain and IPFS. */
const EMPTIED: Record<keyof DatabaseSchema, boolean> = {
  chain_cursor: true,
  events: true,
  jobs: true,
  chunks: true,
  frame_groups: true,
  job_turns: true,
  // Not of the chain.
  job_wishes: false,
  barred_chunks: true,
  leases: true,
  audits: true,
  accounts: true,
  heartbeats: true,
  // Not of the chain: they would not come back.
  uploads: false,
  upload_totals: false,
  // The same whatever the chain says: what a digest stands for does not change.
  read_documents: false,
  document_cids: false,
  unnamed_pins: false,
  garbage_rounds: false,
};
const EMPTIED_TABLES = Object.entries(EMPTIED).flatMap(([table, isEmptied]) => (isEmptied ? [table] : []));

/**
 * The database is not where this process left it: it was emptied, or another coordinator rolled it back. Start over
 * from what it holds.
 */
export class StoreMovedError extends RushesError {
  constructor(options: { expected: number; actual: number | undefined }) {
    super({
      code: 'store-moved',
      message: `the database was read up to block ${options.actual ?? 'none'}, not ${options.expected} as this coordinator left it`,
      facts: options,
    });
  }
}

/**
 * Stores the events of some blocks and what they change, all or nothing. Several coordinators may write the same
 * blocks: who comes second finds them there. `from` is the head the events follow on, undefined where nothing was read
 * yet. Throws StoreMovedError when the database does not reach up to it, OtherNetworkError when it is not this
 * network's.
 */
export async function writeBlocks(
  db: Kysely<DatabaseSchema>,
  options: {
    network: StoredNetwork;
    state: ChainState;
    from: HashedHead | undefined;
    events: readonly ContractEvent[];
    head: HashedHead;
    touched: Touched;
  },
): Promise<void> {
  const { network, state, from, events, head, touched } = options;
  await db.transaction().execute(async (tx) => {
    const cursor = await lockCursor(tx, network);
    if (from !== undefined && (cursor === undefined || cursor.head_block < from.blockNumber))
      throw new StoreMovedError({ expected: from.blockNumber, actual: cursor?.head_block });
    // Another coordinator is ahead: it stored all this already, and newer states that must not be overwritten with
    // older ones.
    if (cursor !== undefined && cursor.head_block >= head.blockNumber) return;
    for (let i = 0; i < events.length; i += EVENTS_PER_STATEMENT) {
      await tx
        .insertInto('events')
        .values(
          events.slice(i, i + EVENTS_PER_STATEMENT).map((event) => ({
            block_number: event.blockNumber,
            log_index: event.logIndex,
            name: event.name,
            job_id: state.jobOf(event) ?? null,
            event: JSON.stringify(eventToJson(event)),
          })),
        )
        .onConflict((oc) => oc.doNothing())
        .execute();
    }
    await writeProjection(tx, state, touched);
    await moveCursor(tx, network, head);
  });
}

/** Takes back everything above a block and writes the projection of what is left. */
export async function rollBackStore(
  db: Kysely<DatabaseSchema>,
  options: { network: StoredNetwork; state: ChainState; toBlock: number },
): Promise<void> {
  const { network, state, toBlock } = options;
  await db.transaction().execute(async (tx) => {
    await lockCursor(tx, network);
    await tx.deleteFrom('events').where('block_number', '>', toBlock).execute();
    for (const table of ['audits', 'leases', 'accounts', 'barred_chunks'] as const)
      await tx.deleteFrom(table).execute();
    const kept = [...state.ledger.jobs.keys()];
    await tx
      .deleteFrom('jobs')
      .$if(kept.length > 0, (query) => query.where('job_id', 'not in', kept))
      .execute();
    // Chunks of no lease any more first: writeProjection touches those of leases only.
    await sql`UPDATE chunks SET state = 'free', lease_id = NULL, suggested_until = '-infinity' WHERE state <> 'free'`.execute(
      tx,
    );
    await sql`UPDATE frame_groups g SET resting_until = '-infinity', open = (SELECT count(*) FROM chunks c WHERE c.job_id = g.job_id AND c.frame = g.frame AND c.word = g.word)`.execute(
      tx,
    );
    await writeProjection(tx, state, state.everything());
    // Without a hash: the follower finds out whether the chain still has this block.
    await moveCursor(tx, network, {
      blockNumber: toBlock,
      blockHash: undefined,
      timestampSeconds: state.events.at(-1)?.blockTimestamp ?? 0,
    });
  });
}

/**
 * Empties what follows from the chain, which says otherwise; what was stored over this coordinator stays counted.
 * Throws OtherNetworkError, and empties nothing, where the database is another network's.
 */
export async function emptyStore(db: Kysely<DatabaseSchema>, network: StoredNetwork): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await lockCursor(tx, network);
    await sql`TRUNCATE ${sql.join(EMPTIED_TABLES.map((table) => sql.table(table)))}`.execute(tx);
  });
}

async function lockCursor(
  tx: Transaction<DatabaseSchema>,
  network: StoredNetwork,
): Promise<{ head_block: number } | undefined> {
  // Also keeps writers apart while there is no row to lock: of two networks that start on an empty database, the second
  // to write finds the first here.
  await sql`LOCK TABLE chain_cursor IN SHARE ROW EXCLUSIVE MODE`.execute(tx);
  await refuseOtherNetwork(tx, network);
  return await tx.selectFrom('chain_cursor').select('head_block').executeTakeFirst();
}

async function moveCursor(
  tx: Transaction<DatabaseSchema>,
  network: StoredNetwork,
  head: Omit<HashedHead, 'blockHash'> & { blockHash: Bytes32 | undefined },
): Promise<void> {
  const { blockNumber, blockHash = '0x', timestampSeconds } = head;
  const row = {
    network: network.id,
    network_name: network.name,
    head_block: blockNumber,
    head_hash: blockHash,
    head_timestamp: timestampSeconds,
  };
  await tx
    .insertInto('chain_cursor')
    .values(row)
    .onConflict((oc) => oc.column('only_row').doUpdateSet(row))
    .execute();
}
