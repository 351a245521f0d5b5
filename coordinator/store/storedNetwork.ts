import { type Kysely, sql, type Transaction } from 'kysely';
import type { DatabaseSchema } from '../../adapters/database/schema.js';
import { RushesError } from '../../protocol/errors.js';
import type { NetworkDescription } from '../../protocol/network.js';

/** The network a database is of. */
export interface StoredNetwork {
  /** CHAINID/CONTRACT: what it is known by. */
  id: string;
  /** For people; two networks may have the same. */
  name: string;
}

/** How a network is written down in a database. */
export function storedNetworkOf({
  chainId,
  contract,
  name,
}: Pick<NetworkDescription, 'chainId' | 'contract' | 'name'>): StoredNetwork {
  return { id: `${chainId}/${contract}`, name };
}

/** The database holds what belongs to another network. Nothing was changed in it. */
export class OtherNetworkError extends RushesError {
  constructor(options: { database: string; held: StoredNetwork; asked: StoredNetwork }) {
    super({
      code: 'other-network',
      message: `database ${JSON.stringify(options.database)} holds ${describe(options.held)}, not ${describe(options.asked)}`,
      facts: {
        database: options.database,
        heldNetwork: options.held.id,
        heldName: options.held.name,
        askedNetwork: options.asked.id,
        askedName: options.asked.name,
      },
      advice: 'name another database, or drop this one if that network is over: a database is rebuilt from the chain.',
      exitCode: 2,
    });
  }
}

/** Throws OtherNetworkError where a database holds another network. A database that holds none is anybody's. */
export async function refuseOtherNetwork(
  db: Kysely<DatabaseSchema> | Transaction<DatabaseSchema>,
  asked: StoredNetwork,
): Promise<void> {
  const held = await db.selectFrom('chain_cursor').select(['network', 'network_name']).executeTakeFirst();
  if (held === undefined || held.network === asked.id) return;
  const { rows } = await sql<{ name: string }>`SELECT current_database() AS name`.execute(db);
  throw new OtherNetworkError({
    database: rows[0]?.name ?? '',
    held: { id: held.network, name: held.network_name },
    asked,
  });
}

function describe({ id, name }: StoredNetwork): string {
  const [chainId = id, contract] = id.split('/');
  const where = contract === undefined ? id : `contract ${contract} on chain ${chainId}`;
  return name === '' ? `the network of ${where}` : `network ${name} (${where})`;
}
