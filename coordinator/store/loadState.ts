import type { Kysely } from 'kysely';
import type { DatabaseSchema } from '../../adapters/database/schema.js';
import type { Json } from '../../protocol/canonicalJson.js';
import { eventFromJson } from '../../protocol/eventJson.js';
import type { Bytes32 } from '../../protocol/ids.js';
import { ChainState } from './ChainState.js';
import { refuseOtherNetwork, type StoredNetwork } from './storedNetwork.js';

/**
 * What the database knows of the chain. Throws OtherNetworkError for a database of another network,
 * InvariantError when its events cannot follow on one another: then emptying it is what helps.
 */
export async function loadState(db: Kysely<DatabaseSchema>, network: StoredNetwork): Promise<ChainState> {
  await refuseOtherNetwork(db, network);
  const cursor = await db.selectFrom('chain_cursor').selectAll().executeTakeFirst();
  const state = new ChainState();
  if (cursor === undefined) return state;
  const rows = await db
    .selectFrom('events')
    .select('event')
    .where('block_number', '<=', cursor.head_block)
    .orderBy('block_number')
    .orderBy('log_index')
    .execute();
  state.append(
    rows.map((row) => eventFromJson(row.event as Json)),
    { blockNumber: cursor.head_block, blockHash: cursor.head_hash as Bytes32, timestampSeconds: cursor.head_timestamp },
  );
  return state;
}
