import type { Database } from '../adapters/database/connectDatabase.js';
import type { ChainState } from './store/ChainState.js';

/**
 * What the chain is followed with from the time the database answers to the time it goes away; nothing of it is carried
 * over to the next.
 */
export interface Session {
  readonly database: Database;
  readonly state: ChainState;
  /** Whether the chain was read up to its head at least once. */
  caughtUp: boolean;
}
